import Foundation
import Hushring
import HushringCallKit

/// The steps of a call, each in the order of spec/sharing.md, section 3: what makes the inbox
/// listen is saved before anything is sealed, and what makes it stop after the end is posted.
@MainActor
final class Calls {
  private let installation: Installation
  private let outbox: Outbox
  private let bundles: Bundles
  private let centre: CallCentre
  private let media: any MediaEngine
  /// Shows a call that was missed, or that rings and CallKit did not take.
  private let showMissed: (CallRecord, CallKitFailure.Consequence?) -> Void

  /// Calls that the user has asked for, and CallKit not granted yet.
  private var requested: [UUID: Request] = [:]
  /// Incoming calls that were answered because they crossed an own one.
  private var startedHere: Set<UUID> = []
  /// Calls that CallKit did not take, and of which there is no record yet.
  private var refusals: [UUID: CallKitFailure] = [:]
  private var timers: [UUID: Task<Void, Never>] = [:]

  private struct Request {
    let account: AccountKey
    let callID: CallID
    let display: CallDisplay
  }

  init(
    installation: Installation, outbox: Outbox, bundles: Bundles, centre: CallCentre, media: any MediaEngine,
    showMissed: @escaping (CallRecord, CallKitFailure.Consequence?) -> Void
  ) {
    self.installation = installation
    self.outbox = outbox
    self.bundles = bundles
    self.centre = centre
    self.media = media
    self.showMissed = showMissed
    centre.acts = CallCentre.Acts(
      start: { [weak self] in await self?.place($0) ?? false },
      answer: { [weak self] in await self?.answer($0) ?? false },
      end: { [weak self] in await self?.end($0) },
      mute: { [weak self] in self?.media.mute($0, $1) },
      reset: { [weak self] in self?.closeAll() })
    media.onConnected = { [weak self] in self?.connected($0) }
    media.onHungUp = { [weak self] in self?.leave($0, .remoteEnded) }
    media.onSilent = { [weak self] in self?.hangUp($0, .failed) }
  }

  // Placing.

  /// Calls an account, after a touch of the user's.
  func call(_ account: AccountKey, handle: Handle?, name: String?, hasVideo: Bool) throws {
    let callID = try CallID.random()
    let uuid = callKitUUID(caller: try installation.account, callID: callID)
    let display = CallDisplay(to: account, handle: handle, displayName: name, hasVideo: hasVideo)
    requested[uuid] = Request(account: account, callID: callID, display: display)
    centre.requestStart(uuid, display)
  }

  /// Places it: registered and saved, and then sealed with the time that this gave, and posted.
  private func place(_ uuid: UUID) async -> Bool {
    guard !startedHere.contains(uuid) else { return true }
    guard let request = requested.removeValue(forKey: uuid) else { return false }
    let (account, callID, hasVideo) = (request.account, request.callID, request.display.hasVideo)
    do {
      let offer = try await media.offer(for: uuid, hasVideo: hasVideo)
      let ring = try installation.run { session in
        let ring = try session.inbox.placeCall(callID, accounts: [account], now: session.now)
        session.records.put(
          CallRecord(
            uuid: uuid, callID: callID, isOutgoing: true, account: account, ring: ring, hasVideo: hasVideo,
            expiresAt: Timestamp(milliseconds: ring.milliseconds + Self.patience), phase: .waiting))
        return ring
      }
      let invite = Content.callInvite(CallInvite(callID: callID, hasVideo: hasVideo, offer: offer))
      do {
        try outbox.send([Outbox.Act(account: account, content: outbox.fitted(invite, to: account), at: ring)])
      } catch {
        leave(uuid, .failed) // nothing was posted
        throw error
      }
      centre.reportStartedConnecting(uuid)
      centre.update(uuid, request.display)
      watch(uuid)
      return true
    } catch {
      Log.problem("a call was not placed")
      return false
    }
  }

  /// A callee's phone rings for 60 seconds, and for 30 more.
  private static let patience: UInt64 = 90_000

