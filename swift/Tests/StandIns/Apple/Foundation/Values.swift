// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

@_exported import Dispatch
@_exported import ObjectiveC

public typealias TimeInterval = Double

public struct Date: Hashable, Comparable, Codable, Sendable {
  public init() {}
  public init(timeIntervalSince1970: TimeInterval) {}
  public init(timeIntervalSinceNow: TimeInterval) {}
  public static var now: Date { Date() }
  public static var distantPast: Date { Date() }
  public var timeIntervalSince1970: TimeInterval { 0 }
  public var timeIntervalSinceNow: TimeInterval { 0 }
  public func timeIntervalSince(_: Date) -> TimeInterval { 0 }
  public func addingTimeInterval(_: TimeInterval) -> Date { self }
  public static func < (left: Date, right: Date) -> Bool { false }
}

public typealias uuid_t = (
  UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
)

public struct UUID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  public init() {}
  public init(uuid: uuid_t) {}
  public init?(uuidString: String) {}
  public var uuid: uuid_t { (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) }
  public var uuidString: String { "" }
  public var description: String { "" }
  public static func < (left: UUID, right: UUID) -> Bool { false }
}

open class NSError: NSObject, Error, @unchecked Sendable {
  public init(domain: String, code: Int, userInfo: [String: Any]? = nil) {}
  open var code: Int { 0 }
  open var domain: String { "" }
  open var userInfo: [String: Any] { [:] }
}

public let NSCocoaErrorDomain = ""
public let NSPOSIXErrorDomain = ""
public let NSUnderlyingErrorKey = ""

extension Error {
  public var localizedDescription: String { "" }
}

public struct CocoaError: Error {
  public struct Code: Hashable, Sendable {
    public static var fileNoSuchFile: Code { Code() }
    public static var fileReadNoSuchFile: Code { Code() }
  }
  public init(_: Code) {}
  public var code: Code { Code() }
}

open class NSNumber: NSObject, @unchecked Sendable {
  open var boolValue: Bool { false }
}

extension UInt64 {
  public init?(exactly number: NSNumber) { nil }
}

public typealias CFTypeID = UInt
public func CFGetTypeID(_: AnyObject?) -> CFTypeID { 0 }
public func CFBooleanGetTypeID() -> CFTypeID { 0 }
public func CFNumberIsFloatType(_: NSNumber!) -> Bool { false }

open class NSLock: NSObject, @unchecked Sendable {
  public func lock() {}
  public func unlock() {}
  public func withLock<R>(_ body: () throws -> R) rethrows -> R { try body() }
}

open class NSCondition: NSObject, @unchecked Sendable {
  public func lock() {}
  public func unlock() {}
  public func wait() {}
  public func wait(until limit: Date) -> Bool { true }
  public func broadcast() {}
}

public struct NSZone {}

public protocol NSCopying {
  func copy(with zone: NSZone?) -> Any
}

public protocol NSMutableCopying {
  func mutableCopy(with zone: NSZone?) -> Any
}

public protocol CustomNSError: Error {
  static var errorDomain: String { get }
  var errorCode: Int { get }
  var errorUserInfo: [String: Any] { get }
}

extension CustomNSError {
  public static var errorDomain: String { "" }
  public var errorCode: Int { 0 }
  public var errorUserInfo: [String: Any] { [:] }
}

open class NSDictionary: NSObject {}

public func NSLocalizedString(_: String, comment: String) -> String { "" }

extension StringProtocol {
  public func replacingOccurrences(of: some StringProtocol, with: some StringProtocol) -> String { "" }
}

public struct Notification: Sendable {
  public struct Name: Hashable, RawRepresentable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ rawValue: String) { self.rawValue = rawValue }
  }
}

open class OperationQueue: NSObject, @unchecked Sendable {
  open class var main: OperationQueue { OperationQueue() }
}

open class NotificationCenter: NSObject, @unchecked Sendable {
  open class var `default`: NotificationCenter { NotificationCenter() }
  open func addObserver(
    forName: Notification.Name?, object: Any?, queue: OperationQueue?,
    using: @escaping @Sendable (Notification) -> Void
  ) -> any NSObjectProtocol { self }
}

open class Thread: NSObject, @unchecked Sendable {
  open class func sleep(forTimeInterval: Double) {}
}
