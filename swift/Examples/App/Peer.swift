import Foundation
import Hushring
import HushringCallKit
import StoreKit
import UIKit
import UserNotifications

/// The app: brings its parts together.
@MainActor
final class Peer {
  let installation: Installation
  let store: AppStore
  let relay: Relay
  let centre: CallCentre
  let contacts: Contacts
  let linking: Linking
  private let media: any MediaEngine
  private(set) lazy var bundles = Bundles(store: store, relay: relay, installation: installation) { [weak self] in
    try await self?.wake()
  }
  private(set) lazy var outbox = Outbox(store: store, relay: relay, installation: installation, bundles: bundles)
  private(set) lazy var calls = Calls(
    installation: installation, outbox: outbox, bundles: bundles, centre: centre, media: media,
    showMissed: { [weak self] in self?.showMissed($0, $1) })
  private var pushes: CallPushes?
  var takesCallPushes: Bool { pushes != nil }
  private var observer: DarwinSignal.Observer?
  private var waking: Task<Void, any Error>?
  /// Since when a ring that crosses an own call has waited.
  private var patience: [EventName: ContinuousClock.Instant] = [:]

  init(installation: Installation, media: any MediaEngine) throws {
    self.installation = installation
    self.media = media
    store = try AppStore(file: installation.folder.appendingPathComponent("app.json"))
    relay = Relay(installation)
    centre = CallCentre(media: media)
    contacts = Contacts(store: store, installation: installation)
    linking = Linking(store: store, relay: relay, installation: installation)
    _ = calls // takes what the user does in CallKit's screens
    // Always, at each launch: the system may have launched the app for a call. But not where
    // CallKit must not be used.
    if installation.records.ringing == .callKit { pushes = CallPushes { [weak self] in self?.arrive($0) } }
    observer = DarwinSignal.Observer { [weak self] in Task { @MainActor in await self?.takeJournal() } }
  }

  // A call that the extension has reported.

  /// Reports the call, looks, and ends it at once if it is over.
  func arrive(_ push: CallPushes.Push) {
    let arrival = Arrival(payload: push.payload, active: centre.active, mustReport: push.mustReport)
    calls.expect(arrival.callUUID)
    if arrival.isReportedFirst { report(arrival) }
    installation.takeTimeOver()
    switch arrival.next(listed: listed(push.payload)) {
    case .rings: if !arrival.isReportedFirst { report(arrival) }
    case .ends(let reason): centre.reportEnded(arrival.callUUID, reason)
    case .goesOn: break
    }
    Task {
      await takeJournal(isAtOnce: true)
      push.completion()
    }
  }

  private func report(_ arrival: Arrival) {
    centre.report(arrival) { [weak self] failure in self?.calls.refused(arrival.callUUID, failure) }
  }

  /// What the journal lists of it. Nothing, if it could not be looked at.
  private func listed(_ payload: CallPayload?) -> InboxEvent? {
    guard let payload else { return nil }
    return try? installation.run { session in
      session.inbox.pending(now: session.now).first {
        $0.sender.account == payload.account && $0.messageID == payload.messageID
      }
    }
  }

  // The journal.

  /// Acts on what waits, once the time is known: a call that rings would be listed as missed by a
  /// clock that is wrong.
  ///
  /// - Parameter isAtOnce: Whether it cannot wait for that, because a call was reported. The relay
  ///   is not asked because of a call (DEP1).
  func takeJournal(isAtOnce: Bool = false) async {
    installation.takeTimeOver()
    guard isAtOnce || installation.clock.isSynchronized else { return Log.problem("the time is not known") }
    let journal = Journal(isPatient: { [patience] event in
      patience[EventName(event)].map { ContinuousClock.now - $0 < .seconds(5) } ?? true
    })
    let effects: [Journal.Effect]
    do {
      effects = try installation.run { session in journal.take(&session) }
    } catch {
      return Log.problem("the journal could not be read") // it waits
    }
    for effect in effects {
      keep(effect)
      await calls.take(effect)
    }
    do { try installation.arrivals.takeAll(keep) } catch { Log.problem("what has arrived waits") }
  }

