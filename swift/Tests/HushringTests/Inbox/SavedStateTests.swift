import Foundation
import Testing

@testable import Hushring

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

@Suite("Saved state")
struct SavedStateTests {
  @Test("A state is the same after it was loaded")
  func same() throws {
    let inbox = try Self.varied()
    #expect(try inbox.reloaded().state == inbox.state)
    #expect(inbox.state.count > 1000)
  }

  @Test("A state with every bound reached is the same after it was loaded")
  func bounds() throws {
    let crowded = try CrowdedInbox.atEveryBound()
    let state = crowded.inbox.state
    var loaded = try Inbox(state: state, certificate: crowded.device.certificate)
    #expect(loaded.save() == state)
    // inbox.md, section 2
    #expect(state.count < 3_400_000)
  }

  @Test("A wrong bit in any byte is refused")
  func flipped() throws {
    var state = try Self.varied().state
    for place in state.indices {
      for bit in place == 0 ? 0..<8 : place % 8..<place % 8 + 1 {
        state[place] ^= 1 << UInt8(bit)
        #expect(throws: HushringError(place == 0 && state[0] > 1 ? .stateTooNew : .badState)) { try Self.load(state) }
        state[place] ^= 1 << UInt8(bit)
      }
    }
  }

  @Test("Every state that was cut off or lengthened is refused")
  func cut() throws {
    let state = try Self.varied().state
    for length in 0..<state.count {
      #expect(throws: HushringError(.badState)) { try Self.load(state.prefix(length)) }
    }
    #expect(throws: HushringError(.badState)) { try Self.load(state + [0]) }
  }

