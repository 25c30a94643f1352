#if canImport(CallKit) && !os(macOS)
  import CallKit
  import Foundation
  import Hushring

  extension CXHandle {
    public convenience init(_ handle: Hushring.Handle) {
      let type: CXHandle.HandleType =
        switch handle.type {
        case .generic: .generic
        case .phoneNumber: .phoneNumber
        case .emailAddress: .emailAddress
        }
      self.init(type: type, value: handle.value)
    }
  }

  extension CXCallUpdate {
    /// What CallKit shows of a call. It says that the call cannot be held or grouped: an app that
    /// can changes that.
    public convenience init(_ display: CallDisplay) {
      self.init()
      remoteHandle = CXHandle(display.handle)
      localizedCallerName = display.callerName
      hasVideo = display.hasVideo
      supportsHolding = false
      supportsGrouping = false
      supportsUngrouping = false
      supportsDTMF = false
    }
  }

  extension CXCallEndedReason {
    public init(_ reason: EndedReason) {
      self =
        switch reason {
        case .failed: .failed
        case .remoteEnded: .remoteEnded
        case .unanswered: .unanswered
        case .answeredElsewhere: .answeredElsewhere
        case .declinedElsewhere: .declinedElsewhere
        }
    }
  }

  extension CallKitFailure {
    /// Names an error that CallKit has given.
    public init(_ error: any Error) {
      let error = error as NSError
      let domain: Domain =
        switch error.domain {
        case CXErrorDomainNotificationServiceExtension: .notificationServiceExtension
        case CXErrorDomainIncomingCall: .incomingCall
        case NSCocoaErrorDomain: .cocoa
        default: .other(error.domain)
        }
      self.init(domain: domain, code: error.code)
    }
  }

  extension CXProvider {
    /// Reports a call that rings, from the notification service extension. The system launches the
    /// app with it.
    ///
    /// - Parameter patience: How long the answer is waited for: a few seconds, because the extension
    ///   has about 30 in all.
    /// - Returns: Why it was not taken; nothing, if it was. ``Outcome/after(_:)`` says what to do then.
    public static func report(_ payload: CallPayload, patience: Duration = .seconds(5)) async -> CallKitFailure? {
      await firstAnswer(within: patience) { give in
        reportNewIncomingVoIPPushPayload(payload.dictionary) { error in give(error.map { CallKitFailure($0) }) }
      }
    }

    /// Reports a call that rings, from the app.
    ///
    /// The report is made before this returns; `completion` comes later, on the provider's queue.
    public func report(_ arrival: Arrival, completion: @escaping @Sendable (CallKitFailure?) -> Void) {
      reportNewIncomingCall(with: arrival.callUUID, update: CXCallUpdate(arrival.display)) { error in
        completion(error.map { CallKitFailure($0) })
      }
    }

    /// Reports that a call has ended.
    public func report(_ reason: EndedReason, of callUUID: UUID) {
      reportCall(with: callUUID, endedAt: nil, reason: CXCallEndedReason(reason))
    }
  }
#endif
