// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

import COpenSSL
import Foundation

extension ContiguousBytes {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

/// In a time that depends on the lengths alone.
func safeCompare(_ left: some ContiguousBytes, _ right: some ContiguousBytes) -> Bool {
  left.withUnsafeBytes { left in
    right.withUnsafeBytes { right in
      left.count == right.count && CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
    }
  }
}

func randomBytes(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  precondition(RAND_bytes(&bytes, Int32(count)) == 1, "OpenSSL has no random bytes")
  return bytes
}

/// Extendable output, of all bytes at once.
func shake256(_ bytes: [UInt8], count: Int) -> [UInt8] {
  let context = EVP_MD_CTX_new()
  defer { EVP_MD_CTX_free(context) }
  var output = [UInt8](repeating: 0, count: count)
  precondition(EVP_DigestInit_ex(context, EVP_shake256(), nil) == 1)
  precondition(EVP_DigestUpdate(context, bytes, bytes.count) == 1)
  precondition(EVP_DigestFinalXOF(context, &output, count) == 1)
  return output
}

/// A key of one of OpenSSL's algorithms.
final class OpenSSLKey: @unchecked Sendable {
  // Used for reading alone once it is made, which OpenSSL allows from several threads.
  private let key: OpaquePointer

  private init?(_ key: OpaquePointer?) {
    ERR_clear_error()
    guard let key else { return nil }
    self.key = key
  }

  deinit { EVP_PKEY_free(key) }

  convenience init?(algorithm: String, publicKey: [UInt8]) {
    self.init(EVP_PKEY_new_raw_public_key_ex(nil, algorithm, nil, publicKey, publicKey.count))
  }

  convenience init?(algorithm: String, privateKey: [UInt8]) {
    self.init(EVP_PKEY_new_raw_private_key_ex(nil, algorithm, nil, privateKey, privateKey.count))
  }

  /// - Parameter seed: 64 bytes, d ‖ z of FIPS 203.
  convenience init?(mlkem768Seed seed: [UInt8]) {
    var seed = seed
    let context = EVP_PKEY_CTX_new_from_name(nil, "ML-KEM-768", nil)
    defer { EVP_PKEY_CTX_free(context) }
    var key: OpaquePointer?
    let made = seed.withUnsafeMutableBytes { seed in
      var parameters = [
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_ML_KEM_SEED, seed.baseAddress, seed.count),
        OSSL_PARAM_construct_end(),
      ]
      return EVP_PKEY_fromdata_init(context) == 1
        && EVP_PKEY_fromdata(context, &key, keypair_selection, &parameters) == 1
    }
    self.init(made ? key : nil)
  }

  var publicKey: [UInt8] {
    var count = 0
    precondition(EVP_PKEY_get_raw_public_key(key, nil, &count) == 1)
    var bytes = [UInt8](repeating: 0, count: count)
    precondition(EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1)
    return bytes
  }

