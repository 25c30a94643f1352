import Foundation
import Testing

@testable import Hushring

@Suite("Envelopes")
struct EnvelopeTests {
  @Test("What is sealed opens, and two envelopes of one content differ everywhere behind the header")
  func roundTrip() throws {
    let people = try People()
    let id = try MessageID.random()
    let envelopes = try people.alicePhone.sealMany(
      People.message, to: people.bundles + people.bundles, messageID: id, now: People.now)
    #expect(envelopes.allSatisfy { $0.count == 2880 })
    for envelope in envelopes {
      let opened = try people.open(envelope)
      #expect(opened.messageID == id && opened.sentAt == People.now)
      #expect(try opened.tag == envelopeTag(envelope))
      #expect(try Content(decoding: Deflate.inflate(opened.stream)) == People.message)
    }
    let (first, again) = (envelopes[0], envelopes[people.bundles.count])
    #expect(first.prefix(10) == again.prefix(10))
    let same = zip(first, again).dropFirst(10).filter { $0 == $1 }.count
    #expect(same < 60)
  }

  @Test("An envelope with any bit changed is refused")
  func changed() throws {
    let people = try People()
    for bundle in people.bundles {
      let envelope = try people.alicePhone.seal(People.message, to: bundle, now: People.now)
      for place in Array(0..<12) + Array(stride(from: 12, to: 2880, by: 97)) + [2879] {
        var changed = envelope
        changed[place] ^= 0x40
        let expected: HushringError.Code =
          switch place {
          case 0: .unsupportedVersion
          case 1: .unsupportedSuite
          case 2..<10: .unknownPrekey
          default: .decryptionFailed
          }
        #expect(code { try people.open(changed) } == expected, "\(place)")
      }
    }
  }

  @Test("An envelope of another length is refused, and a slice is as good as any")
  func lengths() throws {
    let people = try People()
    let envelope = try people.alicePhone.seal(People.message, to: people.bundles[0], now: People.now)
    #expect(code { try people.open(envelope.dropLast()) } == .badLength)
    #expect(code { try people.open(envelope + [0]) } == .badLength)
    #expect(code { try people.open(Data()) } == .badLength)
    #expect(code { try envelopeTag(envelope.dropLast()) } == .badLength)
    let slice = (Data([1, 2, 3]) + envelope).dropFirst(3)
    #expect(try people.open(slice) == people.open(envelope))
    #expect(try envelopeTag(slice) == envelopeTag(envelope))
  }

  @Test("Content of any length up to the room fits, and one byte more does not")
  func room() throws {
    let people = try People()
    for bundle in people.bundles {
      // Random bytes, which do not shrink.
      var (low, high) = (0, bundle.suite.contentRoom)
      func content(_ count: Int) -> Content {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ ($0 &* $0) >> 3) }
        return .message(Message(data: .bytes(Data(bytes))))
      }
      while low < high {
        let middle = (low + high + 1) / 2
        let needed = try Deflate.compress(content(middle).encoded()).count
        if needed <= bundle.suite.contentRoom { low = middle } else { high = middle - 1 }
      }
      let fitting = try people.alicePhone.seal(content(low), to: bundle, now: People.now)
      #expect(try Content(decoding: Deflate.inflate(people.open(fitting).stream)) == content(low))
    }
  }

  @Test("An envelope to one recipient is not opened by another who holds the same prekey")
  func recipients() throws {
    let people = try People()
    let envelope = try people.alicePhone.seal(People.message, to: people.bundles[0], now: People.now)
    for (account, device) in [
      (people.alice.publicKey, people.bobPhone.publicKey), (people.bob.publicKey, people.alicePhone.publicKey),
    ] {
      let found = code {
        try OpenedEnvelope.open(envelope, account: account, device: device) { _, _ in people.prekeys[0] }
      }
      #expect(found == .decryptionFailed)
    }
  }

  @Test("Nothing is sealed outside the times of certificate and bundle")
  func times() throws {
    let people = try People()
    let bundle = people.bundles[0]
    func sealing(_ now: Timestamp) -> HushringError.Code? {
      code { try people.alicePhone.seal(People.message, to: bundle, now: now) }
    }
    #expect(sealing(People.later(days: 30).timestamp) == .bundleExpired)
    #expect(sealing(People.later(days: 90).timestamp) == .certificateExpired)
    #expect(sealing(Timestamp(milliseconds: 0)) == .certificateNotYetValid)
    #expect(sealing(Timestamp(milliseconds: .max)) == .certificateExpired)
  }

  @Test("Sealing for nobody gives nothing")
  func nobody() throws {
    let people = try People()
    #expect(try people.alicePhone.sealMany(People.message, to: [], now: People.now).isEmpty)
  }
}

