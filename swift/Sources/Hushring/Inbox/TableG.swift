extension Inbox {
  /// G1 to G5: an answer (spec/inbox.md, section 8.5).
  func tableG(_ answer: CallAnswer, of letter: OpenedEnvelope) -> Ruling {
    let sender = letter.origin.device
    guard var leg = placed[answer.callID]?.leg(of: letter.origin.account) else {
      return Ruling(content: .callAnswer(answer), outcome: .drop(.unknown))
    }

    func ruling(_ outcome: Outcome, _ change: Ruling.Change = .none) -> Ruling {
      let name = CallName(caller: account, answer.callID)
      return Ruling(content: .callAnswer(answer), call: name, outcome: outcome, change: change)
    }

    // G1
    if answer.ring < leg.since { return ruling(.drop(.over)) }
    // G2
    if leg.state == .open {
      leg.state = .taken
      leg.by = sender
      return ruling(.signal, .leg(leg))
    }
    // G3
    if leg.isTaken(by: sender) { return ruling(.signal) }
    // G4
    if let taken = leg.by, taken != sender, !leg.told {
      leg.told = true
      return ruling(.second(taken: taken, since: leg.since), .leg(leg))
    }
    // G5
    return ruling(.drop(.over))
  }

  /// G6 to G11: any other signal.
  func tableG(_ content: Content, _ id: CallID, of letter: OpenedEnvelope) -> Ruling {
    let (sender, sentAt) = (letter.origin.account, letter.origin.sentAt)

    func signal(caller: AccountKey) -> Ruling {
      Ruling(content: content, call: CallName(caller: caller, id), outcome: .signal)
    }

    if let leg = placed[id]?.leg(of: sender) {
      // G6
      if leg.state == .open || leg.isTaken(by: letter.origin.device) { return signal(caller: account) }
      // G7
      return Ruling(content: content, outcome: .drop(.over))
    }
    let call = accounts[sender]?.call(id)
    // G8
    if let call, call.phase == .ringing || call.phase == .answered {
      return sentAt >= call.rung ? signal(caller: sender) : Ruling(content: content, outcome: .drop(.over))
    }
    // G9
    if let caller = joinedCalls.caller(of: id, with: sender) { return signal(caller: caller) }
    // G10
    if sentAt > call?.rung ?? .zero, sentAt > call?.over ?? .zero {
      return Ruling(content: content, outcome: .drop(.early), change: .keep)
    }
    // G11
    return Ruling(content: content, outcome: .drop(call == nil ? .unknown : .over))
  }
}
