// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import Foundation

@preconcurrency
public protocol MessageAuthenticationCode: Hashable, ContiguousBytes, Sendable, CustomStringConvertible, Sequence
where Element == UInt8 {
  var byteCount: Int { get }
}

extension MessageAuthenticationCode {
  public static func == (left: Self, right: Self) -> Bool { safeCompare(left, right) }

  public static func == <D: DataProtocol>(left: Self, right: D) -> Bool { safeCompare(left, Array(right)) }

  public func makeIterator() -> Array<UInt8>.Iterator { array.makeIterator() }
}

public struct HashedAuthenticationCode<H: HashFunction>: MessageAuthenticationCode, Sendable {
  fileprivate let digest: H.Digest

  public var byteCount: Int { H.Digest.byteCount }

  public var description: String { "HMAC with \(H.self): \(map { String(format: "%02x", $0) }.joined())" }

  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try digest.withUnsafeBytes(body)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

public struct HMAC<H: HashFunction>: Sendable {
  public typealias Key = SymmetricKey
  public typealias MAC = HashedAuthenticationCode<H>

  private var inner = H()
  private var outer = H()

  public init(key: SymmetricKey) {
    var block = key.array
    if block.count > H.blockByteCount { block = H.hash(data: block).array }
    block += [UInt8](repeating: 0, count: H.blockByteCount - block.count)
    inner.update(data: block.map { $0 ^ 0x36 })
    outer.update(data: block.map { $0 ^ 0x5c })
  }

  public mutating func update<D: DataProtocol>(data: D) { inner.update(data: data) }

  public func finalize() -> MAC {
    var outer = outer
    outer.update(data: inner.finalize().array)
    return MAC(digest: outer.finalize())
  }

  public static func authenticationCode<D: DataProtocol>(for data: D, using key: SymmetricKey) -> MAC {
    var code = Self(key: key)
    code.update(data: data)
    return code.finalize()
  }

  public static func isValidAuthenticationCode<D: DataProtocol>(
    _ authenticationCode: MAC, authenticating authenticatedData: D, using key: SymmetricKey
  ) -> Bool {
    safeCompare(authenticationCode, Self.authenticationCode(for: authenticatedData, using: key))
  }

  public static func isValidAuthenticationCode<C: ContiguousBytes, D: DataProtocol>(
    _ authenticationCode: C, authenticating authenticatedData: D, using key: SymmetricKey
  ) -> Bool {
    safeCompare(authenticationCode, Self.authenticationCode(for: authenticatedData, using: key))
  }
}

public struct HKDF<H: HashFunction>: Sendable {
  public static func deriveKey<Salt: DataProtocol, Info: DataProtocol>(
    inputKeyMaterial: SymmetricKey, salt: Salt, info: Info, outputByteCount: Int
  ) -> SymmetricKey {
    let key = extract(inputKeyMaterial: inputKeyMaterial, salt: salt)
    return expand(pseudoRandomKey: key, info: info, outputByteCount: outputByteCount)
  }

  public static func extract<Salt: DataProtocol>(
    inputKeyMaterial: SymmetricKey, salt: Salt?
  ) -> HashedAuthenticationCode<H> {
    let key = SymmetricKey(data: salt.map { Array($0) } ?? [])
    return HMAC<H>.authenticationCode(for: inputKeyMaterial.array, using: key)
  }

  public static func expand<PRK: ContiguousBytes, Info: DataProtocol>(
    pseudoRandomKey prk: PRK, info: Info?, outputByteCount: Int
  ) -> SymmetricKey {
    let key = SymmetricKey(data: prk)
    var (output, last, counter): ([UInt8], [UInt8], UInt8) = ([], [], 0)
    while output.count < outputByteCount {
      counter += 1
      last = HMAC<H>.authenticationCode(for: last + (info.map { Array($0) } ?? []) + [counter], using: key).array
      output += last
    }
    return SymmetricKey(data: Array(output.prefix(outputByteCount)))
  }
}
