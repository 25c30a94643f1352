import Foundation
import Hushring
import HushringCallKit
import struct StoreKit.Storefront

/// The app. What its screens do is here: ``makeAccount(name:anew:)``, ``call(_:video:)``, ``answer(_:)``,
/// ``end(_:)``, ``send(_:to:)``; and in ``contacts`` and ``linking``. What they show is in ``store``
/// and ``calls``.
///
/// It is made at each launch, first of all, because the system may have launched the app for a call.
@MainActor
final class Peer {
  let installation: Installation
  let store: AppStore
  let relay: Relay
  let contacts: Contacts
  let linking: Linking
  /// Shows what was said with an account: its user has tapped a notification, perhaps before there was
  /// a screen.
  var onOpen: ((AccountKey) -> Void)? {
    didSet {
      guard let onOpen, let account = tapped else { return }
      tapped = nil
      onOpen(account)
    }
  }
  private var tapped: AccountKey?

  private let media: any MediaEngine
  private let notices = SystemNotices()
  /// Of this wake, or of this look at the journal.
  private var sounds = Sounds()
  private(set) lazy var bundles = Bundles(
    store: store, installation: installation, relay: { [relay] in try await relay.bundles(of: $0) },
    drain: { [weak self] in try await self?.receiver.drain() })
  private(set) lazy var outbox = Outbox(
    store: store, installation: installation, bundles: bundles, relay: { [relay] in try await relay.post($0) })
  private(set) lazy var receiver = Receiver(
    installation, mailbox: relay, act: { [weak self] in self?.take($0) }, keep: { [weak self] in self?.keepArrivals() })
  private(set) lazy var callKit = CallKitCalls(media: media)
  let inApp: InAppCalls
  private(set) lazy var calls = Calls(
    installation: installation, store: store, outbox: outbox, bundles: bundles, media: media, system: inApp,
    app: inApp, onMissed: { [weak self] in self?.missed($0, isShown: $1, isQuiet: $2) })

  private var pushes: CallPushes?
  private var observer: DarwinSignal.Observer?
  private let house = Single()
  /// Events whose sender is being told something.
  private var telling: Set<EventName> = []
  lazy var pushRoute: @Sendable (Data) async throws -> Void = { [relay] in
    try await relay.routePushes(to: $0)
  }
  /// The token of this launch, and whether the relay has it.
  private var (pushToken, isRouted): (Data?, Bool) = (nil, false)
  /// Whether the user has come since this launch, or the system's timer. Before, the launch may be for
  /// a call, and nothing goes to the relay by itself (DEP1).
  private var mayAsk = false

  init(installation: Installation, media: any MediaEngine) {
    self.installation = installation
    self.media = media
    store = AppStore(file: installation.folder.appendingPathComponent("app.json"))
    relay = Relay(installation)
    contacts = Contacts(store: store, installation: installation)
    linking = Linking(store: store, relay: relay, installation: installation)
    inApp = InAppCalls(media: media)
    ring(by: installation.records.ringing)
    observer = DarwinSignal.Observer { [weak self] in Task { @MainActor in await self?.lookAtJournal() } }
  }

  // An account.

  /// Makes an account, and of this installation its first device: registers it, publishes its
  /// prekeys, and has the pushes sent here. What fails of that later is done on the timer.
  ///
  /// - Parameter anew: Whether the user has said to replace an inbox whose keys are missing
  ///   (`Installation.State.keysMissing`).
  /// - Throws: `Installation.Problem.accountExists`, `keysMissing`: see `Installation.state`.
  func makeAccount(name: String, anew: Bool = false) async throws {
    try await installation.apart { try $0.checkNoAccount(anew: anew) } // before the relay makes a mailbox
    let registration = try await relay.register() // the time comes with it
    try await installation.apart { try $0.makeAccount(name: name, registration: registration, anew: anew) }
    await begin()
  }

  /// Makes this installation the device that another one of the account has granted
  /// (`Linking.granted`).
  ///
  /// - Parameter anew: As in ``makeAccount(name:anew:)``.
  func settle(_ device: Device, name: String, anew: Bool = false) async throws {
    try await installation.apart { try $0.checkKeys(anew: anew) }
    let registration = try await relay.register()
    try await installation.apart { try $0.settle(device, name: name, registration: registration, anew: anew) }
    await begin()
  }

