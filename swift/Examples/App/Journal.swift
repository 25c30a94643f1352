import Foundation
import Hushring
import HushringCallKit

/// What becomes of the events that wait in the journal, in the app (spec/sharing.md, section 2,
/// "app"), while the lock is held.
///
/// What has to be kept of an event is stored before it is acknowledged: a call among the records,
/// anything else among the arrivals. What is left to do is returned, for outside of the lock.
struct Journal: Sendable {
  enum Effect: Sendable {
    /// A call rings. The notice stands for it where the system shows no screen.
    case ring(CallRecord, CallPayload, Notice?)
    /// It crosses a call in which the user waits, and stays in the journal (spec/sharing.md,
    /// section 3.7).
    case crossed(InboxEvent, InboxEvent.Ring)
    /// For the engine of a call that this device is in.
    case signal(CallRecord, Content)
    /// The sender's account has to be told something. The event stays in the journal until it was.
    case tell(InboxEvent, Content, leaves: LeftCall?)
    case ended(CallRecord, EndedReason, isMissed: Bool)
    /// A missed call that was shown is taken away: another device has answered or declined.
    case withdrawn(UUID)
    case shown(Notice)
    /// A notification that an event rings is taken away: it does not any more.
    case over(EventName)
  }

  let arrivals: Arrivals
  /// Rings that have waited for long enough for the other side of a call that they cross.
  var overdue: Set<EventName> = []

  /// Goes through the journal. An event that cannot be stored is not acknowledged, and comes again.
  func take(_ session: inout Session) -> [Effect] {
    var effects: [Effect] = []
    for event in session.inbox.pending(now: session.now) {
      do {
        let taken = try take(event, &session)
        effects += taken.effects
        if taken.isDone { _ = session.inbox.acknowledge(event) }
      } catch {
        Log.problem("an event waits in the journal", error)
      }
    }
    return effects
  }

  private struct Taken {
    var isDone = true
    var effects: [Effect] = []
  }

  private func take(_ event: InboxEvent, _ session: inout Session) throws -> Taken {
    switch event.action {
    case .ring(let ring): take(ring, of: event, &session)
    case .end(let end): try take(end, &session)
    case .signal(let signal): try take(signal, of: event, &session)
    case .second(let second):
      Taken(
        isDone: false,
        effects: [.tell(event, .callEnd(CallEnd(callID: second.answer.callID, taken: second.taken)), leaves: nil)])
    case .missed, .notify, .drop: try show(event, session)
    }
  }

  private func take(_ ring: InboxEvent.Ring, of event: InboxEvent, _ session: inout Session) -> Taken {
    if crosses(ring, of: event, session), !overdue.contains(EventName(event)) {
      return Taken(isDone: false, effects: [.crossed(event, ring)])
    }
    let call = CallRecord(ring, of: event)
    session.records.put(call)
    // Where there is no CallKit, the extension has shown it, if it came by a push.
    let isShown =
      session.records.ringing == .notification && Outcome(of: event, in: session.surroundings).shows == .nothing
    let notice = isShown ? nil : Outcome(of: event, in: Surroundings()).insteadOfReport
    return Taken(effects: [.ring(call, ring.payload, notice)])
  }

  /// Whether a ring concerns an own call in which the user waits, or that is up with that very
  /// device. One that the extension has reported rings already.
  private func crosses(_ ring: InboxEvent.Ring, of event: InboxEvent, _ session: Session) -> Bool {
    guard let crossed = ring.crossed, !session.reported.contains(ring.callUUID, sentAt: event.sentAt)
    else { return false }
    return session.records.calls.contains { call in
      guard call.isOutgoing, call.callID == crossed, call.isCurrent(at: session.now) else { return false }
      return call.phase == .waiting || call.device == event.sender.device
    }
  }

  private func take(_ end: InboxEvent.End, _ session: inout Session) throws -> Taken {
    guard let call = session.records.call(end.callUUID) else {
      switch end.endedReason {
      case .answeredElsewhere, .declinedElsewhere: return Taken(effects: [.withdrawn(end.callUUID)])
      case .failed, .remoteEnded, .unanswered: return Taken()
      }
    }
    guard let reason = end.reportedReason else { return Taken() } // others are left in the call
    let isMissed = call.phase == .ringing && reason == .remoteEnded
    if isMissed { try arrivals.put(Arrived(missed: call)) }
    // A call that was declined may still be answered on another device of that account: it is not
    // left.
    if call.phase == .answered || call.phase == .connected {
      session.leave(call.uuid)
    } else {
      session.records.removeCall(call.uuid)
    }
    return Taken(effects: [.ended(call, reason, isMissed: isMissed)])
  }