@Suite("Identifiers")
struct IdentifierTests {
  private static let account = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"

  @Test("The examples of the specification")
  func examples() throws {
    let account = try AccountKey(#require([UInt8](hexadecimal: Self.account)))
    #expect(account.fingerprint == "0994 e72d c8ce bf78 f388 f66c 4832 5317")
    let uuid = callKitUUID(caller: account, callID: try CallID("3F1C6F0E-5a64-4c8e-9d0b-7a2e4d9f1b33"))
    #expect(uuid == UUID(uuidString: "36ceb267-5162-879b-86ba-c67b229395a8"))
    #expect(code { try CallID(uuid) } == .badCallID)
  }

  @Test(
    "Other text is not the name of anything",
    arguments: [
      "", "3f1c6f0e5a644c8e9d0b7a2e4d9f1b33", "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b3g",
      "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b3",
      "{3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33}", "3f1c6f0-e5a64-4c8e-9d0b-7a2e4d9f1b33",
      "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33-", " 3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
      "３f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33",
    ])
  func otherText(_ text: String) {
    #expect(code { try CallID(text) } == .badCallID)
    #expect(MessageID(text) == nil || text.utf8.count == 32)
    #expect(PrekeyID(text) == nil)
  }

  @Test("Ids are read as they are written")
  func ids() throws {
    let message = try MessageID.random()
    #expect(MessageID(message.description) == message)
    let prekey = try Prekey.generate(.x25519, expiresAt: People.later(days: 1), now: People.now).id
    #expect(PrekeyID(prekey.description) == prekey)
    #expect(PrekeyID("00000000000000ff")?.description == "00000000000000ff")
    #expect(PrekeyID("00000000000000FF") == nil)
  }
}

@Suite("Prekeys")
struct PrekeyTests {
  @Test("A prekey lives for at most 90 days", arguments: Hushring.Suite.supported)
  func lifetimes(_ suite: Hushring.Suite) throws {
    func generating(_ expiresAt: EpochSeconds) -> HushringError.Code? {
      code { try Prekey.generate(suite, expiresAt: expiresAt, now: People.now) }
    }
    #expect(generating(People.later(days: 0)) == .badLifetime)
    #expect(generating(People.later(days: 0).adding(seconds: 1)) == nil)
    #expect(generating(People.later(days: 90)) == nil)
    #expect(generating(People.later(days: 90).adding(seconds: 1)) == .badLifetime)
    #expect(generating(EpochSeconds(.max)) == .badLifetime)
  }

  @Test("A prekey is imported as it was exported", arguments: Hushring.Suite.supported)
  func exports(_ suite: Hushring.Suite) throws {
    let prekey = try Prekey.generate(suite, expiresAt: People.later(days: 90), now: People.now)
    let again = try Prekey(exported: prekey.exported)
    #expect(again.id == prekey.id && again.suite == suite && again.expiresAt == prekey.expiresAt)
    #expect(again.exported == prekey.exported && again.exported.count == 41)
    #expect(try again.publicKey().count == suite.publicKeyLength)
  }
}
