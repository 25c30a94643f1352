import Foundation
import Hushring
import HushringCallKit

/// The steps of a call, each in the order of spec/sharing.md, section 3: what makes the inbox
/// listen is saved before anything is sealed, and what makes it stop after the end is posted.
///
/// What this process knows of its calls is in memory, and stored after it: ending a call closes its
/// media and tells the system, whatever the inbox does meanwhile.
@MainActor
final class Calls {
  private let installation: Installation
  private let store: AppStore
  private let outbox: Outbox
  private let bundles: Bundles
  private let media: any MediaEngine
  /// Where calls are shown from now on.
  var system: any CallSystem
  /// Where a call is shown that CallKit did not take.
  private let app: InAppCalls
  /// A call is missed that has rung here. It is among the arrivals.
  private let onMissed: @MainActor (CallRecord, _ isShown: Bool, _ isQuiet: Bool) -> Void
  /// CallKit does not end a ring by itself before.
  var systemPatience = Duration.seconds(55)
  /// For the app's own screens.
  var onChange: (@MainActor () -> Void)?

  private(set) var calls: [UUID: Call] = [:] { didSet { onChange?() } }
  /// Those of a process that is gone.
  private var old: [UUID: CallRecord]
  /// Calls that the user has placed, and the system has not granted yet.
  private var requested: [UUID: (account: AccountKey, callID: CallID, display: CallDisplay)] = [:]
  /// The system has launched the app for these, and the journal has not been read yet.
  private var arriving: [UUID: Task<Void, Never>] = [:]
  /// Of those, which the system did not take, and which the user has declined already.
  private var refusals: [UUID: CallKitFailure] = [:]
  private var declined: Set<UUID> = []

  /// A call of this process.
  struct Call {
    fileprivate(set) var record: CallRecord
    let display: CallDisplay
    fileprivate var notice: Notice?
    fileprivate var system: any CallSystem
    /// Whether the user wants to answer it, as soon as there is a screen for that.
    fileprivate var isWanted = false
    /// Whether the invitation or the answer is in the outbox.
    fileprivate var isPosted = false
    /// An incoming call that was answered because it crossed an own one: to the system, it is one
    /// that the user places.
    fileprivate var isStartedHere = false
    fileprivate var timer: Task<Void, Never>?
    /// What the media engine and the network do for it, one after the other.
    fileprivate var work: Task<Void, Never>?
    fileprivate var since = ContinuousClock.now
  }

  init(
    installation: Installation, store: AppStore, outbox: Outbox, bundles: Bundles, media: any MediaEngine,
    system: any CallSystem, app: InAppCalls,
    onMissed: @escaping @MainActor (CallRecord, _ isShown: Bool, _ isQuiet: Bool) -> Void
  ) {
    self.installation = installation
    self.store = store
    self.outbox = outbox
    self.bundles = bundles
    self.media = media
    self.system = system
    self.app = app
    self.onMissed = onMissed
    old = Dictionary(installation.records.calls.map { ($0.uuid, $0) }) { $1 }
    media.onConnected = { [weak self] in self?.connected($0) }
    media.onHungUp = { [weak self] in self?.leave($0, .remoteEnded) }
    media.onSilent = { [weak self] in self?.hangUp($0, .failed) }
  }

  /// For each of the systems.
  var acts: CallActs {
    CallActs(
      start: { [weak self] in await self?.place($0) ?? false },
      answer: { [weak self] in await self?.answer($0) ?? false },
      end: { [weak self] in self?.end($0) },
      mute: { [weak self] in self?.media.mute($0, $1) },
      refused: { [weak self] in self?.refused($0, $1) },
      failed: { [weak self] in self?.fail($0) },
      reset: { [weak self] in self?.endAll() })
  }

  // What the user asks for.

  /// Places a call. The system answers with `start`, or with `failed`.
  func requestStart(_ account: AccountKey, hasVideo: Bool) throws {
    guard try !bundles.targets(of: account).isEmpty else { throw Bundles.Problem.unreachable }
    let callID = try CallID.random()
    let uuid = callKitUUID(caller: try installation.account, callID: callID)
    let display = display(of: account, hasVideo: hasVideo)
    requested[uuid] = (account, callID, display)
    system.start(uuid, display)
  }