  private func take(_ signal: InboxEvent.Signal, of event: InboxEvent, _ session: inout Session) throws -> Taken {
    guard let call = session.records.call(signal.callUUID) else { return try takeStray(signal, of: event, &session) }
    switch (signal.content, call.phase) {
    case (_, .ending), (_, .declining): return Taken() // they are about to hear of it
    case (.callAnswer, .waiting):
      var taken = call
      (taken.phase, taken.device) = (.answered, event.sender.device)
      session.records.put(taken)
      return Taken(effects: [.signal(taken, signal.content)])
    case (.callInvite, _) where event.sentAt == call.ring:
      return Taken() // the very ring that was answered here, and not acknowledged
    default: return Taken(effects: [.signal(call, signal.content)])
    }
  }

  /// A signal for a call in which nobody is any more.
  private func takeStray(
    _ signal: InboxEvent.Signal, of event: InboxEvent, _ session: inout Session
  ) throws -> Taken {
    switch signal.content {
    case .callAnswer(let answer):
      // Their user has answered after this one has stopped waiting (inbox.md, N22).
      let end = Content.callEnd(CallEnd(callID: answer.callID, reason: .cancelled))
      let call = LeftCall(uuid: signal.callUUID, callID: answer.callID, caller: nil)
      return Taken(isDone: false, effects: [.tell(event, end, leaves: call)])
    case .callInvite(let invite):
      // They ring again for a call that no process knows: a missed call, and the next ring rings.
      try arrivals.put(Arrived(missed: signal.callUUID, event))
      _ = session.inbox.left(caller: event.sender.account, callID: invite.callID)
      return Taken()
    default: return Taken()
    }
  }

  /// `missed`, `notify` and `drop`: what either process shows.
  private func show(_ event: InboxEvent, _ session: Session) throws -> Taken {
    let surroundings = session.surroundings
    let outcome = Outcome(of: event, in: surroundings)
    // The call that the other side gave up because both have called: it is not shown.
    guard outcome.isAcknowledged else { return Taken(isDone: surroundings.waiting.isEmpty) }
    if outcome.isStored, let item = Arrived(event) { try arrivals.put(item) }
    var taken = Taken()
    if outcome.withdraws == .event { taken.effects.append(.over(EventName(event))) }
    if case .notice(let notice) = outcome.shows { taken.effects.append(.shown(notice)) }
    return taken
  }
}

extension CallRecord {
  /// A call that rings.
  init(_ ring: InboxEvent.Ring, of event: InboxEvent) {
    self.init(
      uuid: ring.callUUID, callID: ring.invite.callID, isOutgoing: false, account: event.sender.account,
      device: event.sender.device, ring: event.sentAt, hasVideo: ring.invite.hasVideo,
      offer: ring.invite.offer, expiresAt: ring.expiresAt, phase: .ringing)
  }
}

extension Arrived {
  /// A call that rang here, and that nobody has answered.
  init(missed call: CallRecord) {
    (id, account) = (call.uuid.uuidString, call.account)
    (kind, at) = (.missedCall, call.ring)
  }
}

extension LeftCall {
  init(_ call: CallRecord) {
    self.init(uuid: call.uuid, callID: call.callID, caller: call.isOutgoing ? nil : call.account)
  }
}

extension Session {
  /// Leaves a call that is among the records.
  mutating func leave(_ uuid: UUID) {
    if let call = records.call(uuid) { leave(LeftCall(call)) }
  }

  /// Leaves a call, and forgets its record.
  mutating func leave(_ call: LeftCall) {
    if let caller = call.caller {
      _ = inbox.left(caller: caller, callID: call.callID)
    } else {
      _ = inbox.left(callID: call.callID)
    }
    records.removeCall(call.uuid)
  }
}

extension EventName {
  init(_ payload: CallPayload) { (account, messageID) = (payload.account, payload.messageID) }
}
