// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import Foundation

public struct SymmetricKeySize: Sendable {
  public let bitCount: Int

  public static var bits128: SymmetricKeySize { self.init(bitCount: 128) }
  public static var bits192: SymmetricKeySize { self.init(bitCount: 192) }
  public static var bits256: SymmetricKeySize { self.init(bitCount: 256) }

  public init(bitCount: Int) {
    precondition(bitCount > 0 && bitCount % 8 == 0)
    self.bitCount = bitCount
  }
}

public struct SymmetricKey: ContiguousBytes, Sendable {
  private let bytes: [UInt8]

  public init<D: ContiguousBytes>(data: D) { bytes = data.array }

  public init(size: SymmetricKeySize) { bytes = randomBytes(size.bitCount / 8) }

  public var bitCount: Int { bytes.count * 8 }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }
}

extension SymmetricKey: Equatable {
  public static func == (left: Self, right: Self) -> Bool { safeCompare(left, right) }
}
