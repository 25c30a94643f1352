// Stands in for StoreKit where that is not: what the sample app uses.
// Signatures: developer.apple.com/documentation/storekit/storefront.

public struct Storefront: Sendable {
  /// Three letters, of ISO 3166-1.
  public let countryCode: String

  public static var current: Storefront? { get async { nil } }
}
