// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public struct URL: Hashable, Codable, Sendable {
  public init(fileURLWithPath: String) {}
  public init?(string: String) {}
  public var path: String { "" }
  public var lastPathComponent: String { "" }
  public var pathExtension: String { "" }
  public func appendingPathComponent(_: String) -> URL { self }
  public func appendingPathExtension(_: String) -> URL { self }
  public mutating func setResourceValues(_: URLResourceValues) throws {}
}

public struct URLResourceValues: Sendable {
  public init() {}
  public var isExcludedFromBackup: Bool?
}

public struct URLResourceKey: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
}

public struct FileProtectionType: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static var completeUntilFirstUserAuthentication: FileProtectionType { .init(rawValue: "") }
}

public struct FileAttributeKey: RawRepresentable, Hashable, Sendable {
  public let rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }
  public static var protectionKey: FileAttributeKey { .init(rawValue: "") }
}

open class FileManager: NSObject {
  open class var `default`: FileManager { FileManager() }
  open func createDirectory(
    at: URL, withIntermediateDirectories: Bool, attributes: [FileAttributeKey: Any]? = nil
  ) throws {}
  open func containerURL(forSecurityApplicationGroupIdentifier: String) -> URL? { nil }
  open func contentsOfDirectory(atPath: String) throws -> [String] { [] }
  open func contentsOfDirectory(at: URL, includingPropertiesForKeys: [URLResourceKey]?) throws -> [URL] { [] }
  open func removeItem(at: URL) throws {}
  open var temporaryDirectory: URL { URL(fileURLWithPath: "") }
  open func fileExists(atPath: String) -> Bool { false }
  open func setAttributes(_: [FileAttributeKey: Any], ofItemAtPath: String) throws {}
}

extension Data {
  public struct ReadingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
  }

  public struct WritingOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static var atomic: WritingOptions { .init(rawValue: 1) }
    public static var completeFileProtectionUntilFirstUserAuthentication: WritingOptions { .init(rawValue: 2) }
  }

  public init(contentsOf: URL, options: ReadingOptions = []) throws {}
  public func write(to: URL, options: WritingOptions = []) throws {}
  public init?(base64Encoded: String) {}
  public func base64EncodedString() -> String { "" }
}

open class JSONEncoder {
  public init() {}
  open func encode<T: Encodable>(_: T) throws -> Data { Data() }
}

open class JSONDecoder {
  public init() {}
  open func decode<T: Decodable>(_: T.Type, from: Data) throws -> T { fatalError() }
}

open class PropertyListEncoder {
  public init() {}
  open func encode<T: Encodable>(_: T) throws -> Data { Data() }
}

open class PropertyListDecoder {
  public init() {}
  open func decode<T: Decodable>(_: T.Type, from: Data) throws -> T { fatalError() }
}

open class ProcessInfo: NSObject, @unchecked Sendable {
  open class var processInfo: ProcessInfo { ProcessInfo() }
  open var environment: [String: String] { [:] }
  open var systemUptime: TimeInterval { 0 }
  open func performExpiringActivity(withReason: String, using: @escaping @Sendable (Bool) -> Void) {}
}
