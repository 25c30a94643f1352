// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

open class DispatchSemaphore: @unchecked Sendable {
  public init(value: Int) {}
  public func wait() {}
  @discardableResult public func signal() -> Int { 0 }
}

public struct DispatchQoS: Sendable {
  public static let unspecified = DispatchQoS()
  public static let userInitiated = DispatchQoS()
}

open class DispatchQueue: @unchecked Sendable {
  public class var main: DispatchQueue { DispatchQueue() }
  init() {}
  public init(label: String, qos: DispatchQoS = .unspecified) {}
  public func async(execute: @escaping @Sendable () -> Void) {}
}
