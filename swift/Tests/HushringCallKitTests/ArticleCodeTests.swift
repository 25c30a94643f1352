import Foundation
import Testing

@testable import Hushring
@testable import HushringCallKit

/// The code of the articles of HushringCallKit: `ArticlesTests` compares it.
@Suite struct ArticleCodeTests {
  @Test func anOutcome() {
    let event = Events.event(Events.message("Hi"))
    let surroundings = Surroundings()

    let outcome = Outcome(of: event, in: surroundings)
    switch outcome.shows {
    case .nothing: break // empty content
    case .generic: break // the push as it came
    case .notice(let notice): print(notice.name, notice.kind)
    }
    #expect(outcome.isAcknowledged)

    let shows = Outcome(of: .refused(.untrusted)).shows // .nothing
    #expect(shows == .nothing)
  }

  #if canImport(StandInSupport)
    @Test func aReport() async {
      let payload = Events.payload()
      func show(_ notice: Notice) {}
      var outcome = Outcome(of: Events.event(Events.ring()), in: Surroundings())

      if let payload = outcome.reports {
        let failure = await CXProvider.report(payload)
        if let failure { print(failure.remedy) } // what a developer looks at
        outcome = outcome.after(failure) // no call is lost
      }
      if case .notice(let notice) = outcome.shows { show(notice) }
      #expect(outcome.remembersReported?.callUUID == payload.callUUID)
    }
  #endif

  #if canImport(StandInSupport)
    @MainActor @Test func anArrivalWithLiveCommunicationKit() async throws {
      let manager = ConversationManager(
        configuration: .init(
          ringtoneName: nil, iconTemplateImageData: nil, maximumConversationGroups: 1,
          maximumConversationsPerConversationGroup: 1, includesConversationInRecents: true, supportsVideo: true,
          supportedHandleTypes: [.generic]))
      @Sendable func listed(_ payload: CallPayload?) -> InboxEvent? { nil }
      @Sendable func show(_ error: any Error) {}

      let pushes = CallPushes { push in
        Task {
          let arrival = Arrival(payload: push.payload, active: [], mustReport: push.mustReport)
          do {
            _ = try await manager.take(arrival) { listed(push.payload) }
          } catch {
            show(error) // a time-sensitive notification
          }
          push.completion()
        }
      }
      let payload = PKPushPayload(standInPayload: Events.payload().dictionary)
      await withCheckedContinuation { continuation in
        pushes.pushRegistry(PKPushRegistry(queue: .main), didReceiveIncomingPushWith: payload, for: .voIP) {
          continuation.resume()
        }
      }
      #expect(manager.conversations.isEmpty && manager.standInEvents.count == 1)
    }
  #endif

  #if canImport(StandInSupport)
    @MainActor @Test func anArrival() {
      let provider = CXProvider(configuration: CXProviderConfiguration())
      let active: Set<UUID> = []
      func listed(_ payload: CallPayload?) -> InboxEvent? { nil }

      let pushes = CallPushes { push in
        let arrival = Arrival(payload: push.payload, active: active, mustReport: push.mustReport)
        if arrival.isReportedFirst { provider.report(arrival) { _ in } }
        switch arrival.next(listed: listed(push.payload)) {
        case .rings: if !arrival.isReportedFirst { provider.report(arrival) { _ in } }
        case .ends(let reason): if arrival.isReportedFirst { provider.report(reason, of: arrival.callUUID) }
        case .goesOn: break
        }
        push.completion()
      }
      let payload = PKPushPayload(standInPayload: Events.payload().dictionary)
      pushes.pushRegistry(PKPushRegistry(queue: .main), didReceiveIncomingPushWith: payload, for: .voIP) {}
      #expect(provider.standInReports.last == .ended(Events.callUUID, .failed))
    }
  #endif
}

#if canImport(StandInSupport)
  import CallKit
#endif
#if canImport(StandInSupport)
  import LiveCommunicationKit
#endif
#if canImport(StandInSupport)
  import PushKit
#endif
