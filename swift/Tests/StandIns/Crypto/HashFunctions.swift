// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import COpenSSL
import Foundation

@preconcurrency
public protocol Digest: Hashable, Sendable, ContiguousBytes, CustomStringConvertible, Sequence where Element == UInt8 {
  static var byteCount: Int { get }
}

extension Digest {
  public func makeIterator() -> Array<UInt8>.Iterator { array.makeIterator() }

  public static func == (left: Self, right: Self) -> Bool { safeCompare(left, right) }

  public static func == <D: DataProtocol>(left: Self, right: D) -> Bool { safeCompare(left, Array(right)) }

  public var description: String { "\(Self.self): \(map { String(format: "%02x", $0) }.joined())" }
}

@preconcurrency
public protocol HashFunction: Sendable {
  static var blockByteCount: Int { get }
  associatedtype Digest: Crypto.Digest

  init()
  mutating func update(bufferPointer: UnsafeRawBufferPointer)
  func finalize() -> Digest
}

extension HashFunction {
  public static func hash<D: DataProtocol>(data: D) -> Digest {
    var hasher = Self()
    hasher.update(data: data)
    return hasher.finalize()
  }

  public mutating func update<D: DataProtocol>(data: D) {
    for region in data.regions { region.withUnsafeBytes { update(bufferPointer: $0) } }
  }
}

public struct SHA256Digest: Digest {
  fileprivate let bytes: [UInt8]

  public static var byteCount: Int { 32 }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

public struct SHA256: HashFunction, Sendable {
  public static let blockByteCount = 64
  public static let byteCount = 32
  public typealias Digest = SHA256Digest

  private var state = HashState(EVP_sha256())

  public init() {}

  public mutating func update(bufferPointer: UnsafeRawBufferPointer) { state.update(bufferPointer) }

  public func finalize() -> SHA256Digest { SHA256Digest(bytes: state.digest(count: 32)) }
}

public struct SHA512Digest: Digest {
  fileprivate let bytes: [UInt8]

  public static var byteCount: Int { 64 }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try bytes.withUnsafeBytes(body)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

public struct SHA512: HashFunction, Sendable {
  public static let blockByteCount = 128
  public static let byteCount = 64
  public typealias Digest = SHA512Digest

  private var state = HashState(EVP_sha512())

  public init() {}

  public mutating func update(bufferPointer: UnsafeRawBufferPointer) { state.update(bufferPointer) }

  public func finalize() -> SHA512Digest { SHA512Digest(bytes: state.digest(count: 64)) }
}

func sha3_256(_ bytes: [UInt8]) -> [UInt8] {
  var state = HashState(EVP_sha3_256())
  bytes.withUnsafeBytes { state.update($0) }
  return state.digest(count: 32)
}

/// A hash that can be copied: who adds to it takes a copy of what another holds as well.
private struct HashState: Sendable {
  private final class Context: @unchecked Sendable {
    let pointer = EVP_MD_CTX_new()
    deinit { EVP_MD_CTX_free(pointer) }

    func copy() -> Context {
      let copy = Context()
      precondition(EVP_MD_CTX_copy_ex(copy.pointer, pointer) == 1)
      return copy
    }
  }

  private var context = Context()

  init(_ function: OpaquePointer?) { precondition(EVP_DigestInit_ex(context.pointer, function, nil) == 1) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&context) { context = context.copy() }
    precondition(EVP_DigestUpdate(context.pointer, bytes.baseAddress, bytes.count) == 1)
  }

  func digest(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let copy = context.copy()
    withExtendedLifetime(copy) { precondition(EVP_DigestFinal_ex(copy.pointer, &bytes, nil) == 1) }
    return bytes
  }
}