  /// Goes on with the account whose key is still here, after the app was deleted or its state was lost
  /// (`Linking.restore`).
  ///
  /// - Parameter anew: As in ``makeAccount(name:anew:)``.
  func restoreAccount(name: String, anew: Bool = false) async throws {
    try await linking.restore(name: name, anew: anew)
    await begin()
  }

  private func begin() async {
    isRouted = false
    await house.finished()
    await keepHouse()
  }

  // Calls.

  /// Calls a contact.
  ///
  /// - Throws: ``Bundles/Problem``, and then nothing was begun.
  func call(_ contact: Contact, video: Bool) throws {
    mayAsk = true
    try calls.requestStart(contact.account, hasVideo: video)
  }

  /// Answers a call that rings, from a button of the app. Returns whether it still does.
  @discardableResult
  func answer(_ call: UUID) -> Bool { calls.requestAnswer(call) }

  /// Declines a call that rings, gives up one that waits, or hangs up.
  func end(_ call: UUID) { calls.requestEnd(call) }

  // Messages.

  /// Sends a message: seals and stores it, and posts it until the relay has it.
  ///
  /// - Throws: ``Bundles/Problem``, or `too_large`; and then nothing is sent.
  func send(_ text: String, to contact: Contact) throws {
    let item = HistoryItem(
      id: UUID().uuidString, account: contact.account, kind: .message, isOutgoing: true, at: installation.clock.now,
      text: text)
    try outbox.send([Outbox.Act(account: contact.account, content: .message(Message(body: text)))], item: item)
  }

  // The life of the app.

  /// The user has come to the app.
  func becameActive() {
    mayAsk = true
    outbox.post()
    Task { await noteStore() }
    Task {
      await lookAtJournal()
      await wake()
      calls.resume()
      bundles.keepFresh()
      await tidyUp()
    }
  }

  /// What is done on the system's timer, in the background. It ends early if its task is cancelled.
  ///
  /// A launch for a call does none of it: a request of the app's at that moment would tell the relay
  /// that what it has just pushed was a call (DEP1).
  func keepHouse() async {
    mayAsk = true
    await wake() // the time comes with it
    outbox.post()
    await tidyUp()
  }

  /// What is due, after a wake.
  private func tidyUp() async {
    do {
      try await house.run { [self] in
        for _ in 0..<3 where !Task.isCancelled { await bundles.refreshOne() }
        let housekeeping = Housekeeping(store: store, relay: relay, installation: installation)
        do { try await housekeeping.keep() } catch { Log.problem("housekeeping waits", error) }
        await route()
      }
    } catch {} // it was cancelled
  }

  private func wake() async {
    sounds = Sounds()
    do { try await receiver.wake() } catch { Log.problem("a wake was not finished", error) }
  }

  /// The token of the pushes may change at any time: the relay has the last one. It is that of
  /// `UIApplication`, which gives it at each launch, also at one for a call: then it waits.
  func routePushes(to deviceToken: Data) {
    (pushToken, isRouted) = (deviceToken, false)
    if mayAsk { Task { await route() } }
  }

  private func route() async {
    // Before there is an account, the relay knows no device to route them to.
    guard let token = pushToken, !isRouted, installation.token != nil else { return }
    do {
      try await pushRoute(token)
      isRouted = token == pushToken
    } catch {
      Log.problem("the relay has no token for pushes", error)
    }
  }

  // How calls ring.

  /// In which of Apple's stores the app was bought: in one of them, CallKit must not be used.
  private func noteStore() async {
    guard let country = await Storefront.current?.countryCode else { return }
    ring(by: Ringing(storefront: country))
  }

  /// PushKit is registered at each launch, before anything that can fail: the system may have
  /// launched the app for a call, and ends it if nobody takes that.
  func ring(by ringing: Ringing) {
    let isNew = ringing != installation.records.ringing
    if isNew { installation.store("how calls ring") { $0.records.ringing = ringing } }
    switch ringing {
    case .callKit:
      callKit.acts = calls.acts
      calls.system = callKit
      pushes = pushes ?? CallPushes { [weak self] in self?.arrive($0) }
    case .notification:
      calls.system = inApp
      pushes = nil
    }
    inApp.acts = calls.acts
  }

