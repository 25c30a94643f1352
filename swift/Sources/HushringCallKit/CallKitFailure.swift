/// Why the system did not take a call, and what to do about it.
public enum CallKitFailure: Error, Hashable, Sendable {
  // Of the extension: `CXErrorCodeNotificationServiceExtensionError`.
  case extensionUnknown
  case invalidClientProcess
  case missingNotificationFilteringEntitlement
  /// `NSCocoaErrorDomain` 4097: the connection to
  /// `com.apple.callkit.notificationserviceextension.voip` failed.
  case connectionInterrupted

  // Of the app: `CXErrorCodeIncomingCallError`.
  case unknown
  case unentitled
  case callUUIDAlreadyExists
  case filteredByDoNotDisturb
  case filteredByBlockList
  case filteredDuringRestrictedSharingMode
  case callIsProtected
  case filteredBySensitiveParticipants

  /// CallKit, or LiveCommunicationKit, has not answered in time. It may have taken the call.
  case noAnswer

  /// An error that was not known when this was written.
  case other(domain: String, code: Int)

  /// Those that have a number of Apple's: all but ``noAnswer`` and ``other(domain:code:)``.
  public static let known: [CallKitFailure] = [
    .extensionUnknown, .invalidClientProcess, .missingNotificationFilteringEntitlement, .connectionInterrupted,
    .unknown, .unentitled, .callUUIDAlreadyExists, .filteredByDoNotDisturb, .filteredByBlockList,
    .filteredDuringRestrictedSharingMode, .callIsProtected, .filteredBySensitiveParticipants,
  ]

  /// What happens instead of the call.
  public enum Consequence: Hashable, Sendable {
    /// A notification that breaks through a Focus, because the call still rings: the user taps it
    /// to answer.
    case timeSensitiveNotification
    /// An entry among the missed calls, and a notification without a sound: the user did not want
    /// to be disturbed.
    case quietMissedCall
    /// An entry among the missed calls: the user wanted nothing to be seen.
    case entryOnly
    /// Nothing: the system has the call. A newer ring updates it.
    case update
  }

  public var consequence: Consequence {
    switch self {
    case .extensionUnknown, .invalidClientProcess, .missingNotificationFilteringEntitlement, .connectionInterrupted,
      .unknown, .unentitled, .noAnswer, .other:
      .timeSensitiveNotification
    case .callUUIDAlreadyExists: .update
    case .filteredByDoNotDisturb, .filteredDuringRestrictedSharingMode: .quietMissedCall
    case .filteredByBlockList, .callIsProtected, .filteredBySensitiveParticipants: .entryOnly
    }
  }

  /// What a developer looks at. In no case is anything sent: the caller's call runs out
  /// (spec/threat-model.md, DEP1).
  public var remedy: String {
    switch self {
    case .extensionUnknown: "Read the console for callservicesd. The notification stands in."
    case .invalidClientProcess:
      "Report from the notification service extension alone, not from the app or another extension."
    case .missingNotificationFilteringEntitlement:
      "Put com.apple.developer.usernotifications.filtering into the extension's entitlements and its profile."
    case .connectionInterrupted:
      "Check that the signed extension has the entitlement, and the app the background mode voip. Then restart."
    case .unknown: "Read the console for callservicesd. The notification stands in."
    case .unentitled: "Add the background mode voip to the app's Info.plist."
    case .callUUIDAlreadyExists: "Nothing is wrong: update the call if this ring is newer."
    case .filteredByDoNotDisturb: "A Focus of the user's is on. Show a missed call, without a sound."
    case .filteredByBlockList: "The user has blocked this handle in iOS. Keep the missed call in the list alone."
    case .filteredDuringRestrictedSharingMode: "The screen is being shared. Show a missed call, without a sound."
    case .callIsProtected: "The system protects a call with this participant. Keep the missed call in the list alone."
    case .filteredBySensitiveParticipants:
      "The system filters calls with such participants. Keep the missed call in the list alone."
    case .noAnswer: "Read the console for callservicesd, which hangs or is starting. The notification stands in."
    case .other: "Not known when this was written. The notification stands in."
    }
  }

  /// Apple's number, as the console has it; −1 where there was no answer.
  public var code: Int {
    switch self {
    case .extensionUnknown, .unknown: 0
    case .invalidClientProcess, .unentitled: 1
    case .missingNotificationFilteringEntitlement, .callUUIDAlreadyExists: 2
    case .filteredByDoNotDisturb: 3
    case .filteredByBlockList: 4
    case .filteredDuringRestrictedSharingMode: 5
    case .callIsProtected: 6
    case .filteredBySensitiveParticipants: 7
    case .connectionInterrupted: 4097
    case .noAnswer: -1
    case .other(_, let code): code
    }
  }

  /// Where the error came from.
  public enum Domain: Sendable {
    case notificationServiceExtension, incomingCall, cocoa
    case other(String)
  }

  /// Names an error by its domain and number.
  public init(domain: Domain, code: Int) {
    let ofDomain: [CallKitFailure] =
      switch domain {
      case .notificationServiceExtension:
        [.extensionUnknown, .invalidClientProcess, .missingNotificationFilteringEntitlement]
      case .incomingCall:
        [
          .unknown, .unentitled, .callUUIDAlreadyExists, .filteredByDoNotDisturb, .filteredByBlockList,
          .filteredDuringRestrictedSharingMode, .callIsProtected, .filteredBySensitiveParticipants,
        ]
      case .cocoa: [.connectionInterrupted]
      case .other: []
      }
    self = ofDomain.first { $0.code == code } ?? .other(domain: domain.name, code: code)
  }
}

extension CallKitFailure.Domain {
  var name: String {
    switch self {
    case .notificationServiceExtension: "CXErrorDomainNotificationServiceExtension"
    case .incomingCall: "CXErrorDomainIncomingCall"
    case .cocoa: "NSCocoaErrorDomain"
    case .other(let name): name
    }
  }
}
