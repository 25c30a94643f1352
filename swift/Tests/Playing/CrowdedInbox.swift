import Foundation

@testable import Hushring

/// Makes inboxes in which there is much: what an application reaches in years, or never.
///
/// Keys are random bytes, except those of the one contact who sends an envelope.
public struct CrowdedInbox {
  public private(set) var inbox: Inbox
  public let device: Device
  /// A contact, from whom one more event finds room.
  public let contact: Device
  public static let now = Timestamp(milliseconds: 1_800_000_000_000)
  private var generator = SeededGenerator(seed: 17)

  /// Makes an inbox with some contacts, who are trusted, and spreads message ids over them.
  public init(contacts: Int, messageIDs: Int, events: Int = 0) throws {
    let seconds = Self.now.seconds
    func enroll() throws -> Device {
      try Device.enroll(
        account: Account.generate(), expiresAt: EpochSeconds(seconds.value + 86_400 * 90), now: Self.now)
    }
    (device, contact) = (try enroll(), try enroll())
    inbox = Inbox(certificate: device.certificate)
    inbox.lastPublished = seconds
    inbox.freedFloor = Self.now.subtracting(milliseconds: Limits.envelopeAge)
    try inbox.trust(contact.account, handle: handle(32), displayName: text(32), now: Self.now)
    for _ in 1..<contacts { try inbox.trust(account(), handle: handle(32), displayName: text(32), now: Self.now) }
    let keys = inbox.accounts.records.map(\.key).filter { $0 != device.account }
    for place in 0..<messageIDs {
      let entry = MessageIDs.Entry(sentAt: time(UInt64(place)), id: messageID())
      inbox.accounts.keep(entry, of: keys[place % keys.count])
    }
    for place in 0..<events {
      inbox.journal.append(
        JournalEntry(origin: origin(of: keys[place % keys.count]), call: nil, outcome: .notify, stream: try stream()))
    }
  }

  /// Fills it up to every bound of spec/inbox.md, section 2, but for one place in the journal.
  public static func atEveryBound() throws -> CrowdedInbox {
    var crowded = try CrowdedInbox(contacts: Bounds.accounts - 1, messageIDs: Bounds.messageIDs.all)
    try crowded.fill()
    return crowded
  }

  private mutating func fill() throws {
    let keys = inbox.accounts.records.map(\.key).filter { $0 != device.account && $0 != contact.account }
    for key in keys.prefix(Bounds.deviceFloors.all / Bounds.deviceFloors.account) {
      let devices = (0..<Bounds.deviceFloors.account).map { _ in
        RevocationFloors.DeviceFloor(device: DeviceKey(checked: bytes32()), floor: Self.now.seconds)
      }
      _ = inbox.accounts.change(key) { record in
        record.floors = RevocationFloors(account: EpochSeconds(1), devices: devices)
      }
    }
    for place in 0..<Bounds.calls.all {
      inbox.accounts.record(
        CallRecord(id: callID(), recordedAt: time(UInt64(place))), of: keys[place / Bounds.calls.caller])
    }
    for _ in 0..<Bounds.earlyEnds {
      _ = inbox.earlyEnds.include(Self.now, .answered, of: bytes32(), callID(), now: Self.now)
    }
    for _ in 0..<Bounds.placedCalls {
      let legs = (0..<Bounds.legs.all / Bounds.placedCalls).map { _ in
        Leg(account: account(), since: Self.now, state: .taken, by: DeviceKey(checked: bytes32()))
      }
      let call = PlacedCall(id: callID(), placedAt: Self.now, legs: legs.sorted { $0.account < $1.account })
      inbox.placed.set(call)
      let participants = (0..<Bounds.participants.all / Bounds.joinedCalls).map { _ in account() }
      inbox.joinedCalls.set(participants.sorted(), caller: device.account, call.id, now: Self.now)
    }
    // The journal counts kept signals that have not had their time; these have.
    let keptAt = Self.now.subtracting(milliseconds: Span.kept + 1)
    for place in 0..<Bounds.kept.all {
      inbox.kept.keep(
        KeptSignal(
          origin: origin(of: keys[place / Bounds.kept.account]), callID: callID(), keptAt: keptAt,
          stream: try stream()))
    }
    let events = Bounds.journal.all + Bounds.journal.account - 1
    for place in 0..<events {
      let sender = place < Bounds.journal.account ? device.account : keys[place / Bounds.journal.account]
      inbox.journal.append(JournalEntry(origin: origin(of: sender), call: nil, outcome: .notify, stream: try stream()))
    }
    for place in 0..<2 * Bounds.held.all {
      let account = keys[place / 2 / Bounds.held.account]
      inbox.holding.hold(try letter(of: account), place.isMultiple(of: 2) ? .clock : .untrusted)
    }
    for place in 0..<Bounds.prekeys - 1 {
      let suite = place.isMultiple(of: 2) && Suite.xwing.isSupported ? Suite.xwing : .x25519
      let expiresAt = EpochSeconds(Self.now.seconds.value + 86_400)
      try inbox.addPrekey(Prekey.generate(suite, expiresAt: expiresAt, now: Self.now))
    }
  }

  /// A content that inflates to the longest, with the most items.
  private mutating func stream() throws -> [UInt8] {
    let items = (0..<2000).map { _ in Value.integer(Int64(generator.next() % 1000)) }
    var content = Message(data: .array(items))
    var stream: [UInt8] = []
    var left = 2588
    repeat {
      content.data = .array(Array(items.prefix(left)))
      stream = Deflate.compress(try Content.message(content).encoded())
      left = min(left, items.count) * 9 / 10
    } while stream.count > Suite.x25519.contentRoom
    return stream
  }

  private mutating func letter(of account: AccountKey) throws -> OpenedEnvelope {
    let origin = origin(of: account)
    var certificate = account.bytes.bytes + origin.device.bytes.bytes
    certificate += EpochSeconds(0).value.bigEndianBytes + EpochSeconds(.max).value.bigEndianBytes
    certificate += [UInt8](repeating: 0, count: 64)
    guard let unverified = Certificate(unverified: certificate) else { throw JSON.Malformed("no certificate") }
    return OpenedEnvelope(
      tag: origin.tag, certificate: unverified, messageID: origin.messageID, sentAt: origin.sentAt,
      stream: try stream())
  }

  private mutating func origin(of account: AccountKey) -> Origin {
    Origin(
      tag: UInt32(truncatingIfNeeded: generator.next()).bigEndianBytes.hexadecimal, account: account,
      device: DeviceKey(checked: bytes32()), messageID: messageID(), sentAt: Self.now)
  }

  private mutating func bytes32() -> Bytes32 {
    Bytes32(quarters: (generator.next(), generator.next(), generator.next(), generator.next()))
  }

  private mutating func account() -> AccountKey { AccountKey(checked: bytes32()) }

  private mutating func messageID() -> MessageID { MessageID(high: generator.next(), low: generator.next()) }

  private mutating func callID() -> CallID {
    while true {
      let uuid = UUID(uuid: withUnsafeBytes(of: (generator.next(), generator.next())) { $0.load(as: uuid_t.self) })
      if let id = try? CallID(uuid) { return id }
    }
  }

  private mutating func text(_ count: Int) -> String {
    String(decoding: (0..<count).map { _ in UInt8(0x61 + generator.next() % 26) }, as: UTF8.self)
  }

  private mutating func handle(_ count: Int) -> Handle { Handle(type: .generic, value: text(count)) }

  private func time(_ place: UInt64) -> Timestamp { Self.now.subtracting(milliseconds: 1_000_000_000 - place) }
}
