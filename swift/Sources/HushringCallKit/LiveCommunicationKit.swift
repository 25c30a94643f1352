#if canImport(LiveCommunicationKit) && !os(macOS)
  import Foundation
  import Hushring
  import LiveCommunicationKit

  // LiveCommunicationKit does what CallKit does, and is what an app uses that wants to be the
  // default for calls. An app, with its extension, uses one of the two.

  @available(iOS 17.4, macCatalyst 17.4, visionOS 1.1, *)
  extension LiveCommunicationKit.Handle {
    public init(_ display: CallDisplay) {
      let type: LiveCommunicationKit.Handle.Kind =
        switch display.handle.type {
        case .generic: .generic
        case .phoneNumber: .phoneNumber
        case .emailAddress: .emailAddress
        }
      self.init(type: type, value: display.handle.value, displayName: display.callerName)
    }
  }

  @available(iOS 17.4, macCatalyst 17.4, visionOS 1.1, *)
  extension Conversation.Update {
    /// What the system shows of a call that rings.
    public init(_ display: CallDisplay) {
      self.init(members: [LiveCommunicationKit.Handle(display)], capabilities: display.hasVideo ? .video : [])
    }
  }

  @available(iOS 17.4, macCatalyst 17.4, visionOS 1.1, *)
  extension Conversation.EndedReason {
    public init(_ reason: EndedReason) {
      self =
        switch reason {
        case .failed: .failed
        case .remoteEnded: .remoteEnded
        case .unanswered: .unanswered
        case .answeredElsewhere: .joinedElsewhere
        case .declinedElsewhere: .declinedElsewhere
        }
    }
  }

  @available(iOS 17.4, macCatalyst 17.4, visionOS 1.1, *)
  extension ConversationManager {
    /// Reports a call that rings, from the notification service extension. The system launches the
    /// app with it.
    ///
    /// What it throws is not documented: show ``Outcome/insteadOfReport`` then.
    public static func report(_ payload: CallPayload) async throws {
      try await reportNewIncomingVoIPPushPayload(payload.dictionary)
    }

    /// Reports a call that rings, from the app. What it throws is not documented: show a
    /// time-sensitive notification then.
    public func report(_ arrival: Arrival) async throws {
      try await reportNewIncomingConversation(
        uuid: arrival.callUUID, update: Conversation.Update(arrival.display))
    }

    /// Reports that a call has ended. Of one that is not there, nobody has to be told.
    public func report(_ reason: EndedReason, of callUUID: UUID) {
      guard let conversation = conversations.first(where: { $0.uuid == callUUID }) else { return }
      reportConversationEvent(.conversationEnded(Date(), Conversation.EndedReason(reason)), for: conversation)
    }
  }
#endif