  // Answering.

  private func answer(_ uuid: UUID) async -> Bool {
    guard let call = record(uuid), call.phase == .ringing else {
      centre.reportEnded(uuid, .failed)
      return false
    }
    guard let answered = answered(call) else {
      centre.reportEnded(uuid, .unanswered) // it is over
      return false
    }
    return await seal(answered, with: [])
  }

  /// Saved before anything is sealed. Nothing, if the call does not ring any more.
  private func answered(_ call: CallRecord, hasVideo: Bool? = nil, offer: String? = nil) -> CallRecord? {
    var call = call
    (call.hasVideo, call.offer) = (hasVideo ?? call.hasVideo, offer ?? call.offer)
    do {
      return try installation.run { [call] session in
        var call = call
        call.ring = try session.inbox.answered(caller: call.account, callID: call.callID, now: session.now)
        call.phase = .answered
        session.records.put(call)
        return call
      }
    } catch {
      return nil
    }
  }

  /// Seals the answer, and tells the own other devices, in one act with others.
  private func seal(_ call: CallRecord, with others: [Outbox.Act], leaves: UUID? = nil) async -> Bool {
    timers.removeValue(forKey: call.uuid)?.cancel()
    do {
      let (caller, callID, ring) = (call.account, call.callID, call.ring)
      let description = try await media.answer(call.offer ?? "", for: call.uuid, hasVideo: call.hasVideo)
      await reach(call)
      let answer = Content.callAnswer(CallAnswer(callID: callID, ring: ring, answer: description))
      let elsewhere = Content.callEnd(
        CallEnd(callID: callID, reason: .answeredElsewhere, caller: caller, ring: ring))
      let act = try Outbox.Act(account: caller, content: outbox.fitted(answer, to: caller), own: elsewhere)
      try outbox.send([act] + others, leaves: leaves)
      return true
    } catch {
      // Nobody was told: the caller rings on, and the own other devices may still answer.
      leave(call.uuid, .failed)
      return false
    }
  }

  /// The device that calls may have been linked after its account's bundles were fetched. After the
  /// user has answered or declined, and never before, they are fetched again (DEP7).
  private func reach(_ call: CallRecord) async {
    let known = (try? bundles.targets(of: call.account)) ?? []
    if !known.contains(where: { $0.bundle.device == call.device }) { try? await bundles.refresh(call.account) }
  }

  // Ending.

  /// The user has declined or hung up; or CallKit has ended a call that rang for too long.
  private func end(_ uuid: UUID) async {
    guard let call = record(uuid) else { return }
    switch call.phase {
    case .ringing:
      // CallKit ends a ring by itself after about a minute. That is no decline: nothing is sent
      // (DEP1).
      let isOver = installation.clock.now >= call.expiresAt
      if isOver { runOut(call) } else { await decline(call) }
    case .waiting, .answered, .connected:
      if await media.hangUp(uuid) {
        leave(uuid, .remoteEnded) // over the connection: no envelope
      } else if call.phase == .waiting {
        giveUp(call)
      } else {
        hangUp(uuid, .remoteEnded)
      }
    case .ending: break
    }
  }

  private func decline(_ call: CallRecord) async {
    func end(_ reason: EndReason) -> Content {
      .callEnd(CallEnd(callID: call.callID, reason: reason, caller: call.account, ring: call.ring))
    }
    await reach(call)
    post(Outbox.Act(account: call.account, content: end(.declined), own: end(.declinedElsewhere)), ending: call)
  }

  /// Gives up a call that waits. If it has run out by itself, nothing is posted.
  private func giveUp(_ call: CallRecord) {
    guard installation.clock.now < call.expiresAt else { return runOut(call) }
    hangUp(call.uuid, .cancelled)
  }

