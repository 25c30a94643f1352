import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// Random bytes for private keys, secrets and names (spec/envelope.md, K1).
enum Random {
  /// Tests put a broken source in its place.
  @TaskLocal static var source = RandomSource { count in
    var system = SystemRandomNumberGenerator()
    return (0..<count).map { _ in system.next() }
  }

  /// - Throws: ``HushringError/Code/noRandomness``.
  static func bytes(_ count: Int) throws(HushringError) -> [UInt8] { try source.bytes(count) }
}

/// A source of random bytes that is watched for what mocked and broken sources do: nothing, zeros,
/// or the same again. It is not a test of how good the source is.
final class RandomSource: @unchecked Sendable {
  private let draw: @Sendable (Int) -> [UInt8]?
  private let lock = NSLock()
  private var last: SHA256.Digest?

  init(_ draw: @escaping @Sendable (Int) -> [UInt8]?) { self.draw = draw }

  func bytes(_ count: Int) throws(HushringError) -> [UInt8] {
    lock.lock()
    defer { lock.unlock() }
    if last == nil { _ = try watched(16) }
    return try watched(count)
  }

  private func watched(_ count: Int) throws(HushringError) -> [UInt8] {
    guard let bytes = draw(count), bytes.count == count else { throw HushringError(.noRandomness) }
    guard count >= 16 else { return bytes }
    // A hash, because the bytes are secret, and of their beginning, which may be all that is the same.
    let beginning = SHA256.hash(data: bytes.prefix(16))
    guard bytes.contains(where: { $0 != 0 }), beginning != last else { throw HushringError(.noRandomness) }
    last = beginning
    return bytes
  }
}
