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
    /// - Parameter patience: How long the answer is waited for.
    /// - Returns: Why it was not taken; nothing, if it was. ``Outcome/after(_:)`` says what to do
    ///   then. Which errors there are is not documented.
    public static func report(_ payload: CallPayload, patience: Duration = .seconds(5)) async -> CallKitFailure? {
      await firstAnswer(within: patience) { give in
        Task {
          do {
            try await reportNewIncomingVoIPPushPayload(payload.dictionary)
            give(nil)
          } catch {
            give(CallKitFailure(error))
          }
        }
      }
    }

    /// Does what an ``Arrival`` asks for, each step behind the one before: a conversation is there
    /// once its report has come back, and one that is ended before would go on ringing.
    ///
    /// It cannot be done before PushKit's method returns. So begin a task there, await nothing before
    /// this, and call ``CallPushes/Push/completion`` behind it.
    ///
    /// - Parameter listed: Looks for the event in the journal.
    /// - Returns: What the journal said. If it rings, take its offer and acknowledge it.
    /// - Throws: What the report throws, which is not documented: show a time-sensitive notification
    ///   then.
    public func take(
      _ arrival: Arrival, listed: @Sendable () async -> InboxEvent?
    ) async throws -> Arrival.Next {
      do {
        if arrival.isReportedFirst { try await report(arrival) }
      } catch {
        guard arrival.isActive else { throw error } // else it is there already
      }
      let next = arrival.next(listed: await listed())
      switch next {
      case .rings: if !arrival.isReportedFirst { try await report(arrival) }
      case .ends(let reason): report(reason, of: arrival.callUUID)
      case .goesOn: break
      }
      return next
    }

    private func report(_ arrival: Arrival) async throws {
      try await reportNewIncomingConversation(uuid: arrival.callUUID, update: Conversation.Update(arrival.display))
    }

    /// Reports that a call has ended. Of one that is not there, nobody has to be told; but one whose
    /// report has not come back is not there yet.
    public func report(_ reason: EndedReason, of callUUID: UUID) {
      guard let conversation = conversations.first(where: { $0.uuid == callUUID }) else { return }
      reportConversationEvent(.conversationEnded(Date(), Conversation.EndedReason(reason)), for: conversation)
    }
  }
#endif