  /// Answers a call that rings. Returns whether it does.
  func requestAnswer(_ uuid: UUID) -> Bool {
    if let record = old[uuid], record.phase == .ringing { ringAgain(record) }
    guard let call = calls[uuid], call.record.phase == .ringing else { return false }
    calls[uuid]?.isWanted = true
    call.system.answer(uuid)
    return true
  }

  /// Declines a call that rings, gives up one that waits, or hangs up.
  func requestEnd(_ uuid: UUID) { (calls[uuid]?.system ?? system).end(uuid) }

  // Placing.

  /// Registered and saved, and then sealed with the time that this gave, and posted.
  private func place(_ uuid: UUID) async -> Bool {
    if calls[uuid]?.isStartedHere == true { return true }
    guard let request = requested.removeValue(forKey: uuid) else { return false }
    let (account, callID, hasVideo) = (request.account, request.callID, request.display.hasVideo)
    let now = installation.clock.now
    var record = CallRecord(
      uuid: uuid, callID: callID, isOutgoing: true, account: account, ring: now, hasVideo: hasVideo,
      expiresAt: now.adding(Installation.longestRing), phase: .waiting)
    calls[uuid] = Call(record: record, display: request.display, system: system)
    do {
      let offer = try await media.offer(for: uuid, hasVideo: hasVideo)
      record = try await installation.work { [record] session in
        var record = record
        record.ring = try session.inbox.placeCall(callID, accounts: [account], now: session.now)
        record.expiresAt = record.ring.adding(Installation.longestRing)
        session.records.put(record)
        return record
      }
      guard calls[uuid] != nil else { // its user has ended it meanwhile
        installation.store("that a call was left") { [record] in $0.leave(record.uuid) }
        return false
      }
      calls[uuid]?.record = record
      let invite = Content.callInvite(CallInvite(callID: callID, hasVideo: hasVideo, offer: offer))
      try outbox.send([Outbox.Act(account: account, content: outbox.fitted(invite, to: account), at: record.ring)])
      calls[uuid]?.isPosted = true
    } catch {
      Log.problem("a call was not placed", error)
      leave(uuid, .failed) // nothing was posted
      return false
    }
    calls[uuid]?.system.reportConnecting(uuid)
    calls[uuid]?.system.update(uuid, request.display)
    watch(uuid)
    return true
  }

  // Answering.

  /// Returns once it is saved that this device answers. What is sealed follows.
  private func answer(_ uuid: UUID) async -> Bool {
    await arriving[uuid]?.value // the offer is in the journal
    guard let call = calls[uuid], call.record.phase == .ringing else { return false }
    calls[uuid]?.record.phase = .answered // from now on the user hangs up, and does not decline
    guard let record = await answered(call.record, patience: Installation.longestRing) else {
      close(uuid, .unanswered) // it is over
      return false
    }
    guard calls[uuid] != nil else { return false } // its user has hung up meanwhile
    calls[uuid]?.record = record
    calls[uuid]?.timer?.cancel()
    work(for: uuid) { [self] in await sendAnswer(record) }
    return true
  }

  /// Saved before anything is sealed. Nothing, if the call does not ring any more.
  private func answered(
    _ call: CallRecord, acknowledging event: InboxEvent? = nil, patience: Duration = .zero
  ) async -> CallRecord? {
    do {
      return try await installation.work(patience: patience) { session in
        var call = call
        call.ring = try session.inbox.answered(caller: call.account, callID: call.callID, now: session.now)
        call.phase = .answered
        session.records.put(call)
        if let event { _ = session.inbox.acknowledge(event) }
        return call
      }
    } catch {
      Log.problem("a call was not answered", error)
      return nil
    }
  }

