// Stands in for CoreFoundation's Darwin notification centre, which Apple's systems have in
// Foundation. Signatures: developer.apple.com/documentation/corefoundation/cfnotificationcenter.
// The callback is a C function there; here it is any closure without captures.

import Foundation
import StandInSupport

public typealias CFString = String

public struct CFNotificationName: RawRepresentable, Hashable, Sendable {
  public let rawValue: CFString
  public init(rawValue: CFString) { self.rawValue = rawValue }
  public init(_ rawValue: CFString) { self.rawValue = rawValue }
}

public enum CFNotificationSuspensionBehavior: Int, Sendable {
  case drop = 1
  case coalesce, hold, deliverImmediately
}

public typealias CFNotificationCallback = @Sendable (
  CFNotificationCenter?, UnsafeMutableRawPointer?, CFNotificationName?, UnsafeRawPointer?, CFDictionary?
) -> Void

public typealias CFDictionary = NSDictionary

public final class CFNotificationCenter: Sendable {
  struct Observer: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer?
    let name: String
    let callback: CFNotificationCallback
  }

  let observers = Locked<[Observer]>([])
}

private let darwin = CFNotificationCenter()

public func CFNotificationCenterGetDarwinNotifyCenter() -> CFNotificationCenter! { darwin }

public func CFNotificationCenterAddObserver(
  _ center: CFNotificationCenter!, _ observer: UnsafeRawPointer!, _ callBack: CFNotificationCallback!,
  _ name: CFString!, _ object: UnsafeRawPointer!, _ suspensionBehavior: CFNotificationSuspensionBehavior
) {
  let pointer = UnsafeMutableRawPointer(mutating: observer)
  let added = CFNotificationCenter.Observer(pointer: pointer, name: name, callback: callBack)
  center.observers.withLock { $0.append(added) }
}

public func CFNotificationCenterRemoveEveryObserver(_ center: CFNotificationCenter!, _ observer: UnsafeRawPointer!) {
  let pointer = UnsafeMutableRawPointer(mutating: observer)
  let address = UInt(bitPattern: pointer)
  center.observers.withLock { $0.removeAll { UInt(bitPattern: $0.pointer) == address } }
}

public func CFNotificationCenterPostNotification(
  _ center: CFNotificationCenter!, _ name: CFNotificationName!, _ object: UnsafeRawPointer!,
  _ userInfo: CFDictionary!, _ deliverImmediately: Bool
) {
  for observer in center.observers.withLock({ $0 }) where observer.name == name.rawValue {
    observer.callback(center, observer.pointer, name, nil, nil)
  }
}