  private func keep(_ effect: Journal.Effect) {
    switch effect {
    case .crossed(let event, _):
      guard patience[EventName(event)] == nil else { return }
      patience[EventName(event)] = .now
      Task { [weak self] in
        try await Task.sleep(for: .seconds(5.1)) // then it is reported: the other app may have lost its call
        await self?.takeJournal()
      }
    case .withdrawn(let uuid): withdraw(uuid)
    case .shown(let notice): SystemNotices().show(notice)
    case .stored(let item): try? keep(item)
    case .ring(let call, _):
      try? installation.add(.init(callUUID: call.uuid, sentAt: call.ring))
    case .ended(let call, _, _): SystemNotices().withdraw(call.uuid)
    case .signal, .late, .second: break
    }
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

  private func withdraw(_ uuid: UUID) {
    SystemNotices().withdraw(uuid)
    installation.arrivals.removeMissedCall(uuid)
    try? store.change { $0.history.removeAll { $0.id == uuid.uuidString && $0.kind == .missedCall } }
  }

  /// - Parameter consequence: What CallKit's refusal asks for, if it was one.
  private func showMissed(_ call: CallRecord, _ consequence: CallKitFailure.Consequence?) {
    try? store.change {
      $0.remember(
        HistoryItem(
          id: call.uuid.uuidString, account: call.account, kind: .missedCall, isOutgoing: false, at: call.ring))
    }
    guard consequence != .entryOnly, let contact = store.state.contact(call.account) else { return }
    let content = UNMutableNotificationContent()
    content.title = contact.name
    content.userInfo = [Notice.callUUIDKey: call.uuid.uuidString]
    switch consequence {
    case .timeSensitiveNotification:
      content.body = NSLocalizedString("Incoming call. Tap to answer.", comment: "")
      content.interruptionLevel = .timeSensitive
      content.sound = .defaultRingtone
    case .quietMissedCall:
      content.body = NSLocalizedString("Missed call", comment: "")
      content.interruptionLevel = .passive
    case .entryOnly, .update, nil:
      content.body = NSLocalizedString("Missed call", comment: "")
      content.sound = .default
    }
    UNUserNotificationCenter.current()
      .add(UNNotificationRequest(identifier: call.uuid.uuidString, content: content, trigger: nil))
  }

  // The mailbox.

  /// Takes the mailbox: all that waits. A second call joins the first.
  func wake() async throws {
    if let waking { return try await waking.value }
    let wake = Wake(
      mailbox: relay,
      isTimeKnown: { [installation] in installation.clock.isSynchronized },
      takeAll: { [self] envelopes in try await takeAll(envelopes) })
    let task = Task { try await wake.run {} }
    waking = task
    defer { waking = nil }
    try await task.value
  }

  /// Returns whether there was room for all: if not at first, then after acting.
  private func takeAll(_ envelopes: [Data]) async throws -> Bool {
    let refused = try await take(envelopes)
    return refused.isEmpty ? true : try await take(refused).isEmpty
  }

  private func take(_ envelopes: [Data]) async throws -> [Data] {
    guard installation.clock.isSynchronized else { throw Installation.Problem.timeUnknown }
    let refused = try installation.run { session in
      var refused: [Data] = []
      for envelope in envelopes {
        do throws(HushringError) {
          _ = try session.inbox.receive(envelope, now: session.now)
        } catch {
          if error.code == .inboxFull { refused.append(envelope) } // else it is refused, or held
        }
      }
      _ = session.inbox.release(now: session.now)
      return refused
    }
    await takeJournal()
    return refused
  }

  // The life of the app.

  /// The user has come to the app.
  func becameActive() {
    Task {
      await noteStore()
      do { try await wake() } catch { Log.problem("a wake was not finished") }
      calls.resume()
      outbox.post()
      await keepHouse()
    }
  }

  /// In the background, on the system's timer.
  func keepHouse() async {
    do { try await wake() } catch { Log.problem("a wake was not finished") } // the time comes with it
    await bundles.refreshDue()
    let housekeeping = Housekeeping(store: store, relay: relay, installation: installation)
    do { try await housekeeping.keep() } catch { Log.problem("housekeeping waits") }
  }

  /// The token of the pushes may change at any time: the relay has the last one. It is that of
  /// `UIApplication`.
  func routePushes(to deviceToken: Data) {
    Task {
      do { try await relay.routePushes(to: deviceToken) } catch { Log.problem("the relay has no token for pushes") }
    }
  }

  /// In which of Apple's stores the app was bought: in one of them, CallKit must not be used.
  private func noteStore() async {
    guard let country = await Storefront.current?.countryCode else { return }
    try? installation.run { $0.records.ringing = Ringing(storefront: country) }
  }
}
