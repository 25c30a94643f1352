import Foundation
import Hushring

/// Contacts. Trust stands in the inbox, with the name that is shown for them; the list has what is
/// needed to send.
@MainActor
struct Contacts {
  let store: AppStore
  let installation: Installation

  /// Puts an account into the list, whose fingerprint is still to be compared. Nothing of it is
  /// received meanwhile.
  func note(_ account: AccountKey, name: String) throws {
    guard store.state.contact(account) == nil else { return }
    try store.change { $0.put(Contact(account: account, name: name)) }
  }

  /// Trusts an account, once its user has compared the fingerprint
  /// (``/Hushring/AccountKey/fingerprint``), pins handle and name, and receives what is held of it.
  /// Statements that were kept of it take effect before.
  func trust(_ account: AccountKey, name: String, handle: Handle?) throws {
    let now = try installation.relayTime
    var contact = store.state.contact(account) ?? Contact(account: account, name: name)
    (contact.name, contact.isTrusted) = (name, true)
    contact.handle = handle.map { PinnedHandle(type: $0.type.rawValue, value: $0.value) }
    try store.change { $0.put(contact) } // first: the inbox's trust can be given again
    try installation.run { session in
      _ = try session.inbox.trust(
        account, handle: handle, displayName: name, revocations: contact.known.revocations, now: now)
    }
  }

  /// Ends the trust. What the account sends is held from then on, as a stranger's.
  func remove(_ account: AccountKey) throws {
    try installation.run { $0.inbox.untrust(account) }
    try store.change { $0.contacts.removeAll { $0.account == account } }
  }

  /// Blocks an account: what it has sent, and sends, is never seen. First decline or hang up a call
  /// of its: the inbox forgets it.
  func block(_ account: AccountKey) throws {
    try installation.run { try $0.inbox.block(account) }
    try store.change { $0.contacts.removeAll { $0.account == account } }
  }

  /// It is a stranger again, and nothing that it has dated up to now is received.
  func unblock(_ account: AccountKey) throws {
    let now = try installation.relayTime
    try installation.run { $0.inbox.unblock(account, now: now) }
  }

  /// Of whom something is held. For a list that the user opens: no badge and no notification tells
  /// of it.
  func requests() throws -> [HeldAccount] {
    let known = Set(store.state.contacts.filter(\.isTrusted).map(\.account))
    return try installation.run { session in
      session.inbox.heldAccounts().filter { !known.contains($0.account) && $0.account != session.inbox.account }
    }
  }

  /// Throws away what is held of an account.
  func discard(_ account: AccountKey) throws {
    _ = try installation.run { $0.inbox.discard(account) }
  }
}
