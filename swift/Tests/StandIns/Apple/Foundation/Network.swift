// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public struct URLRequest: Hashable, Sendable {
  public enum CachePolicy: UInt, Sendable {
    case useProtocolCachePolicy, reloadIgnoringLocalCacheData
  }

  public init(
    url: URL, cachePolicy: CachePolicy = .useProtocolCachePolicy, timeoutInterval: TimeInterval = 60
  ) {}
  public var httpMethod: String?
  public var httpBody: Data?
  public var timeoutInterval: TimeInterval { get { 60 } set {} }
  public mutating func setValue(_: String?, forHTTPHeaderField: String) {}
}

open class URLResponse: NSObject, @unchecked Sendable {}

open class HTTPURLResponse: URLResponse, @unchecked Sendable {
  open var statusCode: Int { 0 }
  open func value(forHTTPHeaderField: String) -> String? { nil }
}

open class URLSessionConfiguration: NSObject, @unchecked Sendable {
  open class var ephemeral: URLSessionConfiguration { URLSessionConfiguration() }
  open var httpCookieStorage: HTTPCookieStorage?
  open var httpShouldSetCookies = true
  open var urlCache: URLCache?
}

open class HTTPCookieStorage: NSObject, @unchecked Sendable {}

open class URLCache: NSObject, @unchecked Sendable {}

open class URLSession: NSObject, @unchecked Sendable {
  public init(configuration: URLSessionConfiguration) {}
  public func data(for: URLRequest) async throws -> (Data, URLResponse) { (Data(), URLResponse()) }
}

public struct Locale: Hashable, Sendable {
  public init(identifier: String) {}
}

public struct TimeZone: Hashable, Sendable {
  public init?(identifier: String) {}
}

open class DateFormatter {
  public init() {}
  open var locale: Locale! { get { nil } set {} }
  open var timeZone: TimeZone! { get { nil } set {} }
  open var dateFormat: String! { get { nil } set {} }
  open func date(from: String) -> Date? { nil }
}
