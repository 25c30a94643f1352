import Foundation
import Testing

@testable import Hushring

/// The code of the articles. That what stands there is what is here, line by line, says `ArticlesTests`.
@Suite struct CodeOfArticlesTests {
  let now = Timestamp(Date())

  /// Bob's phone, set up as the article says.
  private func phone(trusting alice: AccountKey? = nil) throws -> (SharedInbox, [PrekeyBundle], Account) {
    let shared = try SharedInbox(appGroup: "group.org.example", accessGroup: "ABCDE12345.org.example.shared")
    let account = try Account.generate()
    let device = try Device.enroll(account: account, expiresAt: inDays(360), now: now)
    try shared.begin(.device(device))
    let prekeys = try Suite.supported.map { try Prekey.generate($0, expiresAt: inDays(80), now: now) }
    let bundles = try shared.publish(prekeys, now: now).map {
      try PrekeyBundle(verifying: $0, account: account.publicKey, now: now)
    }
    if let alice {
      try shared.update { inbox in _ = try inbox.trust(alice, displayName: "Alice", now: now) }
    }
    return (shared, bundles, account)
  }

  @Test func setUp() throws {
    let shared = try SharedInbox(appGroup: "group.org.example", accessGroup: "ABCDE12345.org.example.shared")
    var clock = ServerClock() // add the server's answers to it
    let now = clock.now()

    // The first device of an account. The account key stays with it: other devices are linked.
    let account = try Account.generate()
    let device = try Device.enroll(account: account, expiresAt: inDays(360), now: now)
    try shared.begin(.device(device))

    let prekeys = try Suite.supported.map { suite in
      try Prekey.generate(suite, expiresAt: inDays(80), now: now)
    }
    let bundles = try shared.publish(prekeys, now: now) // stored and saved: upload them now
    #expect(bundles.count == prekeys.count)

    let alice = try OtherDevice().account.publicKey
    print(alice.fingerprint) // the user compares it with what Alice reads out
    let handle = Handle(type: .phoneNumber, value: "+12025550123")
    try shared.update { inbox in
      _ = try inbox.trust(alice, handle: handle, displayName: "Alice", now: now)
    }

    let test = SelfTest()
    guard test.passes else { fatalError("\(test)") }

    clock.add(Timestamp(milliseconds: now.milliseconds + 3_600_000), roundTrip: .milliseconds(80))
    #expect(clock.isSynchronized())
  }

  @Test func receive() throws {
    let alice = try OtherDevice()
    let (shared, bundles, _) = try phone(trusting: alice.account.publicKey)
    let message = try alice.device.seal(.message(Message(body: "Hi")), to: bundles[0], now: now)
    let noise = Data(count: 2_880)

    var log: [String] = []
    func show(_ text: String) { log.append(text) }
    func act(_ event: InboxEvent) -> Bool {
      switch event.action {
      case .ring(let ring): show("\(ring.payload.callerName ?? "Somebody") is calling") // CallKit, once
      case .missed: show("\(event.sender.displayName ?? "Somebody") called")
      case .end(let end): show("\(end.callUUID) has ended: \(end.endedReason)") // CallKit
      case .signal: break // for the engine of the call
      case .second: return false // tell which device was taken, and acknowledge then
      case .notify(let notification):
        if case .message(let message) = notification.content { show(message.body ?? "") }
      case .drop: break
      }
      return true
    }

    func take(_ page: [Data], now: Timestamp) throws -> [Data] {
      // Received and saved. What is refused, or held for a stranger, is confirmed like everything else.
      let refused = try shared.update { inbox in
        var refused: [Data] = []
        for envelope in page {
          do throws(HushringError) {
            _ = try inbox.receive(envelope, now: now)
          } catch {
            if error.code == .inboxFull { refused.append(envelope) }
          }
        }
        _ = inbox.release(now: now) // what was dated ahead, once its time has come
        return refused
      }
      // Acted upon, outside of the lock; then acknowledged and saved.
      let received = try shared.read { inbox in inbox } // a copy, which is cheap
      let done = received.pending(now: now).filter { event in act(event) }
      try shared.update { inbox in
        for event in done { _ = inbox.acknowledge(event) }
      }
      return refused
    }
    #expect(try take([message, noise], now: now).isEmpty)
    #expect(log == ["Hi"])
    #expect(try take([message], now: now).isEmpty) // a duplicate
    #expect(log == ["Hi"])

    do {
      _ = try shared.update { inbox in try inbox.receive(noise, now: now) }
    } catch let error as HushringError {
      print(error.code) // unsupportedVersion
    }

    let explanation = try shared.read { inbox in inbox.explain(message, now: now) }
    print(explanation) // a line for each check
    #expect(explanation.stoppedAt == .replay)
  }

