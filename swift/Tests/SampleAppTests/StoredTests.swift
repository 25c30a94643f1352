import Foundation
import Hushring
import HushringCallKit
import Testing

@testable import SampleApp

/// What an earlier version of the app has stored, what a later one has, and what cannot be read.
@MainActor @Suite struct StoredTests {
  private let account: AccountKey
  private let date = Date(timeIntervalSinceReferenceDate: 800_000_000)

  init() throws { account = try Account.generate().publicKey }

  /// Reads what lacks a member and has one that is not known: that member has its default, and the
  /// others are as they were stored.
  private func check<Value: Codable>(_ full: Value, _ defaults: Value, required: Set<String> = []) throws {
    let (all, fresh) = (try object(full), try object(defaults))
    #expect(Set(all.keys) == Set(Mirror(reflecting: full).children.compactMap(\.label)))
    for key in all.keys where !required.contains(key) {
      var (stored, expected) = (all, all)
      stored[key] = nil
      stored["later"] = [1]
      expected[key] = fresh[key]
      #expect(try text(expected) != text(all), "the example has \(key) by default")
      let read = try JSONDecoder().decode(Value.self, from: JSONSerialization.data(withJSONObject: stored))
      #expect(try text(object(read)) == text(expected), "without \(key)")
    }
    let read = try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(full))
    #expect(try text(object(read)) == text(all))
  }

  private func object(_ value: some Encodable) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
  }

  private func text(_ object: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
  }

  private var known: KnownBundles {
    KnownBundles(
      lastPublished: Data([1]), revocations: [Data([2])], waiting: [Data([3])],
      bundles: [.init(bundle: Data([4]), mailbox: "05")], nextFetch: date)
  }

  private var contact: Contact {
    Contact(
      account: account, name: "Alice", handle: PinnedHandle(type: "generic", value: "alice"), isTrusted: true,
      known: known)
  }

  private var publication: SampleApp.Publication { .init(bundles: [Data([6])], at: date, isUploaded: true) }

  private var item: HistoryItem {
    HistoryItem(
      id: "7", account: account, kind: .message, isOutgoing: true, at: AppWorld.now, text: "Hi", isRefused: true)
  }

  private var state: AppState {
    AppState(
      contacts: [contact], own: known,
      outbox: [OutboxEntry(id: UUID(), account: account, posts: [.init(mailbox: "08", envelope: Data([9]))])],
      publication: publication, prunedAt: date, history: [item])
  }

  @Test func theAppsOwnRecordIsReadThoughItLacksAnyMember() throws {
    try check(state, AppState())
    try check(known, KnownBundles())
    try check(contact, Contact(account: account, name: "Alice"), required: ["account", "name"])
    try check(publication, .init(bundles: [], at: date), required: ["bundles", "at"])
    try check(
      item, HistoryItem(id: "7", account: account, kind: .message, isOutgoing: true, at: item.at),
      required: ["id", "account", "kind", "isOutgoing", "at"])
  }

  @Test func theSharedRecordsAreReadThoughTheyLackAnyMember() throws {
    var records = SharedRecords()
    records.ringing = .notification
    records.calls = [
      CallRecord(
        uuid: UUID(), callID: try .random(), isOutgoing: true, account: account, ring: AppWorld.now, hasVideo: true,
        expiresAt: AppWorld.now, phase: .waiting)
    ]
    records.addNoticed(.init(callUUID: UUID(), sentAt: AppWorld.now))
    records.explain(ExplainedEnvelope(tag: "01234567", at: date, text: "passed"))
    records.note(AppWorld.now)
    try check(records, SharedRecords())
  }

  @Test func whatTheAppCannotReadOfItsOwnIsShownAndStays() async throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try AppStore(file: file).change { $0.contacts = [contact] }
    let good = try Data(contentsOf: file)
    try good.dropLast().write(to: file)
    let store = AppStore(file: file)
    var heard = 0
    store.onChange = { heard += 1 }
    #expect(store.state.contacts.isEmpty && store.problem != nil)
    #expect(throws: (any Error).self) { try store.change { $0.contacts = [] } }
    #expect(try Data(contentsOf: file) == good.dropLast())
    try await until { heard == 1 }
    // As after the first unlock.
    try good.write(to: file)
    #expect(store.state.contacts.map(\.name) == ["Alice"] && store.problem == nil)
    try await until { heard == 2 }
  }
}
