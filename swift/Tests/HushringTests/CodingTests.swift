import Foundation
import Testing

@testable import Hushring

@Suite struct CodingTests {
  struct Stored: Codable, Equatable {
    var account: AccountKey
    var device: DeviceKey
    var callID: CallID
    var sentAt: Timestamp
  }

  @Test func whatAnApplicationStoresComesBack() throws {
    let account = try Account.generate().publicKey
    let device = try PendingDevice.generate().publicKey
    let stored = Stored(
      account: account, device: device, callID: try CallID.random(), sentAt: Timestamp(milliseconds: .max))
    let data = try JSONEncoder().encode(stored)
    #expect(try JSONDecoder().decode(Stored.self, from: data) == stored)
  }

  @Test func whatIsDecodedIsChecked() {
    let weak = Data([1] + [UInt8](repeating: 0, count: 31)).base64EncodedString()
    #expect(throws: HushringError.self) { try JSONDecoder().decode([AccountKey].self, from: Data("[\"\(weak)\"]".utf8)) }
    #expect(throws: HushringError.self) { try JSONDecoder().decode([DeviceKey].self, from: Data("[\"AAAA\"]".utf8)) }
    let ofCallKit = "36ceb267-5162-879b-86ba-c67b229395a8"
    #expect(throws: HushringError.self) { try JSONDecoder().decode([CallID].self, from: Data("[\"\(ofCallKit)\"]".utf8)) }
  }
}
