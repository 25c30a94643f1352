extension Inbox {
  /// Table A: an invitation (spec/inbox.md, section 8.3).
  ///
  /// - Parameter isLate: whether it was held for the clock.
  func tableA(
    _ invite: CallInvite, of letter: OpenedEnvelope, isLate: Bool, now: Timestamp
  ) throws(HushringError) -> Ruling {
    let (caller, sentAt) = (letter.origin.account, letter.origin.sentAt)
    // A0
    guard placed[invite.callID] == nil else { throw HushringError(.callIDTaken) }
    let call = self.call(of: caller, invite.callID, now: now)
    let lifetime = UInt64(clamping: invite.lifetime ?? 60) * Span.second + Span.ringing
    let until = min(sentAt, now).adding(milliseconds: lifetime)

    func ruling(_ outcome: Outcome, _ phase: CallRecord.Phase, follows: Bool = false) -> Ruling {
      Ruling(
        content: .callInvite(invite), call: CallName(caller: caller, invite.callID), outcome: outcome,
        change: .ring(phase, until: until, follows: follows))
    }

    // A1
    if sentAt <= call.rung { return Ruling(content: .callInvite(invite), outcome: .drop(.repeated)) }
    // A2
    if call.phase == .answered { return ruling(.signal, .answered, follows: true) }
    // A3
    if sentAt <= call.elsewhere.time { return ruling(.drop(call.elsewhere.reason.drop), .none) }
    // A4
    if sentAt <= call.over { return ruling(.missed(.ended), .none) }
    // A5
    if now > sentAt.adding(milliseconds: lifetime) { return ruling(.missed(.expired), .missed) }
    guard letter.certificate.holds(at: now) else { return ruling(.missed(.certificate), .missed) }
    if isLate { return ruling(.missed(.clock), .missed) }
    // A6
    return ruling(.ring(until: until), .ringing, follows: true)
  }

  /// What is known of a call of another's, or what is when it is recorded now.
  func call(of caller: AccountKey, _ id: CallID, now: Timestamp) -> CallRecord {
    accounts[caller]?.call(id)
      ?? CallRecord(
        id: id, recordedAt: now, elsewhere: earlyEnds.elsewhere(of: caller.bytes, id) ?? Elsewhere())
  }
}
