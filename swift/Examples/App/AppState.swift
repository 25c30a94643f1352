import Foundation
import Hushring

/// What the app alone keeps. An app with more than a few contacts puts this into its database.
///
/// A file of an earlier version lacks the members that came later. What the compiler makes of
/// `Codable` refuses it, even where a member has a default, and all of the file would be lost. So each
/// type here that has defaults reads its members by ``KeyedDecodingContainer/read(_:into:)``. A new
/// member needs a default and a line there, or is an optional in a type without such an `init`.
struct AppState: Codable, Sendable {
  var contacts: [Contact] = []
  /// The bundles of the own account: those of the other devices are among them.
  var own = KnownBundles()
  /// What is sealed and not posted yet, in the order of sealing.
  var outbox: [OutboxEntry] = []
  var publication: Publication?
  var prunedAt: Date?
  /// Messages and calls, the newest last.
  var history: [HistoryItem] = []

  func contact(_ account: AccountKey) -> Contact? { contacts.first { $0.account == account } }

  mutating func put(_ contact: Contact) {
    contacts.removeAll { $0.account == contact.account }
    contacts.append(contact)
  }

  /// Adds an item, or replaces the one of its name.
  mutating func remember(_ item: HistoryItem) {
    history.removeAll { $0.id == item.id }
    let place = history.lastIndex { $0.at <= item.at }.map { $0 + 1 } ?? 0
    history.insert(item, at: place)
  }
}

extension AppState {
  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    try stored.read(.contacts, into: &contacts)
    try stored.read(.own, into: &own)
    try stored.read(.outbox, into: &outbox)
    try stored.read(.publication, into: &publication)
    try stored.read(.prunedAt, into: &prunedAt)
    try stored.read(.history, into: &history)
  }
}

/// What is known of an account's devices. Stored, and given to `PrekeyBundle.verifyAll` again the
/// next time.
struct KnownBundles: Codable, Sendable {
  var lastPublished: Data?
  var revocations: [Data] = []
  /// Those of the statements that the inbox has not been given yet: a wake comes first.
  var waiting: [Data] = []
  /// The bundles that were good when they were fetched, and where to post what is sealed to them.
  var bundles: [Published] = []
  /// When they are fetched again: at a random moment of the interval (DEP6). By the device's clock: see
  /// ``isDue(at:)``.
  var nextFetch = Date.distantPast

  struct Published: Codable, Sendable {
    let bundle: Data
    let mailbox: String
  }
}

extension KnownBundles {
  /// In seconds: half a day to a day and a half after the last time.
  static let interval: Range<Double> = 43_200..<129_600

  /// Whether they are to be fetched again. Also if that moment is further ahead than any that was
  /// chosen: somebody has set the clock forward and back, and nothing would be fetched until then.
  func isDue(at now: Date) -> Bool {
    let wait = nextFetch.timeIntervalSince(now)
    return wait <= 0 || wait > Self.interval.upperBound
  }

  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    try stored.read(.lastPublished, into: &lastPublished)
    try stored.read(.revocations, into: &revocations)
    try stored.read(.waiting, into: &waiting)
    try stored.read(.bundles, into: &bundles)
    try stored.read(.nextFetch, into: &nextFetch)
  }
}

struct Contact: Codable, Sendable {
  let account: AccountKey
  /// The name that the user has given it, and pinned.
  var name: String
  /// The number or address under which iOS finds it among the user's contacts, if one is pinned.
  var handle: PinnedHandle?
  /// Whether the user has compared the fingerprint. Only then the inbox trusts the account.
  var isTrusted = false
  var known = KnownBundles()
}

extension Contact {
  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    account = try stored.decode(AccountKey.self, forKey: .account)
    name = try stored.decode(String.self, forKey: .name)
    try stored.read(.handle, into: &handle)
    try stored.read(.isTrusted, into: &isTrusted)
    try stored.read(.known, into: &known)
  }
}

struct PinnedHandle: Codable, Sendable {
  let type: String
  let value: String

  var handle: Handle? { HandleType(rawValue: type).map { Handle(type: $0, value: value) } }
}

struct Publication: Codable, Sendable {
  let bundles: [Data]
  let at: Date
  /// Whether the relay has them. If not, the same bytes are uploaded again.
  var isUploaded = false
}

extension Publication {
  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    bundles = try stored.decode([Data].self, forKey: .bundles)
    at = try stored.decode(Date.self, forKey: .at)
    try stored.read(.isUploaded, into: &isUploaded)
  }
}

struct OutboxEntry: Codable, Sendable {
  let id: UUID
  /// The recipient. What goes to one of them does not wait for what goes to another.
  let account: AccountKey
  let posts: [Relay.Post]
  /// The call to leave once it is posted: what makes an inbox stop listening comes after its end.
  var leaves: LeftCall?
  /// The item of the history that it is.
  var item: String?
}

/// What the inbox has to be told when a call is left.
struct LeftCall: Codable, Sendable {
  let uuid: UUID
  let callID: CallID
  /// The caller of an incoming call. Nobody, if the call was placed here.
  let caller: AccountKey?
}

struct HistoryItem: Codable, Sendable {
  let id: String
  let account: AccountKey
  let kind: Kind
  let isOutgoing: Bool
  let at: Timestamp
  var text: String?
  /// Whether the relay will never take it. Offer the user to send it again.
  var isRefused = false

  enum Kind: String, Codable {
    case message, call, missedCall, other
  }
}

extension HistoryItem {
  init(from decoder: any Decoder) throws {
    let stored = try decoder.container(keyedBy: CodingKeys.self)
    id = try stored.decode(String.self, forKey: .id)
    account = try stored.decode(AccountKey.self, forKey: .account)
    kind = try stored.decode(Kind.self, forKey: .kind)
    isOutgoing = try stored.decode(Bool.self, forKey: .isOutgoing)
    at = try stored.decode(Timestamp.self, forKey: .at)
    try stored.read(.text, into: &text)
    try stored.read(.isRefused, into: &isRefused)
  }
}

/// The file of it, which each change replaces.
@MainActor
final class AppStore {
  /// For your screens: something has changed, such as a message that has come, or ``problem``.
  var onChange: (@MainActor () -> Void)?
  /// Why the file cannot be read, while that is so: show it. Before the first unlock it goes by
  /// itself.
  private(set) var problem: (any Error)?
  private var loaded: AppState?
  private let file: URL

  init(file: URL) { self.file = file }

  /// Nothing, while the file cannot be read (``problem``): before the device is first unlocked, or
  /// because it is damaged. Then nothing can be changed either, because servers could bring back old
  /// bundles. But calls ring.
  var state: AppState { (try? load()) ?? AppState() }

  /// Changes it and stores it. If that fails, nothing has changed.
  func change<Value>(_ work: (inout AppState) throws -> Value) throws -> Value {
    var changed = try load()
    let value = try work(&changed)
    try JSONEncoder().encode(changed).writeProtected(to: file)
    loaded = changed
    onChange?()
    return value
  }

  private func load() throws -> AppState {
    if let loaded { return loaded }
    let state: AppState
    do {
      state = try JSONDecoder().decode(AppState.self, from: Data(contentsOf: file))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      state = AppState()
    } catch {
      note(error)
      throw error
    }
    loaded = state
    note(nil)
    return state
  }

  /// Tells the screens once, afterwards: they may be asking for the state just now.
  private func note(_ new: (any Error)?) {
    let isNew = (new == nil) != (problem == nil)
    problem = new
    guard isNew else { return }
    if let new { Log.problem("the app's own record cannot be read", new) }
    Task { onChange?() }
  }
}