  @Test func placeAndAnswer() throws {
    var alice = try OtherDevice()
    let (shared, ofPhone, bob) = try phone(trusting: alice.account.publicKey)
    _ = try alice.inbox.trust(bob.publicKey, displayName: "Bob", now: now)
    let bundlesOfAlice = [alice.bundle]
    let caller = alice.account.publicKey
    let device = try #require(try shared.keys().device)

    // Bob calls Alice.
    let choice = PrekeyBundle.choose(bundlesOfAlice, now: now)
    guard choice.downgraded.isEmpty else { return } // the server withholds a stronger bundle
    let callID = try CallID.random()
    let ring = try shared.update { inbox in
      try inbox.placeCall(callID, accounts: [caller], now: now) // saved before anything is sealed
    }
    let invite = Content.callInvite(CallInvite(callID: callID, hasVideo: false, offer: "v=0\r\n…"))
    let envelopes = try device.sealMany(invite, to: choice.targets, now: ring) // post them

    // He gives up. The end is never dated before the ring, also if the clock went back.
    let cancelled = Content.callEnd(CallEnd(callID: callID, reason: .cancelled))
    let ends = try device.sealMany(cancelled, to: choice.targets, now: max(now, ring)) // post them, and then:
    try shared.update { inbox in _ = inbox.left(callID: callID) }
    #expect(try alice.inbox.receive(envelopes[0], now: now).action.name == .ring)
    #expect(try alice.inbox.receive(ends[0], now: now).action.name == .end)

    // Alice calls Bob.
    let theirs = try CallID.random()
    let at = try alice.inbox.placeCall(theirs, accounts: [bob.publicKey], now: now)
    let invitation = try alice.device.seal(
      .callInvite(CallInvite(callID: theirs, hasVideo: true, offer: "v=0\r\n…")), to: ofPhone[0], now: at)
    let event = try shared.update { inbox in try inbox.receive(invitation, now: now) }
    guard case .ring(let rings) = event.action else {
      Issue.record("it does not ring")
      return
    }
    let siblings: [PrekeyBundle] = []
    let targets = choice.targets
    let id = rings.invite.callID

    // Bob answers, with the ring that this gives; callOver means that it is too late.
    let answered = try shared.update { inbox in
      let ring = try inbox.answered(caller: caller, callID: id, now: now)
      _ = inbox.acknowledge(event)
      return ring
    }
    let answer = Content.callAnswer(CallAnswer(callID: id, ring: answered, answer: "v=0\r\n…"))
    let elsewhere = CallEnd(callID: id, reason: .answeredElsewhere, caller: caller, ring: answered)
    var posts = try device.sealMany(answer, to: targets, now: now)
    posts += try device.sealMany(.callEnd(elsewhere), to: siblings, now: now) // post all, in one act
    #expect(try alice.inbox.receive(posts[0], now: now).action.name == .signal)

    // They hang up over the connection, and each side leaves.
    try shared.update { inbox in _ = inbox.left(caller: caller, callID: id) }

    #expect(rings.callUUID == callKitUUID(caller: caller, callID: id))
    print(rings.callUUID) // by which CallKit knows the call
  }

  @Test func link() throws {
    let account = try Account.generate()

    // The new device shows a code that has the secret, and asks through the server.
    let pending = try PendingDevice.generate()
    let secret = try LinkSecret.random() // secret.data: into the QR code, and nowhere else
    let request = try pending.request(secret: secret, now: now)

    // The device that holds the account key reads the code, asks its user, and grants.
    let grant = try account.certify(request: request, secret: secret, expiresAt: inDays(360), now: now)

    // The new device takes the grant. Its user compares the fingerprint with that on the other device.
    let device = try pending.activate(grant: grant, request: request, secret: secret, now: now)
    print(device.account.fingerprint)
    let shared = try SharedInbox(appGroup: "group.org.example", accessGroup: "ABCDE12345.org.example.shared")
    try shared.begin(.device(device))

    // When half of its time is over, a device renews its certificate in the same way.
    let again = try LinkSecret.random()
    let renewal = try device.request(secret: again, now: now)
    let granted = try account.certify(request: renewal, secret: again, expiresAt: inDays(360), now: now)
    let renewed = try device.activate(grant: granted, request: renewal, secret: again, now: now)
    try shared.renew(.device(renewed))
  }

  @Test func lostDevice() throws {
    let account = try Account.generate()
    let lost = try OtherDevice(of: account)
    let (shared, bundles, _) = try phone(trusting: account.publicKey)

    // Where the account key is. Store the floor with it, for this device.
    let floor = now.date
    let statement = try account.revoke(lost.device.publicKey, before: EpochSeconds(floor), now: now)

    // Contacts and own devices take their mailbox first, one wake, and then revoke.
    let isKept = try shared.update { inbox in try inbox.revoke(statement, now: now) }
    #expect(isKept)
    let fromThief = try lost.device.seal(.message(Message(body: "Hi")), to: bundles[0], now: now)
    do {
      _ = try shared.update { inbox in try inbox.receive(fromThief, now: now) }
    } catch let error as HushringError {
      #expect(error.code == .revoked)
    }

    // Before sealing, by the statements that were kept and those that came with the bundles.
    let published = [lost.bundle.data]
    let verified = try PrekeyBundle.verifyAll(
      published, account: account.publicKey, revocations: [statement], lastPublished: nil, now: now)
    print(verified.rejected.map(\.error.code)) // revoked
    // Store verified.lastPublished and verified.revocations, and give them in the next time.
    #expect(verified.rejected.map(\.error.code) == [.revoked])
  }

  @Test func blocking() throws {
    let alice = try OtherDevice()
    let stranger = try OtherDevice()
    let (shared, bundles, _) = try phone(trusting: alice.account.publicKey)
    let account = stranger.account.publicKey
    let written = try stranger.device.seal(.message(Message(body: "Cheap")), to: bundles[0], now: now)
    #expect(throws: HushringError.self) { try shared.update { inbox in try inbox.receive(written, now: now) } }

    // Accounts of which something is held, and how much. Nothing of what they say has been read.
    for held in try shared.read({ inbox in inbox.heldAccounts() }) {
      print(held.account.fingerprint, held.count)
    }

    try shared.update { inbox in
      _ = inbox.discard(account) // throws away what is held
      try inbox.block(account) // and what comes is never seen
    }

    // It is a stranger again. What it has dated up to now is never received.
    try shared.update { inbox in inbox.unblock(account, now: now) }

    // Less than blocking: what comes then is held, and received if the account is trusted again.
    try shared.update { inbox in inbox.untrust(alice.account.publicKey) }
    #expect(try shared.read { inbox in !inbox.isBlocked(account) && inbox.heldAccounts().isEmpty })
  }
}
