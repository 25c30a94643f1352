import Foundation
import Hushring
import Testing

@testable import HushringCallKit

@Suite struct CallKitFailureTests {
  @Test func everyFailureIsFoundByItsDomainAndNumber() {
    for failure in CallKitFailure.known {
      let domains: [CallKitFailure.Domain] = [.notificationServiceExtension, .incomingCall, .cocoa]
      #expect(domains.map { CallKitFailure(domain: $0, code: failure.code) }.contains(failure))
      #expect(!failure.remedy.isEmpty)
    }
    #expect(CallKitFailure(domain: .incomingCall, code: 8) == .other(domain: "CXErrorDomainIncomingCall", code: 8))
    #expect(CallKitFailure(domain: .incomingCall, code: -1).consequence == .timeSensitiveNotification)
    #expect(CallKitFailure(domain: .other("x"), code: 0) == .other(domain: "x", code: 0))
  }

  @Test func noCallIsLostThatTheUserDidNotSilence() {
    let quiet = CallKitFailure.known.filter { $0.consequence != .timeSensitiveNotification }
    #expect(
      quiet == [
        .callUUIDAlreadyExists, .filteredByDoNotDisturb, .filteredByBlockList, .filteredDuringRestrictedSharingMode,
        .callIsProtected, .filteredBySensitiveParticipants,
      ])
  }
}