  func ed25519Signature(for message: [UInt8]) -> [UInt8] {
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 64)
    var count = signature.count
    precondition(EVP_DigestSignInit(context, nil, nil, nil, key) == 1)
    precondition(EVP_DigestSign(context, &signature, &count, message, message.count) == 1 && count == 64)
    return signature
  }

  func isValidEd25519(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    let context = EVP_MD_CTX_new()
    defer {
      EVP_MD_CTX_free(context)
      ERR_clear_error()
    }
    precondition(EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1)
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  /// OpenSSL refuses a secret that is all zero, which CryptoKit gives.
  func x25519(with peer: OpenSSLKey) -> [UInt8] {
    let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
    defer {
      EVP_PKEY_CTX_free(context)
      ERR_clear_error()
    }
    var secret = [UInt8](repeating: 0, count: 32)
    var count = secret.count
    precondition(EVP_PKEY_derive_init(context) == 1)
    precondition(EVP_PKEY_derive_set_peer_ex(context, peer.key, 0) == 1)
    guard EVP_PKEY_derive(context, &secret, &count) == 1 else { return [UInt8](repeating: 0, count: 32) }
    return secret
  }

  /// - Parameter entropy: 32 bytes, m of FIPS 203.
  func mlkem768Encapsulation(entropy: [UInt8]) -> (secret: [UInt8], ciphertext: [UInt8])? {
    var entropy = entropy
    let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
    defer {
      EVP_PKEY_CTX_free(context)
      ERR_clear_error()
    }
    var secret = [UInt8](repeating: 0, count: 32)
    var ciphertext = [UInt8](repeating: 0, count: 1088)
    var (secretCount, ciphertextCount) = (secret.count, ciphertext.count)
    let done = entropy.withUnsafeMutableBytes { entropy in
      var parameters = [
        OSSL_PARAM_construct_octet_string(OSSL_KEM_PARAM_IKME, entropy.baseAddress, entropy.count),
        OSSL_PARAM_construct_end(),
      ]
      return EVP_PKEY_encapsulate_init(context, &parameters) == 1
        && EVP_PKEY_encapsulate(context, &ciphertext, &ciphertextCount, &secret, &secretCount) == 1
    }
    return done ? (secret, ciphertext) : nil
  }

  /// - Parameter ciphertext: 1,088 bytes. One that nobody made for this key gives a secret that nobody knows.
  func mlkem768Decapsulation(of ciphertext: [UInt8]) -> [UInt8]? {
    let context = EVP_PKEY_CTX_new_from_pkey(nil, key, nil)
    defer {
      EVP_PKEY_CTX_free(context)
      ERR_clear_error()
    }
    var secret = [UInt8](repeating: 0, count: 32)
    var count = secret.count
    guard EVP_PKEY_decapsulate_init(context, nil) == 1,
      EVP_PKEY_decapsulate(context, &secret, &count, ciphertext, ciphertext.count) == 1
    else { return nil }
    return secret
  }
}

/// Authenticated encryption with a nonce of 12 bytes and a tag of 16, at the end.
enum AuthenticatedCipher {
  private static let tagCount = 16

  static func seal(
    _ cipher: OpaquePointer?, key: [UInt8], nonce: [UInt8], message: [UInt8], aad: [UInt8]
  ) -> [UInt8] {
    let context = EVP_CIPHER_CTX_new()
    defer { EVP_CIPHER_CTX_free(context) }
    var (count, last) = (Int32(0), Int32(0))
    var output = [UInt8](repeating: 0, count: message.count + tagCount)
    precondition(EVP_EncryptInit_ex(context, cipher, nil, key, nonce) == 1)
    precondition(EVP_EncryptUpdate(context, nil, &count, aad, Int32(aad.count)) == 1)
    precondition(EVP_EncryptUpdate(context, &output, &count, message, Int32(message.count)) == 1)
    output.withUnsafeMutableBytes { output in
      let tag = output.baseAddress?.advanced(by: message.count)
      precondition(EVP_EncryptFinal_ex(context, tag?.assumingMemoryBound(to: UInt8.self), &last) == 1)
      precondition(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagCount), tag) == 1)
    }
    return output
  }

  static func open(
    _ cipher: OpaquePointer?, key: [UInt8], nonce: [UInt8], ciphertext: [UInt8], aad: [UInt8]
  ) -> [UInt8]? {
    guard ciphertext.count >= tagCount else { return nil }
    let context = EVP_CIPHER_CTX_new()
    defer {
      EVP_CIPHER_CTX_free(context)
      ERR_clear_error()
    }
    var (count, last) = (Int32(0), Int32(0))
    let length = ciphertext.count - tagCount
    var tag = Array(ciphertext.suffix(tagCount))
    // One byte more, so that there is a place to write nothing to.
    var output = [UInt8](repeating: 0, count: length + 1)
    precondition(EVP_DecryptInit_ex(context, cipher, nil, key, nonce) == 1)
    precondition(EVP_DecryptUpdate(context, nil, &count, aad, Int32(aad.count)) == 1)
    precondition(EVP_DecryptUpdate(context, &output, &count, ciphertext, Int32(length)) == 1)
    precondition(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagCount), &tag) == 1)
    var end = [UInt8](repeating: 0, count: 32)
    guard EVP_DecryptFinal_ex(context, &end, &last) == 1 else { return nil }
    return Array(output.prefix(length))
  }
}
