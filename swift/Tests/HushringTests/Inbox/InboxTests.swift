import Foundation
import Testing

@testable import Hushring

@Suite("An inbox")
struct InboxTests {
  @Test("What is pending is that of the moment, whatever the inbox does meanwhile")
  func snapshot() throws {
    var inbox = Letters.inbox()
    try inbox.trust(Letters.account(1), now: Letters.now)
    for number: UInt64 in 0..<5 {
      try inbox.take(
        try Letters.letter(from: 1, 1, id: number, at: Letters.now, .message(Message(body: "\(number)"))))
    }
    var count = 0
    for event in inbox.pending(now: Letters.now) {
      inbox.acknowledge(event)
      count += 1
    }
    #expect(count == 5)
    #expect(inbox.pending(now: Letters.now).underestimatedCount == 0)
  }

  @Test("Neither descriptions nor dumps of an inbox, an event or a call say what they hold")
  func silent() throws {
    var inbox = Letters.inbox()
    let secret = "geheim"
    try inbox.trust(Letters.account(1), displayName: secret, now: Letters.now)
    let invite = CallInvite(callID: Letters.callID(1), callerName: secret, hasVideo: true, offer: secret)
    let event = try inbox.take(try Letters.letter(from: 1, 1, id: 1, at: Letters.now, .callInvite(invite)))
    var text = "\(inbox) \(event) \(event.action) \(String(reflecting: event.action)) \(event.sender)"
    dump(inbox, to: &text)
    dump(event, to: &text)
    dump(event.action, to: &text)
    dump(inbox.pending(now: Letters.now), to: &text)
    #expect(!text.contains(secret))
    #expect(text.contains(event.envelopeTag))
  }

  @Test("A publication of another device is refused")
  func otherDevice() throws {
    let crowded = try CrowdedInbox(contacts: 2, messageIDs: 0)
    var inbox = crowded.inbox
    let now = CrowdedInbox.now
    let prekey = try Prekey.generate(.x25519, expiresAt: EpochSeconds(now.seconds.value + 60), now: now)
    #expect(throws: HushringError(.wrongDevice)) { try inbox.publish([prekey], by: crowded.contact, now: now) }
    #expect(inbox.prekeys.isEmpty)
  }

  @Test("A publication that an outside signer signs keeps its time at once")
  func outsideSigner() async throws {
    struct Outside: Signer {
      let key: SigningKey
      func signature(for bytes: Data) async throws -> Data { Data(try key.signature(for: Array(bytes)).bytes) }
    }
    let crowded = try CrowdedInbox(contacts: 2, messageIDs: 0)
    var inbox = crowded.inbox
    let (device, now) = (crowded.device, CrowdedInbox.now)
    let external = ExternalDevice(certificate: device.certificate, signer: Outside(key: device.key))
    let prekey = try Prekey.generate(.x25519, expiresAt: EpochSeconds(now.seconds.value + 60), now: now)
    let publication = try inbox.publication(of: [prekey], by: external, now: now)
    #expect(inbox.lastPublished == publication.issuedAt)
    #expect(inbox.prekeys.map(\.id) == [prekey.id])
    let bundles = try await publication.signed(by: external)
    let bundle = try PrekeyBundle(verifying: bundles[0], account: device.account, now: now)
    #expect(bundle.issuedAt == publication.issuedAt)
  }

  @Test("An explanation says for people where an envelope stops, and why")
  func explanation() throws {
    let crowded = try CrowdedInbox(contacts: 2, messageIDs: 0)
    let (inbox, now) = (crowded.inbox, CrowdedInbox.now)
    #expect(inbox.explain(Data(), now: now).description.contains("not an envelope"))
    let envelope = Data([1, 1]) + Data(count: 2878)
    let text = inbox.explain(envelope, now: now).description
    #expect(text.contains("passed   its suite is known"))
    #expect(text.contains("STOPPED  its prekey is here"))
    #expect(text.contains("none of the 0 prekeys"))
  }

  @Test("A call that came too late is explained with its age and lifetime")
  func lateExplanation() throws {
    let crowded = try CrowdedInbox(contacts: 2, messageIDs: 0)
    var inbox = crowded.inbox
    let now = CrowdedInbox.now
    let prekey = try Prekey.generate(.x25519, expiresAt: EpochSeconds(now.seconds.value + 60), now: now)
    let bundle = try PrekeyBundle(
      verifying: inbox.publish([prekey], by: crowded.device, now: now)[0], account: crowded.device.account, now: now)
    let invite = CallInvite(callID: try .random(), hasVideo: false, lifetime: 10)
    let envelope = try crowded.contact.seal(.callInvite(invite), to: bundle, now: now)
    let explanation = inbox.explain(envelope, now: now.adding(milliseconds: 41_500))
    #expect(explanation.result == .missed(.expired))
    #expect(explanation.sender?.age == 41_500)
    #expect(explanation.lifetime == 10)
    #expect(explanation.description.contains("sent 41.5 s ago of a call that rings for 10 s"))
    #expect(Check.allCases.allSatisfy { explanation.outcome(of: $0) == .passed })
  }
}