  /// Seals the answer, and tells the own other devices, in one act with others.
  private func sendAnswer(_ call: CallRecord, with others: [Outbox.Act] = [], leaves: LeftCall? = nil) async {
    do {
      let (caller, callID, ring) = (call.account, call.callID, call.ring)
      let description = try await media.answer(call.offer ?? "", for: call.uuid, hasVideo: call.hasVideo)
      await reach(call)
      guard calls[call.uuid] != nil else { return }
      let answer = Content.callAnswer(CallAnswer(callID: callID, ring: ring, answer: description))
      let elsewhere = Content.callEnd(CallEnd(callID: callID, reason: .answeredElsewhere, caller: caller, ring: ring))
      let act = try Outbox.Act(account: caller, content: outbox.fitted(answer, to: caller), own: elsewhere)
      try outbox.send([act] + others, leaves: leaves)
      calls[call.uuid]?.isPosted = true
    } catch {
      Log.problem("an answer was not sent", error)
      // Nobody was told: the caller rings on, and the own other devices may still answer.
      leave(call.uuid, .failed)
    }
  }

  /// The device that calls may have been linked after its account's bundles were fetched. After the
  /// user has answered or declined, and never before, they are fetched again (DEP7).
  private func reach(_ call: CallRecord) async {
    let known = (try? bundles.targets(of: call.account)) ?? []
    guard !known.contains(where: { $0.bundle.device == call.device }) else { return }
    do { try await bundles.refresh(call.account) } catch { Log.problem("a caller's bundles were not fetched", error) }
  }

  // Ending.

  /// The user has declined or hung up; or CallKit has ended a call that rang for too long.
  private func end(_ uuid: UUID) {
    guard let call = calls[uuid] else {
      requested[uuid] = nil
      if arriving[uuid] != nil { declined.insert(uuid) }
      return
    }
    switch call.record.phase {
    case .ringing:
      // CallKit ends a ring by itself after about a minute. That is no decline: nothing is sent (DEP1).
      let isOver = ContinuousClock.now - call.since > systemPatience
      if isOver || installation.clock.now >= call.record.expiresAt { runOut(uuid) } else { decline(uuid) }
    case .waiting, .answered, .connected, .ending, .declining: hangUp(uuid, .remoteEnded)
    }
  }

  private func decline(_ uuid: UUID) {
    guard let call = close(uuid, .declinedElsewhere)?.record else { return }
    sendDecline(of: call)
  }

  private func sendDecline(of call: CallRecord) {
    func end(_ reason: EndReason) -> Content {
      .callEnd(CallEnd(callID: call.callID, reason: reason, caller: call.account, ring: call.ring))
    }
    note(call, .declining)
    Task {
      let background = BackgroundTime("decline")
      await reach(call)
      send(Outbox.Act(account: call.account, content: end(.declined), own: end(.declinedElsewhere)), leaving: call)
      background.end()
    }
  }

  /// Hangs up over the connection, or else by an envelope.
  private func hangUp(_ uuid: UUID, _ reason: EndReason) {
    guard let call = calls[uuid] else { return }
    let record = call.record
    // A caller's patience that is over has run out by itself on the other side: nothing is posted.
    if record.phase == .waiting, call.isPosted, installation.clock.now >= record.expiresAt { return runOut(uuid) }
    calls[uuid] = nil // nothing more is done for it
    call.timer?.cancel()
    call.system.reportEnded(uuid, reason == .failed ? .failed : .remoteEnded)
    note(record, .ending)
    let background = BackgroundTime("hang up")
    Task {
      defer { background.end() }
      let isTold = await media.hangUp(uuid)
      media.close(uuid)
      if isTold || (record.phase == .waiting && !call.isPosted) {
        installation.store("that a call was left") { $0.leave(uuid) }
      } else if !record.isOutgoing && !call.isPosted && reason == .remoteEnded {
        sendDecline(of: record) // nobody has heard of the answer
      } else {
        sendEnd(of: record, record.phase == .waiting && reason != .failed ? .cancelled : reason)
      }
    }
  }

  /// A caller's end is never dated before its ring, also if the clock went back.
  private func sendEnd(of call: CallRecord, _ reason: EndReason) {
    let now = installation.clock.now
    let (end, time) =
      call.isOutgoing
      ? (CallEnd(callID: call.callID, reason: reason), max(now, call.ring))
      : (CallEnd(callID: call.callID, reason: reason, caller: call.account, ring: call.ring), now)
    send(Outbox.Act(account: call.account, content: .callEnd(end), at: time), leaving: call)
  }

  /// Leaves the call once the act is posted; or at once, if there is nobody to tell.
  private func send(_ act: Outbox.Act, leaving call: CallRecord) {
    do {
      try outbox.send([act], leaves: LeftCall(call))
    } catch {
      Log.problem("nobody was told of an end", error)
      installation.store("that a call was left") { $0.leave(call.uuid) }
    }
  }

