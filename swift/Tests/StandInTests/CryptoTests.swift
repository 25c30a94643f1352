import Foundation
import Testing

@testable import Crypto

/// The published cases that the Rust crate's tests have (tests/known_answers/README.md says from where).
private func cases<Case: Decodable>(_ name: String, of _: Case.Type = Case.self) throws -> [Case] {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
  let file = root.appendingPathComponent("tests/known_answers/data/\(name).json")
  return try JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
}

/// Bytes that stand in a file as hexadecimal digits.
private struct Hex: Decodable, Equatable {
  let bytes: [UInt8]

  init(from decoder: any Decoder) throws {
    let digits = Array(try decoder.singleValueContainer().decode(String.self).utf8)
    bytes = stride(from: 0, to: digits.count, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }
}

@Suite struct CryptoTests {
  @Test func hashesGiveTheAnswersOfTheirStandards() {
    let empty = Data()
    #expect(
      SHA256.hash(data: empty).description
        == "SHA256Digest: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(SHA512.hash(data: Array("abc".utf8)).array.prefix(4) == [0xdd, 0xaf, 0x35, 0xa1])
    #expect(sha3_256([]).prefix(4) == [0xa7, 0xff, 0xc6, 0xf8])
    #expect(shake256([], count: 64).prefix(4) == [0x46, 0xb9, 0xdd, 0x2b])
  }

  @Test func aCopyOfAHashGoesItsOwnWay() {
    var one = SHA256()
    one.update(data: [1])
    var two = one
    two.update(data: [2])
    one.update(data: [3])
    #expect(one.finalize() == SHA256.hash(data: [1, 3]))
    #expect(two.finalize() == SHA256.hash(data: [1, 2]))
    #expect(two.finalize() == SHA256.hash(data: [1, 2]))
  }

  /// RFC 4231, cases 2 and 6.
  @Test func hmacGivesThePublishedCodes() {
    let short = HMAC<SHA256>.authenticationCode(
      for: Array("what do ya want for nothing?".utf8), using: SymmetricKey(data: Array("Jefe".utf8)))
    #expect(short.array.prefix(4) == [0x5b, 0xdc, 0xc1, 0x46])
    let long = HMAC<SHA512>.authenticationCode(
      for: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      using: SymmetricKey(data: [UInt8](repeating: 0xaa, count: 131)))
    #expect(long.array.prefix(4) == [0x80, 0xb2, 0x42, 0x63])
  }

  @Test func aCodeIsValidForItsDataAlone() {
    let key = SymmetricKey(size: .bits256)
    let code = Data(HMAC<SHA256>.authenticationCode(for: [1, 2, 3], using: key))
    #expect(HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: [1, 2, 3], using: key))
    #expect(!HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: [1, 2, 4], using: key))
    #expect(!HMAC<SHA256>.isValidAuthenticationCode(code.dropLast(), authenticating: [1, 2, 3], using: key))
  }

  /// RFC 5869, case 1.
  @Test func hkdfGivesThePublishedKey() {
    let key = HKDF<SHA256>.deriveKey(
      inputKeyMaterial: SymmetricKey(data: [UInt8](repeating: 0x0b, count: 22)), salt: Array(0...12),
      info: Array(0xf0...0xf9), outputByteCount: 42)
    #expect(key.array.prefix(4) == [0x3c, 0xb2, 0x5f, 0x25])
    #expect(key.array.suffix(4) == [0x87, 0x18, 0x58, 0x65])
  }

  @Test func ed25519JudgesAsPublished() throws {
    struct Case: Decodable {
      let tcId: Int
      let pk, msg, sig: Hex
      let result: String
    }
    let cases: [Case] = try cases("ed25519")
    #expect(cases.count == 151)
    for test in cases {
      let key = try Curve25519.Signing.PublicKey(rawRepresentation: test.pk.bytes)
      #expect(key.isValidSignature(test.sig.bytes, for: test.msg.bytes) == (test.result == "valid"), "\(test.tcId)")
    }
  }

