import Foundation
import Testing

@testable import Hushring

@Suite struct PayloadTests {
  static let names = [
    "hushring", "callUUID", "callId", "account", "device", "messageId", "handleType", "handle", "callerName",
    "hasVideo", "sentAt", "expiresAt",
  ]

  @Test func aPayloadIsTheDictionaryOfTheSpecification() {
    let dictionary = Events.payload(hasVideo: true).dictionary
    #expect(dictionary.keys.sorted() == Self.names.sorted())
    #expect(dictionary["hushring"] as? UInt64 == 1)
    #expect(dictionary["callUUID"] as? String == "36ceb267-5162-879b-86ba-c67b229395a8")
    #expect(dictionary["callId"] as? String == "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")
    #expect(dictionary["handleType"] as? String == "phoneNumber")
    #expect(dictionary["hasVideo"] as? Bool == true)
    #expect(dictionary["sentAt"] as? UInt64 == 1_790_000_000_000)
    #expect(dictionary["expiresAt"] as? UInt64 == 1_790_000_090_000)
  }

  @Test(arguments: [true, false], ["Alice", nil])
  func itIsReadBackAsItWas(hasVideo: Bool, name: String?) throws {
    let payload = Events.payload(hasVideo: hasVideo, name: name)
    #expect(try CallPayload(dictionary: payload.dictionary) == payload)
  }

  @Test func whatTheSystemAddsIsPassedOver() throws {
    var dictionary: [AnyHashable: Any] = Events.payload().dictionary
    dictionary["aps"] = ["alert": ""]
    dictionary[7] = 7
    #expect(try CallPayload(dictionary: dictionary) == Events.payload())
  }

  static let required = names.filter { $0 != "callerName" }

  @Test(arguments: required)
  func aMissingMemberIsNamed(name: String) {
    #expect(refusal(of: [name: nil]) == Refusal(code: .badContent, member: name))
  }

  @Test(arguments: names)
  func aMemberOfAnotherTypeIsNamed(name: String) {
    let isNumber = ["hushring", "sentAt", "expiresAt"].contains(name)
    for value: Any in [isNumber ? "1" : 1 as UInt64, 1.5, Data(), [1], NSNull()] {
      #expect(refusal(of: [name: value]) == Refusal(code: .badContent, member: name))
    }
  }

  @Test func aBooleanIsNoNumberAndANumberIsNoBoolean() {
    #expect(refusal(of: ["hasVideo": 1 as UInt64])?.member == "hasVideo")
    #expect(refusal(of: ["sentAt": true])?.member == "sentAt")
    #expect(refusal(of: ["hushring": true])?.member == "hushring")
  }

  static let otherForms: [(String, String)] = [
    ("callUUID", "36CEB267-5162-879B-86BA-C67B229395A8"), ("callUUID", "36ceb2675162879b86bac67b229395a8"),
    ("callUUID", "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33"), ("callId", "3F1C6F0E-5A64-4C8E-9D0B-7A2E4D9F1B33"),
    ("callId", "36ceb267-5162-879b-86ba-c67b229395a8"), ("account", ""), ("account", "d75a98"),
    ("account", "D75A980182B10AB7D54BFED3C964073A0EE172F3DAA62325AF021A68F707511A"),
    ("account", String(repeating: "0", count: 64)), ("device", String(repeating: "ff", count: 32)),
    ("messageId", "00"), ("handleType", "Generic"), ("handleType", ""), ("handle", ""), ("callerName", ""),
  ]

  @Test(arguments: otherForms)
  func eachMemberHasOneForm(name: String, value: String) {
    #expect(refusal(of: [name: value]) == Refusal(code: .badContent, member: name))
  }

  @Test func theUUIDIsThatOfTheCall() {
    let other = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    #expect(refusal(of: ["account": other]) == Refusal(code: .badContent, member: "callUUID"))
  }

  @Test func aLaterVersionIsToldApart() {
    #expect(refusal(of: ["hushring": 2 as UInt64])?.code == .unsupportedVersion)
  }

  @Test func theGreatestNumbersDoNotTrap() throws {
    var dictionary: [AnyHashable: Any] = Events.payload().dictionary
    dictionary["expiresAt"] = UInt64.max
    #expect(try CallPayload(dictionary: dictionary).expiresAt.milliseconds == .max)
  }

  struct Refusal: Equatable {
    let code: HushringError.Code
    let member: String?
  }

  private func refusal(of changes: [String: Any?]) -> Refusal? {
    var dictionary: [AnyHashable: Any] = Events.payload().dictionary
    for (name, value) in changes { dictionary[name] = value }
    do {
      _ = try CallPayload(dictionary: dictionary)
      return nil
    } catch {
      return Refusal(code: error.code, member: error.member)
    }
  }
}
