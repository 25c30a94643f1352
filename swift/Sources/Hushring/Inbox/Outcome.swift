import Foundation

/// What an envelope comes to, without its content (spec/inbox.md, section 7).
enum Outcome: Sendable {
  /// Until the last moment at which it rings.
  case ring(until: Timestamp)
  case missed(InboxEvent.MissedReason)
  case end(EndedReason, remaining: Int?)
  case signal
  /// Another device was taken. `since` is that of the leg.
  case second(taken: DeviceKey, since: Timestamp)
  case notify
  case drop(InboxEvent.DropReason)

  /// Why it is dropped, if it is.
  var drop: InboxEvent.DropReason? {
    if case .drop(let reason) = self { reason } else { nil }
  }
}

/// The call that an event is about.
struct CallName: Sendable {
  let id: CallID
  /// The UUID under which CallKit knows it.
  let uuid: UUID

  init(id: CallID, uuid: UUID) {
    self.id = id
    self.uuid = uuid
  }

  init(caller: AccountKey, _ id: CallID) { self.init(id: id, uuid: callKitUUID(caller: caller, callID: id)) }
}
