import Foundation

@testable import Hushring

/// Events as an inbox gives them, of one contact.
enum Events {
  static let alice = account("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
  static let own = account("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
  static let laptop = device("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
  static let callID = callID("3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")
  static let callUUID = callKitUUID(caller: alice, callID: callID)
  static let now = Timestamp(milliseconds: 1_790_000_000_000)

  static func account(_ hexadecimal: String) -> AccountKey {
    try! AccountKey([UInt8](hexadecimal: hexadecimal)!)
  }

  static func device(_ hexadecimal: String) -> DeviceKey {
    try! DeviceKey([UInt8](hexadecimal: hexadecimal)!)
  }

  static func callID(_ text: String) -> CallID { try! CallID(UUID(uuidString: text)!) }

  static func event(
    _ action: InboxEvent.Action, from account: AccountKey = alice, name: String? = "Alice", handle: Handle? = nil
  ) -> InboxEvent {
    InboxEvent(
      envelopeTag: "0a1b2c3d",
      sender: InboxEvent.Sender(account: account, device: laptop, handle: handle, displayName: name),
      messageID: MessageID("000102030405060708090a0b0c0d0e0f")!,
      sentAt: now,
      action: action)
  }

  static func invite(hasVideo: Bool = false) -> CallInvite { CallInvite(callID: callID, hasVideo: hasVideo) }

  static func payload(hasVideo: Bool = false, name: String? = "Alice") -> CallPayload {
    CallPayload(
      callUUID: callUUID, callID: callID, account: alice, device: laptop,
      messageID: MessageID("000102030405060708090a0b0c0d0e0f")!,
      handle: Handle(type: .phoneNumber, value: "+12025550123"), callerName: name, hasVideo: hasVideo, sentAt: now,
      expiresAt: Timestamp(milliseconds: now.milliseconds + 90_000))
  }

  static func ring(crossed: CallID? = nil, hasVideo: Bool = false) -> InboxEvent.Action {
    .ring(
      InboxEvent.Ring(
        callUUID: callUUID, payload: payload(hasVideo: hasVideo), claimed: noClaims,
        expiresAt: Timestamp(milliseconds: now.milliseconds + 90_000), crossed: crossed,
        invite: invite(hasVideo: hasVideo)))
  }

  static func missed(_ reason: InboxEvent.MissedReason) -> InboxEvent.Action {
    .missed(
      InboxEvent.Missed(
        callUUID: callUUID, reason: reason, age: 0, claimed: noClaims, invite: invite()))
  }

  static func end(_ reason: EndedReason, remaining: Int? = nil) -> InboxEvent.Action {
    .end(
      InboxEvent.End(
        callUUID: callUUID, endedReason: reason, remaining: remaining,
        end: CallEnd(callID: callID, reason: .remoteEnded)))
  }

  private static let noClaims = InboxEvent.Claims(handle: nil, callerName: nil)

  static let signal = InboxEvent.Action.signal(
    InboxEvent.Signal(callUUID: callUUID, content: .callAnswer(CallAnswer(callID: callID, ring: now))))
  static let second = InboxEvent.Action.second(
    InboxEvent.Second(callUUID: callUUID, taken: laptop, answer: CallAnswer(callID: callID, ring: now)))
  static func message(_ body: String?) -> InboxEvent.Action {
    .notify(InboxEvent.Notification(content: .message(Message(body: body))))
  }
  static let unknown = InboxEvent.Action.notify(
    InboxEvent.Notification(content: .other(OtherContent(type: "app.poll"))))
}