  private func hangUp(_ uuid: UUID, _ reason: EndReason) {
    guard let call = record(uuid) else { return }
    let end =
      call.isOutgoing
      ? CallEnd(callID: call.callID, reason: reason)
      : CallEnd(callID: call.callID, reason: reason, caller: call.account, ring: call.ring)
    post(Outbox.Act(account: call.account, content: .callEnd(end), at: endTime(call)), ending: call)
  }

  /// A caller's end is never dated before its ring, also if the clock went back.
  private func endTime(_ call: CallRecord) -> Timestamp {
    let now = installation.clock.now
    return call.isOutgoing ? max(now, call.ring) : now
  }

  private func post(_ act: Outbox.Act, ending call: CallRecord) {
    close(call.uuid, call.phase == .ringing ? .declinedElsewhere : .remoteEnded)
    do {
      try installation.run { session in
        var ending = call
        ending.phase = .ending
        session.records.put(ending)
      }
      try outbox.send([act], leaves: call.uuid)
    } catch {
      leave(call.uuid, .failed) // there is nobody to tell
    }
  }

  /// Leaves a call of which nobody has to be told.
  private func leave(_ uuid: UUID, _ reason: EndedReason) {
    close(uuid, reason)
    do { try installation.run { $0.leave(uuid) } } catch { Log.problem("a call was not left") }
  }

  /// A ring, or the patience of a caller, is over. Nothing is posted, and nothing left: a late
  /// answer is ended then.
  private func runOut(_ call: CallRecord) {
    close(call.uuid, .unanswered)
    do { try installation.run { $0.records.removeCall(call.uuid) } } catch { Log.problem("a call was not forgotten") }
    if !call.isOutgoing { showMissed(call, nil) }
  }

  private func close(_ uuid: UUID, _ reason: EndedReason) {
    timers.removeValue(forKey: uuid)?.cancel()
    startedHere.remove(uuid)
    media.close(uuid)
    centre.reportEnded(uuid, reason)
  }

  private func closeAll() {
    for call in records() { media.close(call.uuid) }
  }

  // What comes in.

  func take(_ effect: Journal.Effect) async {
    switch effect {
    case .ring(let call, let payload): ring(call, payload)
    case .crossed(let event, let ring): await cross(event, ring)
    case .signal(let call, let content): await take(content, of: call)
    case .late(let account, let callID):
      // After the user has stopped waiting (inbox.md, N22).
      let end = Content.callEnd(CallEnd(callID: callID, reason: .cancelled))
      try? outbox.send([Outbox.Act(account: account, content: end)])
    case .second(let event, let second):
      let word = Content.callEnd(CallEnd(callID: second.answer.callID, taken: second.taken))
      do {
        try outbox.send([Outbox.Act(account: event.sender.account, content: word)])
        try installation.run { _ = $0.inbox.acknowledge(event) }
      } catch {
        Log.problem("a second device was not told") // it stays in the journal
      }
    case .ended(let call, let reason, let isMissed):
      close(call.uuid, reason)
      if isMissed { showMissed(call, nil) }
    case .withdrawn, .shown, .stored: break
    }
  }

  /// Whoever has reported it before: if CallKit does not have it now, it did not take it, or the
  /// process that had it is gone.
  private func ring(_ call: CallRecord, _ payload: CallPayload) {
    if let failure = refusals.removeValue(forKey: call.uuid) { return refused(call.uuid, failure) }
    if centre.active.contains(call.uuid) {
      centre.update(call.uuid, CallDisplay(payload)) // a newer ring of a call that rings
    } else {
      let arrival = Arrival(payload: payload, active: centre.active, mustReport: true)
      centre.report(arrival) { [weak self] in self?.refused(call.uuid, $0) }
    }
    watch(call.uuid)
  }

  /// CallKit did not take a call. Nothing is sent: the caller's call runs out.
  func refused(_ uuid: UUID, _ failure: CallKitFailure) {
    Log.problem("CallKit: \(failure.code). \(failure.remedy)")
    guard failure.consequence != .update else { return }
    guard let call = record(uuid) else {
      refusals[uuid] = failure // until the journal has said what call it is
      return
    }
    close(uuid, .unanswered)
    do { try installation.run { $0.records.removeCall(uuid) } } catch { Log.problem("a call was not forgotten") }
    showMissed(call, failure.consequence)
  }

