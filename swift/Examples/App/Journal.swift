import Foundation
import Hushring
import HushringCallKit

/// What becomes of the events that wait in the journal, in the app (spec/sharing.md, section 2,
/// "app"). What has to be kept of one is stored with its acknowledgement. What else is to be done
/// is returned, for outside of the lock.
struct Journal {
  enum Effect: Sendable {
    /// A call rings.
    case ring(CallRecord, CallPayload)
    /// It crosses a call in which the user waits, and stays in the journal (spec/sharing.md,
    /// section 3.7).
    case crossed(InboxEvent, InboxEvent.Ring)
    /// For the engine of a call that this device is in.
    case signal(CallRecord, Content)
    /// An answer to a call in which nobody waits any more.
    case late(AccountKey, CallID)
    /// A second device has answered. It stays in the journal until its account was told.
    case second(InboxEvent, InboxEvent.Second)
    case ended(CallRecord, EndedReason, isMissed: Bool)
    /// A missed call that was shown is taken away: another device has answered or declined.
    case withdrawn(UUID)
    case shown(Notice)
    case stored(Arrived)
  }

  /// Whether a ring that crosses an own call still waits for the other side.
  var isPatient: (InboxEvent) -> Bool = { _ in true }

  /// Goes through the journal.
  func take(_ session: inout Session) -> [Effect] {
    var effects: [Effect] = []
    for event in session.inbox.pending(now: session.now) {
      let taken = take(event, &session)
      effects += taken.effects
      if taken.isDone { _ = session.inbox.acknowledge(event) }
    }
    return effects
  }

  private struct Taken {
    var isDone = true
    var effects: [Effect] = []
  }

  private func take(_ event: InboxEvent, _ session: inout Session) -> Taken {
    switch event.action {
    case .ring(let ring): take(ring, of: event, &session)
    case .end(let end): take(end, &session)
    case .signal(let signal): take(signal, of: event, &session)
    case .second(let second): Taken(isDone: false, effects: [.second(event, second)])
    case .missed, .notify, .drop: show(event, session)
    }
  }

  private func take(_ ring: InboxEvent.Ring, of event: InboxEvent, _ session: inout Session) -> Taken {
    if crosses(ring, of: event, session), isPatient(event) {
      return Taken(isDone: false, effects: [.crossed(event, ring)])
    }
    let call = CallRecord(ring, of: event)
    session.records.put(call)
    return Taken(effects: [.ring(call, ring.payload)])
  }

  /// Whether a ring concerns an own call in which the user waits, or that is up with that very
  /// device.
  private func crosses(_ ring: InboxEvent.Ring, of event: InboxEvent, _ session: Session) -> Bool {
    guard let crossed = ring.crossed else { return false }
    return session.records.calls.contains { call in
      guard call.isOutgoing, call.callID == crossed, call.isCurrent(at: session.now) else { return false }
      return call.phase == .waiting || call.device == event.sender.device
    }
  }

  private func take(_ end: InboxEvent.End, _ session: inout Session) -> Taken {
    guard let call = session.records.call(end.callUUID) else {
      switch end.endedReason {
      case .answeredElsewhere, .declinedElsewhere: return Taken(effects: [.withdrawn(end.callUUID)])
      case .failed, .remoteEnded, .unanswered: return Taken()
      }
    }
    guard let reason = end.reportedReason else { return Taken() } // others are left in the call
    // A call that was declined may still be answered on another device of that account: it is not
    // left.
    if call.phase == .answered || call.phase == .connected {
      session.leave(call.uuid)
    } else {
      session.records.removeCall(call.uuid)
    }
    let isMissed = call.phase == .ringing && reason == .remoteEnded
    return Taken(effects: [.ended(call, reason, isMissed: isMissed)])
  }

  private func take(_ signal: InboxEvent.Signal, of event: InboxEvent, _ session: inout Session) -> Taken {
    let known = session.records.call(signal.callUUID)
    guard let call = known, call.phase != .ending else {
      switch signal.content {
      case .callAnswer(let answer): return Taken(effects: [.late(event.sender.account, answer.callID)])
      case .callInvite(let invite):
        // They ring again for a call that no process knows: a missed call, and the next ring rings.
        _ = session.inbox.left(caller: event.sender.account, callID: invite.callID)
        return Taken(effects: [.stored(Arrived(missed: signal.callUUID, event))])
      default: return Taken()
      }
    }
    switch signal.content {
    case .callAnswer where call.phase == .waiting:
      var taken = call
      (taken.phase, taken.device) = (.answered, event.sender.device)
      session.records.put(taken)
      return Taken(effects: [.signal(taken, signal.content)])
    case .callInvite where event.sentAt == call.ring:
      return Taken() // the very ring that was answered here, and not acknowledged
    default: return Taken(effects: [.signal(call, signal.content)])
    }
  }

  /// `missed`, `notify` and `drop`: what either process shows.
  private func show(_ event: InboxEvent, _ session: Session) -> Taken {
    let surroundings = session.surroundings
    let outcome = Outcome(of: event, in: surroundings)
    // The call that the other side gave up because both have called: it is not shown.
    guard outcome.isAcknowledged else { return Taken(isDone: surroundings.waiting.isEmpty) }
    var taken = Taken()
    if outcome.isStored, let item = Arrived(event) { taken.effects.append(.stored(item)) }
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