#if canImport(StandInSupport)
  import CallKit

  @Suite(.serialized) struct CallKitTests {
    @Test func endedReasonsAreCallKits() {
      for reason in EndedReason.allCases {
        #expect(CXCallEndedReason(reason).rawValue == reason.rawValue)
      }
    }

    @Test func anUpdateSaysWhoCalls() {
      let update = CXCallUpdate(CallDisplay(Events.payload(hasVideo: true)))
      #expect(update.remoteHandle?.type == .phoneNumber)
      #expect(update.remoteHandle?.value == "+12025550123")
      #expect(update.localizedCallerName == "Alice")
      #expect(update.hasVideo && !update.supportsHolding && !update.supportsGrouping && !update.supportsDTMF)
      for type in HandleType.allCases {
        let handle = CXHandle(Hushring.Handle(type: type, value: "x"))
        #expect("\(handle.type)" == type.rawValue)
      }
    }

    @Test func callKitsErrorsAreNamed() {
      let incoming: [CallKitFailure] = [
        .unknown, .unentitled, .callUUIDAlreadyExists, .filteredByDoNotDisturb, .filteredByBlockList,
        .filteredDuringRestrictedSharingMode, .callIsProtected, .filteredBySensitiveParticipants,
      ]
      let codes = CXErrorCodeIncomingCallError.Code.allCases
      #expect(codes.map { CallKitFailure(CXErrorCodeIncomingCallError($0)) } == incoming)
      let ofExtension: [CallKitFailure] = [
        .extensionUnknown, .invalidClientProcess, .missingNotificationFilteringEntitlement,
      ]
      #expect(
        CXErrorCodeNotificationServiceExtensionError.Code.allCases.map {
          CallKitFailure(CXErrorCodeNotificationServiceExtensionError($0))
        } == ofExtension)
      #expect(CallKitFailure(NSError(domain: NSCocoaErrorDomain, code: 4097)) == .connectionInterrupted)
      #expect(CallKitFailure(NSError(domain: "x", code: 2)) == .other(domain: "x", code: 2))
    }

    @Test func anExtensionsReportIsThePayload() async throws {
      CXProvider.standInForgetPushes()
      #expect(await CXProvider.report(Events.payload()) == nil)
      let pushed = try #require(CXProvider.standInPushed.first)
      #expect(try CallPayload(dictionary: pushed) == Events.payload())
      CXProvider.standInFailPushes([
        CXErrorCodeNotificationServiceExtensionError(.missingNotificationFilteringEntitlement)
      ])
      #expect(await CXProvider.report(Events.payload()) == .missingNotificationFilteringEntitlement)
    }

    @Test func aReportThatIsNeverAnsweredIsGivenUp() async {
      CXProvider.standInFallSilent()
      defer { CXProvider.standInForgetPushes() }
      #expect(await CXProvider.report(Events.payload(), patience: .milliseconds(30)) == .noAnswer)
      #expect(CallKitFailure.noAnswer.consequence == .timeSensitiveNotification)
    }

    @Test func anAppsReportIsMadeBeforeItReturns() {
      let provider = CXProvider(configuration: CXProviderConfiguration())
      let arrival = Arrival(payload: Events.payload(), active: [], mustReport: true)
      provider.report(arrival) { failure in #expect(failure == nil) }
      #expect(provider.standInReports.count == 1)
      provider.report(arrival) { failure in #expect(failure == .callUUIDAlreadyExists) }
      provider.report(.answeredElsewhere, of: arrival.callUUID)
      #expect(provider.standInReports.last == .ended(Events.callUUID, .answeredElsewhere))
    }
  }
#endif

#if canImport(StandInSupport)
  import PushKit

  @MainActor @Suite struct CallPushesTests {
    final class Received {
      var pushes: [CallPushes.Push] = []
    }

    @Test func bothOfPushKitsMethodsHandTheCallOver() {
      let received = Received()
      let pushes = CallPushes { received.pushes.append($0) }
      let registry = PKPushRegistry(queue: .main)
      let payload = PKPushPayload(standInPayload: Events.payload().dictionary)
      pushes.pushRegistry(registry, didReceiveIncomingPushWith: payload, for: .voIP) {}
      for mustReport in [true, false] {
        pushes.pushRegistry(
          registry, didReceiveIncomingVoIPPushWith: payload,
          metadata: PKVoIPPushMetadata(standInMustReport: mustReport)) {}
      }
      #expect(received.pushes.map(\.payload) == [Events.payload(), Events.payload(), Events.payload()])
      #expect(received.pushes.map(\.mustReport) == [true, true, false])
    }

    @Test func whatCannotBeReadIsHandedOverAsWell() {
      let received = Received()
      let pushes = CallPushes { received.pushes.append($0) }
      let payload = PKPushPayload(standInPayload: ["aps": [:]])
      pushes.pushRegistry(PKPushRegistry(queue: .main), didReceiveIncomingPushWith: payload, for: .voIP) {}
      #expect(received.pushes.count == 1 && received.pushes.first?.payload == nil)
    }
  }
#endif

#if canImport(StandInSupport)
  import LiveCommunicationKit

  @Suite struct LiveCommunicationKitTests {
    let manager = ConversationManager(
      configuration: .init(
        ringtoneName: nil, iconTemplateImageData: nil, maximumConversationGroups: 1,
        maximumConversationsPerConversationGroup: 1, includesConversationInRecents: true, supportsVideo: true,
        supportedHandleTypes: [.generic, .phoneNumber, .emailAddress]))

    @Test func aCallIsReportedAndEnds() async throws {
      let arrival = Arrival(payload: Events.payload(hasVideo: true), active: [], mustReport: true)
      let event = Events.event(Events.ring(hasVideo: true))
      guard case .rings = try await manager.take(arrival, listed: { event }) else {
        Issue.record("it does not ring")
        return
      }
      let update = try #require(manager.standInUpdates[Events.callUUID])
      #expect(update.capabilities == .video)
      let alice = LiveCommunicationKit.Handle(type: .phoneNumber, value: "+12025550123", displayName: "Alice")
      #expect(update.members == [alice])
      manager.report(.answeredElsewhere, of: UUID())
      #expect(manager.standInEvents.isEmpty)
      manager.report(.answeredElsewhere, of: Events.callUUID)
      guard case .conversationEnded(_, .joinedElsewhere) = manager.standInEvents.first else {
        Issue.record("it did not end")
        return
      }
    }

    /// A report comes back later, and an end before that would end nothing.
    @Test func aCallThatIsOverEndsOnceItsReportHasComeBack() async throws {
      let arrival = Arrival(payload: Events.payload(), active: [], mustReport: true)
      let event = Events.event(Events.missed(.ended))
      #expect(try await manager.take(arrival, listed: { event }) == .ends(.unanswered))
      #expect(manager.conversations.isEmpty && manager.standInUpdates[Events.callUUID] != nil)
      guard case .conversationEnded(_, .unanswered) = manager.standInEvents.first else {
        Issue.record("it rings on")
        return
      }
    }

    @Test func whereNoReportIsDemandedOnlyACallThatRingsIsReported() async throws {
      let arrival = Arrival(payload: Events.payload(), active: [], mustReport: false)
      _ = try await manager.take(arrival) { nil }
      #expect(manager.standInUpdates.isEmpty)
      let event = Events.event(Events.ring())
      _ = try await manager.take(arrival) { event }
      #expect(manager.conversations.map(\.uuid) == [Events.callUUID])
    }

    @Test func anExtensionsReportIsThePayload() async throws {
      #expect(await ConversationManager.report(Events.payload()) == nil)
      let pushed = try #require(ConversationManager.standInPushed.first)
      #expect(try CallPayload(dictionary: pushed) == Events.payload())
    }

    @Test func everyReasonHasItsOwn() {
      #expect(Set(EndedReason.allCases.map { Conversation.EndedReason($0) }).count == EndedReason.allCases.count)
    }
  }
#endif
