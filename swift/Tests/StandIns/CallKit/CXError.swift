// CallKit's errors. Numbers: ../shared/FACTS.md, "Apple". The texts of the domains are those that
// logs of iOS show; code compares with the constants, whatever they say.

import Foundation

public let CXErrorDomain = "com.apple.CallKit.error"
public let CXErrorDomainIncomingCall = "com.apple.CallKit.error.incomingcall"
public let CXErrorDomainNotificationServiceExtension = "com.apple.CallKit.error.notificationserviceextension"

public struct CXErrorCodeIncomingCallError: CustomNSError, Hashable, Sendable {
  public enum Code: Int, CaseIterable, Sendable {
    case unknown = 0
    case unentitled = 1
    case callUUIDAlreadyExists = 2
    case filteredByDoNotDisturb = 3
    case filteredByBlockList = 4
    case filteredDuringRestrictedSharingMode = 5
    case callIsProtected = 6
    case filteredBySensitiveParticipants = 7
  }

  public let code: Code

  public init(_ code: Code) { self.code = code }

  public static var errorDomain: String { CXErrorDomainIncomingCall }
  public var errorCode: Int { code.rawValue }
}

public struct CXErrorCodeNotificationServiceExtensionError: CustomNSError, Hashable, Sendable {
  public enum Code: Int, CaseIterable, Sendable {
    case unknown = 0
    case invalidClientProcess = 1
    case missingNotificationFilteringEntitlement = 2
  }

  public let code: Code

  public init(_ code: Code) { self.code = code }

  public static var errorDomain: String { CXErrorDomainNotificationServiceExtension }
  public var errorCode: Int { code.rawValue }
}
