import Foundation
import Hushring

/// What the app alone keeps. An app with more than a few contacts puts this into its database.
struct AppState: Codable, Sendable {
  var contacts: [Contact] = []
  /// The bundles of the own account: those of the other devices are among them.
  var own = KnownBundles()
  /// What is sealed and not posted yet, in its order.
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
    history.append(item)
  }
}

/// What is known of an account's devices. Stored, and given to `PrekeyBundle.verifyAll` again the
/// next time.
struct KnownBundles: Codable, Sendable {
  var lastPublished: Data?
  var revocations: [Data] = []
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
  var posts: [Relay.Post]
  /// The call to leave once it is posted: what makes an inbox stop listening comes after its end.
  var leaves: UUID?
}

struct HistoryItem: Codable, Sendable {
  let id: String
  let account: AccountKey
  let kind: Kind
  let isOutgoing: Bool
  let at: Timestamp
  var text: String?

  enum Kind: String, Codable {
    case message, call, missedCall, other
  }
}

/// The file of it, which each change replaces.
@MainActor
final class AppStore {
  private(set) var state: AppState
  private let file: URL

  /// - Throws: if there is a file that cannot be read: then do not go on with an empty one, because
  ///   servers could bring back old bundles.
  init(file: URL) throws {
    self.file = file
    guard FileManager.default.fileExists(atPath: file.path) else {
      state = AppState()
      return
    }
    state = try JSONDecoder().decode(AppState.self, from: Data(contentsOf: file))
  }

  /// Changes it and stores it. If that fails, nothing has changed.
  func change<Result>(_ work: (inout AppState) throws -> Result) throws -> Result {
    var changed = state
    let result = try work(&changed)
    try JSONEncoder().encode(changed).writeProtected(to: file)
    state = changed
    return result
  }
}