  private func note(_ call: CallRecord, _ phase: CallRecord.Phase) {
    var call = call
    call.phase = phase
    installation.store("a call") { [call] in $0.records.put(call) }
  }

  /// Leaves a call of which nobody has to be told.
  private func leave(_ uuid: UUID, _ reason: EndedReason) {
    guard close(uuid, reason) != nil else { return }
    installation.store("that a call was left") { $0.leave(uuid) }
  }

  /// A ring, or the patience of a caller, is over. Nothing is posted, and nothing left: a late
  /// answer is ended then.
  private func runOut(_ uuid: UUID) {
    guard let call = close(uuid, .unanswered) else { return }
    forget(call.record, isShown: true)
  }

  private func forget(_ call: CallRecord, isShown: Bool, isQuiet: Bool = false) {
    if !call.isOutgoing { onMissed(call, isShown, isQuiet) }
    installation.store("that a call is over") { $0.records.removeCall(call.uuid) }
  }

  /// Ends a call on this device: its media, its timer, and what the system shows of it.
  @discardableResult
  private func close(_ uuid: UUID, _ reason: EndedReason) -> Call? {
    guard let call = calls.removeValue(forKey: uuid) else { return nil }
    call.timer?.cancel()
    media.close(uuid)
    call.system.reportEnded(uuid, reason)
    return call
  }

  /// The system has given a call up.
  private func fail(_ uuid: UUID) {
    requested[uuid] = nil
    if calls[uuid]?.record.phase == .ringing { runOut(uuid) } else { hangUp(uuid, .failed) }
    onChange?()
  }

  private func endAll() {
    requested = [:]
    for uuid in calls.keys { fail(uuid) }
  }

  // A call that the system has launched the app for.

  /// Reports it, before anything is looked at.
  func report(_ arrival: Arrival) {
    refusals[arrival.callUUID] = nil
    system.report(arrival.callUUID, arrival.display, notice: nil)
  }

  /// Looks at the journal, and ends the call if it is over. A call that the app knows is live, whatever
  /// the journal lists: it may have been taken from there before. A journal that could not be read
  /// proves nothing, and is read again for as long as the call rings.
  ///
  /// - Parameter look: Returns the event that the journal lists.
  /// - Parameter completion: Called once, when the journal was looked at.
  func settle(
    _ arrival: Arrival, _ look: @escaping @MainActor () async throws -> InboxEvent?,
    completion: @escaping @Sendable () -> Void
  ) {
    let uuid = arrival.callUUID
    arriving[uuid] = Task {
      let end = ContinuousClock.now + Installation.longestRing
      var (looked, isDone) = (await self.look(look), false)
      completion()
      while !isDone {
        switch looked {
        case .success(let listed):
          isDone = true
          if calls[uuid] == nil, case .ends(let reason) = arrival.next(listed: listed) {
            system.reportEnded(uuid, reason)
          }
        case .failure(let error as HushringError) where error.code == .busy && ContinuousClock.now < end:
          try? await Task.sleep(for: .milliseconds(200)) // it may have been refused at once
          looked = await self.look(look)
        case .failure:
          isDone = true
          if calls[uuid] == nil { system.reportEnded(uuid, .failed) }
        }
      }
      (arriving[uuid], refusals[uuid]) = (nil, nil)
      declined.remove(uuid)
    }
  }

  private func look(_ look: @MainActor () async throws -> InboxEvent?) async -> Result<InboxEvent?, any Error> {
    do {
      return .success(try await look())
    } catch {
      Log.problem("the journal could not be read for a call", error)
      return .failure(error)
    }
  }

  /// Begins what is to be done, and waits for nothing: see ``Receiver``.
  func take(_ effect: Journal.Effect) {
    switch effect {
    case .ring(let record, let payload, let notice): ring(record, CallDisplay(payload), notice)
    case .crossed(let event, let ring): cross(event, ring)
    case .signal(let record, let content): take(content, of: record)
    case .ended(let record, let reason, let isMissed):
      close(record.uuid, reason)
      old[record.uuid] = nil
      if isMissed { onMissed(record, true, false) }
    case .tell, .withdrawn, .shown, .over: break
    }
  }

