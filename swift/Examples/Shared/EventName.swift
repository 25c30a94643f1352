import Hushring

/// An event is named by its sender's account and its message id, both.
struct EventName: Hashable, Sendable {
  let account: AccountKey
  let messageID: MessageID

  init(_ event: InboxEvent) {
    account = event.sender.account
    messageID = event.messageID
  }
}