  var takesCallPushes: Bool { pushes != nil }

  /// A call that the extension has reported. Reports it, looks at the journal, and ends it if it is
  /// over.
  func arrive(_ push: CallPushes.Push) {
    let arrival = Arrival(payload: push.payload, active: calls.system.active, mustReport: push.mustReport)
    if arrival.isReportedFirst { calls.report(arrival) }
    let name = push.payload.map(EventName.init)
    calls.settle(
      arrival, { [receiver] in try await receiver.takeJournal(isAtOnce: true, listing: name) },
      completion: push.completion)
  }

  // The journal.

  /// Acts on what waits.
  func lookAtJournal() async {
    sounds = Sounds()
    do { try await receiver.takeJournal() } catch { Log.problem("the journal waits", error) }
  }

  /// The user has tapped a notification.
  func take(_ tap: Tap) async {
    await lookAtJournal()
    if !installation.clock.isSynchronized { await wake() } // the user has acted: the relay may be asked
    switch tap.act {
    case .open, .answer:
      if let call = tap.subject?.callUUID, answer(call) { return }
      guard let account = tap.subject?.account else { return }
      if let onOpen { onOpen(account) } else { tapped = account } // a call that is over is among the missed ones
    case .decline: if let call = tap.subject?.callUUID { end(call) }
    case .callBack:
      guard let contact = (tap.subject?.account).flatMap(store.state.contact) else { return }
      do { try call(contact, video: false) } catch { Log.problem("a call was not placed", error) }
    }
  }

  private func take(_ effect: Journal.Effect) {
    switch effect {
    case .withdrawn(let call): withdraw(call)
    case .shown(let notice):
      if let call = notice.callUUID { notices.withdraw(call) } // that it rings, under whatever name
      notices.show(sounds.given(to: notice))
    case .over(let event): notices.withdraw(event)
    case .ended(let call, _, _): notices.withdraw(call.uuid)
    case .tell(let event, let content, let call): tell(event, content, leaves: call)
    // CallKit rings with it now, in place of a notification.
    case .ring(let call, _, _) where calls.system !== inApp: notices.withdraw(call.uuid)
    case .ring, .crossed, .signal: break
    }
    calls.take(effect)
  }

  /// Tells the sender of an event something, and then acknowledges the event. At a launch for a call
  /// the event waits in the journal: this is about an earlier one.
  private func tell(_ event: InboxEvent, _ content: Content, leaves call: LeftCall?) {
    guard mayAsk, telling.insert(EventName(event)).inserted else { return }
    Task {
      do {
        try outbox.send([Outbox.Act(account: event.sender.account, content: content)], leaves: call)
        try await installation.work(patience: Installation.longestRing) { _ = $0.inbox.acknowledge(event) }
      } catch {
        Log.problem("an account was not told of a call", error) // the event stays in the journal
      }
      telling.remove(EventName(event))
    }
  }

  private func missed(_ call: CallRecord, isShown: Bool, isQuiet: Bool) {
    do { try installation.arrivals.put(Arrived(missed: call)) } catch { Log.problem("a missed call is lost", error) }
    keepArrivals()
    guard isShown else { return }
    let name = store.state.contact(call.account)?.name ?? call.account.fingerprint
    notices.showMissed(call, name: name, isQuiet: isQuiet)
  }

  private func withdraw(_ call: UUID) {
    notices.withdraw(call)
    installation.arrivals.removeMissedCall(call)
    do {
      try store.change { $0.history.removeAll { $0.id == call.uuidString && $0.kind == .missedCall } }
    } catch {
      Log.problem("a missed call stays", error)
    }
  }

  /// Takes what either process has received into the app's store. What is not taken waits.
  private func keepArrivals() {
    do { try installation.arrivals.takeAll(keep) } catch { Log.problem("what has arrived waits", error) }
  }

  private func keep(_ item: Arrived) throws {
    let kind: HistoryItem.Kind =
      switch item.kind {
      case .message: .message
      case .missedCall: .missedCall
      case .other: .other
      }
    try store.change {
      $0.remember(
        HistoryItem(id: item.id, account: item.account, kind: kind, isOutgoing: false, at: item.at, text: item.text))
    }
  }
}
