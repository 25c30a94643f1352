// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

open class DispatchSemaphore: @unchecked Sendable {
  public init(value: Int) {}
  public func wait() {}
  @discardableResult public func signal() -> Int { 0 }
}

open class DispatchQueue: @unchecked Sendable {
  public class var main: DispatchQueue { DispatchQueue() }
  init() {}
  public func async(execute: @escaping @Sendable () -> Void) {}
}
