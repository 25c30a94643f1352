import Foundation
import Hushring

/// What the app alone keeps. An app with more than a few contacts puts this into its database.
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

/// What is known of an account's devices. Stored, and given to `PrekeyBundle.verifyAll` again the
/// next time.
struct KnownBundles: Codable, Sendable {
  var lastPublished: Data?
  var revocations: [Data] = []
  /// Those of the statements that the inbox has not been given yet: a wake comes first.
  var waiting: [Data] = []
  /// The bundles that were good when they were fetched, and where to post what is sealed to them.
  var bundles: [Published] = []
  /// When they are fetched again: at a random moment of the interval (DEP6).
  var nextFetch = Date.distantPast

  struct Published: Codable, Sendable {
    let bundle: Data
    let mailbox: String
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

/// The file of it, which each change replaces.
@MainActor
final class AppStore {
  /// For your screens: something has changed, such as a message that has come.
  var onChange: (@MainActor () -> Void)?
  private var loaded: AppState?
  private let file: URL

  init(file: URL) { self.file = file }

  /// Nothing, while the file cannot be read: before the device is first unlocked, or because it is
  /// damaged. Then nothing can be changed either, because servers could bring back old bundles. But
  /// calls ring.
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
    }
    loaded = state
    return state
  }
}