  private func ring(_ record: CallRecord, _ display: CallDisplay, _ notice: Notice?) {
    let uuid = record.uuid
    old[uuid] = nil
    var call = Call(record: record, display: display, notice: notice, system: system)
    if let known = calls[uuid] { // a newer ring of it
      guard known.record.phase == .ringing else { return }
      known.timer?.cancel()
      (call.system, call.isWanted, call.since) = (known.system, known.isWanted, known.since)
    }
    calls[uuid] = call
    if let failure = refusals.removeValue(forKey: uuid) { return refused(uuid, failure) }
    if declined.remove(uuid) != nil { return decline(uuid) }
    if call.system.active.contains(uuid) {
      call.system.update(uuid, display)
    } else {
      call.system.report(uuid, display, notice: notice)
    }
    watch(uuid)
    remember(record, isNoticed: call.system === app)
  }

  /// Keeps the extension from showing or reporting the ring again.
  private func remember(_ record: CallRecord, isNoticed: Bool) {
    let ring = Outcome.Remembered(callUUID: record.uuid, sentAt: record.ring)
    if isNoticed { return installation.store("that a call was shown") { $0.records.addNoticed(ring) } }
    Task {
      do {
        try await installation.apart { try $0.add(ring) }
      } catch {
        Log.problem("that a call was reported is not stored", error)
      }
    }
  }

  /// CallKit did not take a call. Nothing is sent: the caller's call runs out.
  private func refused(_ uuid: UUID, _ failure: CallKitFailure) {
    Log.problem("CallKit: \(failure.code). \(failure.remedy)")
    guard let call = calls[uuid] else {
      refusals[uuid] = failure // until the journal has said what call it is
      return
    }
    guard call.record.phase == .ringing else { return }
    switch failure.consequence {
    case .timeSensitiveNotification:
      calls[uuid]?.system = app // it rings by a notification
      app.report(uuid, call.display, notice: call.notice)
      remember(call.record, isNoticed: true)
      watch(uuid)
      if call.isWanted { app.answer(uuid) }
    case .quietMissedCall, .entryOnly:
      close(uuid, .unanswered)
      forget(call.record, isShown: failure.consequence == .quietMissedCall, isQuiet: true)
    case .update: break
    }
  }

  private func take(_ content: Content, of record: CallRecord) {
    guard let call = calls[record.uuid] else { return } // of a process that is gone: `resume` ends it
    if call.record.phase == .waiting { calls[record.uuid]?.record = record }
    work(for: record.uuid) { [self] in await pass(content, to: record) }
  }

  private func pass(_ content: Content, to record: CallRecord) async {
    let uuid = record.uuid
    switch content {
    case .callAnswer(let answer):
      keepUp(uuid)
      do {
        try await media.accept(answer.answer ?? "", for: uuid)
      } catch {
        Log.problem("an answer was not accepted", error)
        hangUp(uuid, .failed)
      }
    case .callCandidates(let candidates): await media.add(candidates.candidates, to: uuid)
    case .callNegotiate(let negotiate): await media.negotiate(negotiate.description, for: uuid)
    case .callInvite(let invite):
      // The caller rings again: this device, which has answered, answers anew (inbox.md, A2).
      var again = record
      (again.hasVideo, again.offer) = (invite.hasVideo, invite.offer)
      guard let answered = await answered(again) else { return }
      calls[uuid]?.record = answered
      await sendAnswer(answered)
    default: break
    }
  }

  /// Both call each other (spec/sharing.md, section 3.7). The ring is still in the journal.
  private func cross(_ event: InboxEvent, _ ring: InboxEvent.Ring) {
    guard calls[ring.callUUID] == nil,
      let own = calls.values.first(where: { $0.record.callID == ring.crossed && $0.record.phase == .waiting })?.record,
      ring.invite.callID < own.callID // else it waits for the answer to the own call
    else { return }
    var record = CallRecord(ring, of: event)
    record.hasVideo = record.hasVideo && own.hasVideo // no more media than the user's own call had
    record.phase = .answered
    // To the system it is the user's own call, so that nothing rings.
    let display = CallDisplay(ring.payload)
    calls[record.uuid] = Call(record: record, display: display, system: system, isStartedHere: true)
    close(own.uuid, .remoteEnded)
    system.start(record.uuid, display)
    work(for: record.uuid) { [self] in
      guard let answered = await answered(record, acknowledging: event, patience: Installation.longestRing)
      else { return hangUp(record.uuid, .failed) }
      calls[record.uuid]?.record = answered
      let end = Content.callEnd(CallEnd(callID: own.callID, reason: .cancelled))
      let act = Outbox.Act(account: own.account, content: end, at: max(installation.clock.now, own.ring))
      await sendAnswer(answered, with: [act], leaves: LeftCall(own))
      if calls[record.uuid]?.isPosted != true { sendEnd(of: own, .cancelled) }
    }
  }

