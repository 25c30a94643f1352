import Foundation
import Testing

@testable import Hushring

@Suite("What an extension hands to the app")
struct CallPayloadTests {
  @Test("Names are cut to 1,024 bytes of JSON at a scalar", arguments: ["a", "\"", "ä", "\\", "👩", "e\u{301}"])
  func cut(_ character: String) throws {
    for count in 0...64 {
      let handle = String(repeating: "\"", count: 255 - count)
      let name = String(repeating: character, count: 64 + count)
      let payload = payload(handle: handle, name: name)
      let cut = try #require(payload.callerName)
      #expect(payload.json.count <= 1024)
      #expect(name.unicodeScalars.starts(with: cut.unicodeScalars))
      if let next = name.unicodeScalars.dropFirst(cut.unicodeScalars.count).first {
        #expect(self.payload(handle: handle, name: cut + String(next)).callerName.isSame(as: cut))
      }
    }
  }

  @Test("With the longest handle and the latest times, something of the name is left")
  func longest() throws {
    let payload = CallPayload(
      callUUID: UUID(), callID: Letters.callID(1), account: Letters.account(1), device: Letters.device(1),
      messageID: Letters.messageID(1),
      handle: Handle(type: .emailAddress, value: String(repeating: "\\", count: 255)),
      callerName: String(repeating: "\"", count: 256), hasVideo: false,
      sentAt: Timestamp(milliseconds: .max), expiresAt: Timestamp(milliseconds: .max))
    #expect(payload.json.count > 1000)
    #expect(payload.json.count <= 1024)
    #expect(try #require(payload.callerName).count > 30)
  }

  @Test("The dictionary says what the JSON says")
  func dictionary() throws {
    let payload = payload(handle: "a\u{1}b\u{8}\t\n\u{c}\r\u{7F}/", name: "\"\\")
    let json = try JSON.parse(payload.json)
    #expect(json["handle"]?.text.isSame(as: payload.handle.value) == true)
    #expect(json["callerName"]?.text.isSame(as: "\"\\") == true)
    #expect(payload.dictionary.count == json.map?.count)
    #expect(String(decoding: payload.json, as: UTF8.self).contains("a\\u0001b\\b\\t\\n\\f\\r\u{7F}/"))
  }

  private func payload(handle: String, name: String) -> CallPayload {
    CallPayload(
      callUUID: UUID(), callID: Letters.callID(1), account: Letters.account(1), device: Letters.device(1),
      messageID: Letters.messageID(1), handle: Handle(type: .phoneNumber, value: handle), callerName: name,
      hasVideo: true, sentAt: Letters.now, expiresAt: Letters.now)
  }
}
