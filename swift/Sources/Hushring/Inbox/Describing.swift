extension Inbox {
  /// Makes an event, as it is given or listed now (spec/inbox.md, section 7).
  func event(
    of origin: Origin, _ outcome: Outcome, _ call: CallName?, _ content: Content?, now: Timestamp
  ) -> InboxEvent {
    let pinned = accounts[origin.account]?.pinned ?? Pinned()
    let sender = InboxEvent.Sender(
      account: origin.account, device: origin.device, handle: pinned.handle, displayName: pinned.displayName)
    return InboxEvent(
      envelopeTag: origin.tag, sender: sender, messageID: origin.messageID, sentAt: origin.sentAt,
      // What does not fit cannot be: an event was accepted with this content.
      action: action(of: origin, outcome, call, content, pinned, now: now) ?? .drop(.unknown))
  }

  private func action(
    of origin: Origin, _ outcome: Outcome, _ call: CallName?, _ content: Content?, _ pinned: Pinned,
    now: Timestamp
  ) -> InboxEvent.Action? {
    switch (outcome, call, content) {
    case (.drop(let reason), _, _): .drop(reason)
    case (.notify, _, let content?): .notify(.init(content: content))
    case (.ring(let until), let call?, .callInvite(let invite)):
      .ring(ring(of: origin, until: until, call, invite, pinned, now: now))
    case (.missed(let reason), let call?, .callInvite(let invite)):
      .missed(
        .init(
          callUUID: call.uuid, reason: reason, age: UInt64(max(now.milliseconds(since: origin.sentAt), 0)),
          claimed: InboxEvent.Claims(invite), invite: invite))
    case (.end(let reason, let remaining), let call?, .callEnd(let end)):
      .end(.init(callUUID: call.uuid, endedReason: reason, remaining: remaining, end: end))
    case (.signal, let call?, let content?): .signal(.init(callUUID: call.uuid, content: content))
    case (.second(let taken, _), let call?, .callAnswer(let answer)):
      .second(.init(callUUID: call.uuid, taken: taken, answer: answer))
    default: nil
    }
  }

  private func ring(
    of origin: Origin, until: Timestamp, _ call: CallName, _ invite: CallInvite, _ pinned: Pinned, now: Timestamp
  ) -> InboxEvent.Ring {
    let payload = CallPayload(
      callUUID: call.uuid, callID: call.id, account: origin.account, device: origin.device,
      messageID: origin.messageID,
      handle: pinned.handle ?? Handle(type: .generic, value: origin.account.fingerprint),
      callerName: pinned.displayName, hasVideo: invite.hasVideo, sentAt: origin.sentAt, expiresAt: until)
    return InboxEvent.Ring(
      callUUID: call.uuid, payload: payload, claimed: InboxEvent.Claims(invite), expiresAt: until,
      crossed: crossed(by: origin, invite, now: now), invite: invite)
  }

  /// Section 8.6: a call of one's own to the account that invites.
  private func crossed(by origin: Origin, _ invite: CallInvite, now: Timestamp) -> CallID? {
    guard invite.groupID == nil else { return nil }
    return placed.calls.last { call in
      guard call.id != invite.callID, let leg = call.leg(of: origin.account) else { return false }
      if leg.isTaken(by: origin.device) { return true }
      return leg.state == .open && !leg.declined && call.legs.count == 1
        && now <= leg.since.adding(milliseconds: Span.crossing)
    }?.id
  }
}