  /// A call has arrived: what became of an earlier ring of it does not count.
  func expect(_ uuid: UUID) { refusals[uuid] = nil }

  private func take(_ content: Content, of call: CallRecord) async {
    switch content {
    case .callAnswer(let answer):
      timers.removeValue(forKey: call.uuid)?.cancel()
      do { try await media.accept(answer.answer ?? "", for: call.uuid) } catch { hangUp(call.uuid, .failed) }
    case .callCandidates(let candidates): await media.add(candidates.candidates, to: call.uuid)
    case .callNegotiate(let negotiate): await media.negotiate(negotiate.description, for: call.uuid)
    case .callInvite(let invite):
      // The caller rings again: this device, which has answered, answers anew (inbox.md, A2).
      guard let again = answered(call, hasVideo: invite.hasVideo, offer: invite.offer) else { return }
      _ = await seal(again, with: [])
    default: break
    }
  }

  /// Both call each other (spec/sharing.md, section 3.7). The ring is still in the journal.
  private func cross(_ event: InboxEvent, _ ring: InboxEvent.Ring) async {
    guard
      let own = records().first(where: { $0.callID == ring.crossed && $0.phase == .waiting }),
      ring.invite.callID < own.callID // else it waits for the answer to the own call
    else { return }
    var call = CallRecord(ring, of: event)
    call.hasVideo = call.hasVideo && own.hasVideo // no more media than the user's own call had
    guard let answered = answered(call) else { return }
    let end = Content.callEnd(CallEnd(callID: own.callID, reason: .cancelled))
    let act = Outbox.Act(account: event.sender.account, content: end, at: endTime(own))
    close(own.uuid, .remoteEnded)
    // To CallKit it is the user's own call, so that nothing rings.
    startedHere.insert(call.uuid)
    centre.requestStart(call.uuid, CallDisplay(ring.payload))
    guard await seal(answered, with: [act], leaves: own.uuid) else { return }
    do { try installation.run { _ = $0.inbox.acknowledge(event) } } catch { Log.problem("a ring is not acknowledged") }
  }

  private func connected(_ uuid: UUID) {
    guard var call = record(uuid) else { return }
    if call.isOutgoing || startedHere.contains(uuid) { centre.reportConnected(uuid) }
    call.phase = .connected
    do { try installation.run { [call] in $0.records.put(call) } } catch { Log.problem("a call was not noted") }
    // The own call that the user has let go by answering this one by hand (X4).
    for other in records() where other.phase == .waiting && other.account == call.account { giveUp(other) }
  }

  // Time.

  /// Ends a ring, or the caller's patience, at its last moment.
  func watch(_ uuid: UUID) {
    timers.removeValue(forKey: uuid)?.cancel()
    timers[uuid] = Task { [weak self] in
      while let self, let call = self.record(uuid), call.phase == .ringing || call.phase == .waiting {
        let now = self.installation.clock.now
        guard now < call.expiresAt else { return self.runOut(call) }
        let left = min(call.expiresAt.milliseconds - now.milliseconds, Self.patience)
        do { try await Task.sleep(for: .milliseconds(left)) } catch { return }
      }
    }
  }

  /// The calls of a process that is gone. To be called once the user has come to the app: if the
  /// system has started it for a call, nothing is posted before its user acts (DEP1).
  func resume() {
    for call in records() where !centre.active.contains(call.uuid) {
      switch call.phase {
      case .ringing: watch(call.uuid)
      case .waiting: giveUp(call)
      case .answered, .connected: hangUp(call.uuid, .failed)
      case .ending: break // it is in the outbox
      }
    }
  }

  private func records() -> [CallRecord] { installation.records.calls }

  private func record(_ uuid: UUID) -> CallRecord? { installation.records.call(uuid) }
}