  @Test("State that was forged, with a checksum that is right, is refused or harmless", arguments: 0..<4)
  func forged(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let state = try Array(Self.varied().state.dropLast(32))
    var refused = 0
    for _ in 0..<500 {
      var forged = state
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 1..<forged.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: forged[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: forged[place] = [0, 1, 2, 0x7F, 0xFF][Int.random(in: 0..<5, using: &generator)]
        case 2: forged.remove(at: place)
        default: forged.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        }
      }
      do {
        var inbox = try Self.load(Data(forged + SHA256.hash(data: forged)))
        try Self.use(&inbox)
      } catch let error as HushringError {
        refused += error.code == .badState ? 1 : 0
      }
    }
    #expect(refused > 100)
  }

  @Test("State of any bytes, with a checksum that is right, is refused", arguments: 0..<4)
  func random(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let count = Int.random(in: 0...300, using: &generator)
      let bytes = [1] + (0..<count).map { _ in UInt8.random(in: 0...3, using: &generator) }
      #expect(throws: HushringError.self) { try Self.load(Data(bytes + SHA256.hash(data: bytes))) }
    }
  }

  @Test("The pieces in which it comes do not matter", arguments: [1, 2, 7, 31, 64, 100_000])
  func pieces(_ size: Int) throws {
    let inbox = try Self.varied()
    var rest = inbox.state
    let certificate = try Self.certificate()
    let loaded = try Inbox(certificate: certificate) {
      defer { rest = rest.dropFirst(size) }
      return rest.isEmpty ? nil : rest.prefix(size)
    }
    #expect(loaded.state == inbox.state)
  }

  @Test("The pieces that are handed out are the whole")
  func handedOut() throws {
    var inbox = try CrowdedInbox(contacts: 300, messageIDs: 5000).inbox
    var copy = inbox
    var pieces: [Data] = []
    inbox.save { pieces.append($0) }
    #expect(pieces.count > 3)
    #expect(pieces.allSatisfy { $0.count < 60_000 })
    #expect(Data(pieces.joined()) == copy.save())
  }

  @Test("A state that could not be stored does not count as saved")
  func notStored() throws {
    struct Full: Error {}
    var inbox = try Self.varied()
    let revision = inbox.revision
    #expect(throws: Full.self) { try inbox.save { (_: Data) throws in throw Full() } }
    #expect(inbox.revision == revision)
  }

  @Test("What keeps a state from being read is thrown, and not taken for damage")
  func notRead() throws {
    struct Locked: Error {}
    let certificate = try Self.certificate()
    #expect(throws: Locked.self) { _ = try Inbox(certificate: certificate) { throw Locked() } }
    var pieces = [try Self.varied().state.prefix(100)]
    #expect(throws: Locked.self) {
      _ = try Inbox(certificate: certificate) {
        guard let piece = pieces.popLast() else { throw Locked() }
        return piece
      }
    }
  }

  @Test("The last revision is not exceeded")
  func lastRevision() throws {
    var inbox = try Self.varied()
    _ = inbox.save()
    inbox.saved = SavedState(digest: .zero, revision: .max)
    _ = inbox.save()
    #expect(inbox.revision == .max)
  }

  /// An inbox in which there is something of each kind.
  private static func varied() throws -> Inbox {
    var inbox = Letters.inbox()
    let now = Letters.now
    try inbox.trust(
      Letters.account(1), handle: Handle(type: .phoneNumber, value: "+49 30 1"), displayName: "Älice", now: now)
    try inbox.trust(Letters.account(2), now: now)
    try inbox.block(Letters.account(4))
    inbox.unblock(Letters.account(4), now: now)
    try inbox.block(Letters.account(5))
    inbox.lastPublished = now.seconds
    inbox.freedFloor = Timestamp(milliseconds: 5)
    _ = inbox.accounts.change(Letters.account(2)) { record in
      let floor = RevocationFloors.DeviceFloor(device: Letters.device(9), floor: EpochSeconds(7))
      record.floors = RevocationFloors(account: EpochSeconds(3), devices: [floor])
    }
    var id: UInt64 = 0
    func take(_ account: UInt64, _ content: Content, ahead: UInt64 = 0) throws {
      id += 1
      let letter = try Letters.letter(from: account, account, id: id, at: now.adding(milliseconds: ahead), content)
      _ = try? inbox.take(letter)
    }
    let (own, other) = (Letters.account(0), Letters.account(1))
    try take(1, .message(Message(body: "hi")))
    try take(1, .message(Message(body: "later")), ahead: 3_600_000)
    try take(3, .message(Message(body: "who?")))
    try take(1, .callInvite(CallInvite(callID: Letters.callID(1), hasVideo: true)))
    _ = try inbox.answered(caller: other, callID: Letters.callID(1), now: now)
    try take(1, .callInvite(CallInvite(callID: Letters.callID(2), hasVideo: false)))
    inbox.left(caller: other, callID: Letters.callID(2))
    try take(2, .callInvite(CallInvite(callID: Letters.callID(2), hasVideo: false)))
    try take(2, .callInvite(CallInvite(callID: Letters.callID(2), hasVideo: false)), ahead: 1)
    try take(1, .callCandidates(CallCandidates(callID: Letters.callID(8), candidates: [])))
    _ = try inbox.placeCall(Letters.callID(3), accounts: [other, Letters.account(2)], now: now)
    try take(1, .callAnswer(CallAnswer(callID: Letters.callID(3), ring: now)))
    id += 1
    let second = CallAnswer(callID: Letters.callID(3), ring: now)
    try inbox.take(try Letters.letter(from: 1, 7, id: id, at: now, .callAnswer(second)))
    try take(2, .callEnd(CallEnd(callID: Letters.callID(3), reason: .declined, caller: own, ring: now)))
    try take(1, .callInvite(CallInvite(callID: Letters.callID(4), hasVideo: false)), ahead: 2)
    id += 1
    let elsewhere = CallEnd(callID: Letters.callID(4), reason: .declinedElsewhere, caller: other, ring: now)
    try inbox.take(try Letters.letter(from: 0, 6, id: id, at: now, .callEnd(elsewhere)))
    let early = CallEnd(callID: Letters.callID(6), reason: .answeredElsewhere, caller: other, ring: now)
    try inbox.take(try Letters.letter(from: 0, 6, id: id + 1, at: now, .callEnd(early)))
    try inbox.joined(
      caller: other, callID: Letters.callID(1), accounts: [Letters.account(2), Letters.account(1)], now: now)
    return inbox
  }

  /// What an application may do with an inbox.
  private static func use(_ inbox: inout Inbox) throws {
    let now = Letters.now
    for event in inbox.pending(now: now) { inbox.acknowledge(event) }
    _ = inbox.held()
    inbox.release(now: now.adding(milliseconds: 3_600_000))
    _ = inbox.heldAccounts()
    for number: UInt64 in 0..<6 {
      let account = Letters.account(number)
      _ = try? inbox.answered(caller: account, callID: Letters.callID(1), now: now)
      _ = try? inbox.joined(caller: account, callID: Letters.callID(3), accounts: [account], now: now)
      inbox.left(caller: account, callID: Letters.callID(3))
      _ = try? inbox.trust(account, now: now)
      let letter = try Letters.letter(
        from: number, 1, id: 1000 + number, at: now,
        .callInvite(CallInvite(callID: Letters.callID(3), hasVideo: true)))
      _ = try? inbox.take(letter)
    }
    _ = try? inbox.placeCall(Letters.callID(3), accounts: [Letters.account(1)], now: now)
    inbox.prune(now: now.adding(milliseconds: Limits.envelopeAge))
    _ = inbox.save()
  }

  private static func certificate() throws -> Certificate {
    let bytes = Letters.account(0).bytes.bytes + Letters.device(0).bytes.bytes + [UInt8](repeating: 0, count: 80)
    return try #require(Certificate(unverified: bytes))
  }

  private static func load(_ state: Data) throws -> Inbox { try Inbox(state: state, certificate: certificate()) }
}
