/// How a call rings on this device.
public enum Ringing: String, Codable, Sendable {
  /// CallKit, or LiveCommunicationKit.
  case callKit
  /// A time-sensitive notification: where CallKit must not be used.
  case notification

  /// How a call rings for a customer of one of Apple's stores.
  ///
  /// Apps of the store of mainland China must not use CallKit (App Review Guidelines, 5.0).
  ///
  /// - Parameter storefront: three letters, such as `Storefront.current?.countryCode`. If it is not
  ///   known, take what was known last.
  public init(storefront: String) { self = storefront == "CHN" ? .notification : .callKit }
}