  @Test func aSignatureIsValidForItsKeyAndMessage() throws {
    let key = Curve25519.Signing.PrivateKey()
    let again = try Curve25519.Signing.PrivateKey(rawRepresentation: key.rawRepresentation)
    let signature = try again.signature(for: Data([1, 2, 3]))
    #expect(key.publicKey.isValidSignature(signature, for: Data([1, 2, 3])))
    #expect(!key.publicKey.isValidSignature(signature, for: Data([1, 2])))
    #expect(!Curve25519.Signing.PrivateKey().publicKey.isValidSignature(signature, for: Data([1, 2, 3])))
  }

  @Test func any32BytesAreAPublicKey() throws {
    let key = try Curve25519.Signing.PublicKey(rawRepresentation: [2] + [UInt8](repeating: 0, count: 31))
    #expect(!key.isValidSignature(Data(count: 64), for: Data()))
    #expect(throws: CryptoKitError.incorrectKeySize) {
      try Curve25519.Signing.PublicKey(rawRepresentation: [UInt8](repeating: 1, count: 31))
    }
  }

  /// Also the zeros of keys of low order, which OpenSSL refuses and CryptoKit gives.
  @Test func x25519GivesThePublishedSecrets() throws {
    struct Case: Decodable {
      let tcId: Int
      let `public`, `private`, shared: Hex
    }
    let cases: [Case] = try cases("x25519")
    #expect(cases.count == 518)
    for test in cases {
      let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: test.private.bytes)
      #expect(Array(key.rawRepresentation) == test.private.bytes)
      let peer = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: test.public.bytes)
      #expect(try key.sharedSecretFromKeyAgreement(with: peer).array == test.shared.bytes, "\(test.tcId)")
    }
  }

  @Test func xWingGivesThePublishedSecrets() throws {
    struct Case: Decodable {
      let seed, eseed, pk, ct, ss: Hex
    }
    let cases: [Case] = try cases("xwing")
    #expect(cases.count == 3)
    for test in cases {
      let key = try XWingMLKEM768X25519.PrivateKey(seedRepresentation: test.seed.bytes, publicKey: nil)
      #expect(Array(key.publicKey.rawRepresentation) == test.pk.bytes)
      let result = try key.publicKey.encapsulate(entropy: test.eseed.bytes)
      #expect(Array(result.encapsulated) == test.ct.bytes)
      #expect(result.sharedSecret.array == test.ss.bytes)
      #expect(try key.decapsulate(result.encapsulated).array == test.ss.bytes)
    }
  }

  @Test func xWingRefusesThePublicKeyOfAnotherSeed() throws {
    let (one, two) = (try XWingMLKEM768X25519.PrivateKey(), try XWingMLKEM768X25519.PrivateKey())
    #expect(throws: (any Error).self) {
      try XWingMLKEM768X25519.PrivateKey(seedRepresentation: one.seedRepresentation, publicKey: two.publicKey)
    }
    let key = try XWingMLKEM768X25519.PrivateKey(
      seedRepresentation: one.seedRepresentation, publicKey: one.publicKey)
    let result = try key.publicKey.encapsulate()
    #expect(try one.decapsulate(result.encapsulated) == result.sharedSecret)
    #expect(try two.decapsulate(result.encapsulated) != result.sharedSecret)
  }

  @Test func hpkeGivesThePublishedCiphertexts() throws {
    struct Encryption: Decodable {
      let aad, pt, ct: Hex
    }
    struct Case: Decodable {
      let kem_id, kdf_id, aead_id: Int
      let info, ikmE, skRm, pkRm, enc: Hex
      let encryptions: [Encryption]
    }
    let cases: [Case] = try cases("hpke")
    #expect(cases.map { [$0.kem_id, $0.kdf_id, $0.aead_id] } == [[0x20, 1, 3], [0x20, 1, 2], [0x647a, 1, 3]])
    for test in cases {
      let suite = HPKE.Ciphersuite(
        kem: test.kem_id == 0x20 ? .Curve25519_HKDF_SHA256 : .XWingMLKEM768X25519, kdf: .HKDF_SHA256,
        aead: test.aead_id == 3 ? .chaChaPoly : .AES_GCM_256)
      let info = Data(test.info.bytes)
      var sender: HPKE.Sender
      var recipient: HPKE.Recipient
      if test.kem_id == 0x20 {
        let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: test.skRm.bytes)
        #expect(Array(key.publicKey.rawRepresentation) == test.pkRm.bytes)
        sender = try HPKE.Sender(
          recipientKey: key.publicKey, ephemeral: try derivedKey(test.ikmE.bytes), ciphersuite: suite, info: info)
        recipient = try HPKE.Recipient(
          privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: Data(test.enc.bytes))
      } else {
        let key = try XWingMLKEM768X25519.PrivateKey(seedRepresentation: test.skRm.bytes, publicKey: nil)
        #expect(Array(key.publicKey.rawRepresentation) == test.pkRm.bytes)
        sender = try HPKE.Sender(
          encapsulation: key.publicKey.encapsulate(entropy: test.ikmE.bytes), ciphersuite: suite, info: info)
        recipient = try HPKE.Recipient(
          privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: Data(test.enc.bytes))
      }
      #expect(Array(sender.encapsulatedKey) == test.enc.bytes)
      #expect(test.encryptions.count == 3)
      for encryption in test.encryptions {
        let (aad, message) = (encryption.aad.bytes, encryption.pt.bytes)
        #expect(Array(try sender.seal(message, authenticating: aad)) == encryption.ct.bytes)
        #expect(throws: CryptoKitError.authenticationFailure) {
          try recipient.open(encryption.ct.bytes, authenticating: aad + [0])
        }
        #expect(Array(try recipient.open(encryption.ct.bytes, authenticating: aad)) == message)
      }
    }
  }

  /// DeriveKeyPair of RFC 9180, section 7.1.3.
  private func derivedKey(_ ikm: [UInt8]) throws -> Curve25519.KeyAgreement.PrivateKey {
    let suite = Array("KEM".utf8) + [0x00, 0x20]
    let key = HPKE.Context.labeledExtract(salt: [], suite: suite, label: "dkp_prk", ikm: SymmetricKey(data: ikm))
    return try Curve25519.KeyAgreement.PrivateKey(
      rawRepresentation: HPKE.Context.labeledExpand(key, suite: suite, label: "sk", info: [], count: 32))
  }

  @Test func bothCiphersuitesOfThePackageOpenWhatTheySealed() throws {
    let (info, message, aad) = (Data("info".utf8), Data(repeating: 7, count: 2000), Data([1, 2]))
    let one = Curve25519.KeyAgreement.PrivateKey()
    var sender = try HPKE.Sender(
      recipientKey: one.publicKey, ciphersuite: .Curve25519_SHA256_ChachaPoly, info: info)
    var recipient = try HPKE.Recipient(
      privateKey: one, ciphersuite: .Curve25519_SHA256_ChachaPoly, info: info, encapsulatedKey: sender.encapsulatedKey)
    #expect(try recipient.open(sender.seal(message, authenticating: aad), authenticating: aad) == message)

    let two = try XWingMLKEM768X25519.PrivateKey()
    sender = try HPKE.Sender(
      recipientKey: two.publicKey, ciphersuite: .XWingMLKEM768X25519_SHA256_AES_GCM_256, info: info)
    recipient = try HPKE.Recipient(
      privateKey: two, ciphersuite: .XWingMLKEM768X25519_SHA256_AES_GCM_256, info: info,
      encapsulatedKey: sender.encapsulatedKey)
    #expect(try recipient.open(sender.seal(Data(), authenticating: aad), authenticating: aad) == Data())
    #expect(throws: (any Error).self) { try recipient.open(Data(count: 15), authenticating: aad) }
  }
}
