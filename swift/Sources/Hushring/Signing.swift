import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// A structure without its signature (spec/envelope.md, section 4).
///
/// Keys at hand and outside signers sign it in the same way.
struct Unsigned<Signed> {
  let bytesToSign: [UInt8]
  /// The public key that the signature verifies under.
  let key: Bytes32
  let complete: @Sendable (Signature) -> Signed

  init(_ label: Label, fields: [UInt8], key: Bytes32, complete: @escaping @Sendable (Signature) -> Signed) {
    bytesToSign = Hushring.bytesToSign(label, fields: fields)
    self.key = key
    self.complete = complete
  }

  private init(bytesToSign: [UInt8], key: Bytes32, complete: @escaping @Sendable (Signature) -> Signed) {
    self.bytesToSign = bytesToSign
    self.key = key
    self.complete = complete
  }

  func map<Other>(_ transform: @escaping @Sendable (Signed) -> Other) -> Unsigned<Other> {
    Unsigned<Other>(bytesToSign: bytesToSign, key: key) { [complete] in transform(complete($0)) }
  }

  /// - Throws: ``HushringError/Code/badSignature`` (S2).
  func signed(by key: SigningKey) throws(HushringError) -> Signed { complete(try key.signature(for: bytesToSign)) }

  /// - Throws: ``HushringError/Code/invalidSigner``, ``HushringError/Code/badSignature`` (S2), and
  ///   what the signer throws.
  func signed(by signer: any Signer) async throws -> Signed {
    complete(try await signer.verifiedSignature(for: bytesToSign, key: key))
  }
}

/// What is signed: a label, and a hash of the fields. At most 87 bytes.
func bytesToSign(_ label: Label, fields: [UInt8]) -> [UInt8] { label.bytes + SHA512.hash(data: fields) }

/// An Ed25519 private key at hand.
struct SigningKey: Sendable, Secretive {
  private let key: Curve25519.Signing.PrivateKey
  let publicKey: Bytes32

  /// - Throws: ``HushringError/Code/noRandomness``.
  static func generate() throws(HushringError) -> SigningKey {
    var seed = try Random.bytes(Limits.seedLength)
    defer { wipe(&seed) }
    return try SigningKey(seed: seed)
  }

  /// - Throws: ``HushringError/Code/badLength`` unless there are 32 bytes.
  init(seed: some ContiguousBytes) throws(HushringError) {
    guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
      let publicKey = Bytes32(key.publicKey.rawRepresentation)
    else { throw HushringError(.badLength) }
    self.key = key
    self.publicKey = publicKey
  }

  var description: String { "SigningKey" }

  /// The 32 bytes of RFC 8032's private key.
  var seed: Data { key.rawRepresentation }

  /// Signs, and verifies what it signed.
  ///
  /// - Throws: ``HushringError/Code/badSignature`` (S2).
  func signature(for bytesToSign: [UInt8]) throws(HushringError) -> Signature {
    guard let signature = (try? key.signature(for: bytesToSign)).flatMap({ Signature($0) }),
      signature.verifies(bytesToSign, key: publicKey)
    else { throw HushringError(.badSignature) }
    return signature
  }
}

/// Overwrites a buffer of one's own that held a secret. Of an array that others share, they keep a copy.
func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { bytes in
    guard let start = bytes.baseAddress else { return }
    // Nothing reads the buffer afterwards, so that a compiler would leave out a loop.
    #if canImport(Darwin)
      memset_s(start, bytes.count, 0, bytes.count)
    #else
      explicit_bzero(start, bytes.count)
    #endif
  }
}

func wipe(_ data: inout Data) { data.resetBytes(in: data.startIndex..<data.endIndex) }
