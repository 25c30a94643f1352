import Foundation

/// Signs with an Ed25519 key that lives elsewhere, such as in the keychain of another process or in
/// a remote service. (Keys of the Secure Enclave are P-256, and cannot sign here.)
///
/// It sees no content: what it signs is a label and a hash (spec/envelope.md, section 4). What it
/// returns is verified before it is used.
public protocol Signer: Sendable {
  /// Returns the signature of bytes, at most 128 of them (version 1 uses at most 87): the 64 bytes
  /// of RFC 8032, section 5.1, without context and prehash. It may differ each time.
  ///
  /// An error that it throws is passed on as it is.
  func signature(for bytes: Data) async throws -> Data
}

extension Signer {
  func verifiedSignature(for bytesToSign: [UInt8], key: Bytes32) async throws -> Signature {
    guard let signature = Signature(try await signature(for: Data(bytesToSign))) else {
      throw HushringError(.invalidSigner)
    }
    guard signature.verifies(bytesToSign, key: key) else { throw HushringError(.badSignature) }
    return signature
  }
}
