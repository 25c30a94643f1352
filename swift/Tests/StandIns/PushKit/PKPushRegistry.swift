// Stands in for PushKit where that is not: what the samples use.
//
// Signatures: developer.apple.com/documentation/pushkit, as of the SDK of iOS 26.4, which adds
// `pushRegistry(_:didReceiveIncomingVoIPPushWith:metadata:withCompletionHandler:)` and
// `PKVoIPPushMetadata`. Optional methods of the protocol have a default implementation that does
// nothing.

import Dispatch
import Foundation

public struct PKPushType: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static let voIP = PKPushType(rawValue: "PKPushTypeVoIP")
}

open class PKPushCredentials: NSObject {
  public let type: PKPushType
  public let token: Data

  /// The stand-in's own: only the system makes them.
  public init(standInToken token: Data) {
    type = .voIP
    self.token = token
  }
}

open class PKPushPayload: NSObject {
  public let type: PKPushType
  public let dictionaryPayload: [AnyHashable: Any]

  /// The stand-in's own: only the system makes them.
  public init(standInPayload: [AnyHashable: Any]) {
    type = .voIP
    dictionaryPayload = standInPayload
  }
}

open class PKVoIPPushMetadata: NSObject, @unchecked Sendable {
  public let mustReport: Bool

  /// The stand-in's own: only the system makes them.
  public init(standInMustReport mustReport: Bool) { self.mustReport = mustReport }
}

open class PKPushRegistry: NSObject {
  open weak var delegate: (any PKPushRegistryDelegate)?
  open var desiredPushTypes: Set<PKPushType>?

  public init(queue: DispatchQueue?) {}

  open func pushToken(for type: PKPushType) -> Data? { nil }
}

public protocol PKPushRegistryDelegate: NSObjectProtocol {
  func pushRegistry(_ registry: PKPushRegistry, didUpdate pushCredentials: PKPushCredentials, for type: PKPushType)
  func pushRegistry(_ registry: PKPushRegistry, didInvalidatePushTokenFor type: PKPushType)
  func pushRegistry(
    _ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType,
    completion: @escaping @Sendable () -> Void)
  @available(iOS 26.4, macOS 26.4, *)
  func pushRegistry(
    _ registry: PKPushRegistry, didReceiveIncomingVoIPPushWith payload: PKPushPayload,
    metadata: PKVoIPPushMetadata, withCompletionHandler completion: @escaping @Sendable () -> Void)
}

// All but `didUpdate` are optional.
extension PKPushRegistryDelegate {
  public func pushRegistry(_ registry: PKPushRegistry, didInvalidatePushTokenFor type: PKPushType) {}
  public func pushRegistry(
    _ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType,
    completion: @escaping @Sendable () -> Void
  ) {}
  @available(iOS 26.4, macOS 26.4, *)
  public func pushRegistry(
    _ registry: PKPushRegistry, didReceiveIncomingVoIPPushWith payload: PKPushPayload,
    metadata: PKVoIPPushMetadata, withCompletionHandler completion: @escaping @Sendable () -> Void
  ) {}
}