  private func connected(_ uuid: UUID) {
    guard var call = calls[uuid] else { return }
    if call.record.isOutgoing || call.isStartedHere { call.system.reportConnected(uuid) }
    call.record.phase = .connected
    calls[uuid] = call
    note(call.record, .connected)
    // The own call that the user has let go by answering this one by hand (X4).
    for other in calls.values where other.record.phase == .waiting && other.record.account == call.record.account {
      hangUp(other.record.uuid, .remoteEnded)
    }
  }

  /// Does something for a call after what was begun before, unless it has ended by then.
  private func work(for uuid: UUID, _ work: @escaping @MainActor () async -> Void) {
    let before = calls[uuid]?.work
    calls[uuid]?.work = Task {
      await before?.value
      if calls[uuid] != nil { await work() }
    }
  }

  /// Ends a ring, or the caller's patience, at its last moment.
  private func watch(_ uuid: UUID) {
    calls[uuid]?.timer?.cancel()
    calls[uuid]?.timer = Task { [weak self] in
      while let self, let call = self.calls[uuid]?.record, call.phase == .ringing || call.phase == .waiting {
        let now = self.installation.clock.now
        guard now < call.expiresAt else { return self.runOut(uuid) }
        let left = min(call.expiresAt.milliseconds - now.milliseconds, 90_000)
        do { try await Task.sleep(for: .milliseconds(left)) } catch { return }
      }
    }
  }

  /// Says for as long as a placed call is up that its user is in it: a ring that crosses it is left to
  /// the app (spec/sharing.md, section 2). A process that dies is not believed for long.
  private func keepUp(_ uuid: UUID) {
    calls[uuid]?.timer?.cancel()
    calls[uuid]?.timer = Task { [weak self] in
      while let self, self.calls[uuid] != nil {
        let moment = self.installation.clock.now.adding(.seconds(30))
        self.calls[uuid]?.record.expiresAt = moment
        self.installation.store("that a call is up") { $0.records.keepUp(uuid, until: moment) }
        do { try await Task.sleep(for: .seconds(15)) } catch { return }
      }
    }
  }

  /// The calls of a process that is gone. To be called once the user has come to the app: if the
  /// system has started it for a call, nothing is posted before its user acts (DEP1).
  func resume() {
    let outgoing = Set(store.state.outbox.compactMap(\.leaves?.uuid))
    for call in old.values where calls[call.uuid] == nil {
      switch call.phase {
      case .ringing: ringAgain(call)
      case .waiting where installation.clock.now >= call.expiresAt: forget(call, isShown: false)
      case .waiting: sendEnd(of: call, .cancelled)
      case .answered, .connected: sendEnd(of: call, .failed)
      case .ending, .declining:
        guard !outgoing.contains(call.uuid) else { continue }
        if call.phase == .ending { sendEnd(of: call, .remoteEnded) } else { sendDecline(of: call) }
      }
    }
    old = [:]
  }

  /// CallKit has forgotten the call with the process that reported it.
  private func ringAgain(_ record: CallRecord) {
    guard installation.clock.now < record.expiresAt else {
      old[record.uuid] = nil
      return forget(record, isShown: true)
    }
    ring(record, display(of: record.account, hasVideo: record.hasVideo), nil)
  }

  private func display(of account: AccountKey, hasVideo: Bool) -> CallDisplay {
    let contact = store.state.contact(account)
    return CallDisplay(to: account, handle: contact?.handle?.handle, displayName: contact?.name, hasVideo: hasVideo)
  }
}
