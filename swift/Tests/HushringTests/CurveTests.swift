import Foundation
import Testing

@testable import Hushring

@Suite("Curve")
struct CurveTests {
  @Test("The self-test passes, and the equation decides each example as the specification does")
  func selfTest() throws {
    let test = SelfTest()
    #expect(test.passes)
    #expect(test.results.count == 15)
    for example in SelfTestExample.all {
      #expect(
        example.signature.equationHolds(example.bytesToSign, key: example.key) == example.isValid, "\(example.name)")
      // A verification with cofactor would accept all of them.
      #expect(example.signature.isSound)
    }
    #expect(test.description.utf8.count > 20)
  }

  @Test("The self-test has the vectors of the cofactor that are not encrypted")
  func selfTestHasTheVectors() throws {
    let folders = ["certificates", "bundles", "revocations", "links"]
    let names = try folders.flatMap { folder in
      try Repository.names(in: "vectors/\(folder)").map { "\(folder)/\($0.dropLast(5))" }
    }.filter { name in
      let rules = try JSON.file("vectors/\(name).json").array("rules").compactMap(\.text)
      return rules.contains("S6") && (name.contains("cofactor") || name.contains("mixed"))
    }
    #expect(Set(names) == Set(SelfTestExample.all.map(\.name)))
    for example in SelfTestExample.all {
      let vector = try JSON.file("vectors/\(example.name).json")
      #expect((vector["expect"]?["error"] == nil) == example.isValid)
      let structure = ["certificate", "bundle", "revocation", "request"].compactMap { vector[$0]?.text }.first ?? ""
      #expect(structure.contains(example.signature.bytes.hexadecimal))
      #expect(structure.contains(example.key.bytes.hexadecimal))
    }
  }

  @Test("The equation agrees with the system about signatures that were made here, and about changed ones")
  func equation() throws {
    for round in 0..<8 {
      let key = try SigningKey.generate()
      let bytes = Array("round \(round)".utf8)
      let signature = try key.signature(for: bytes)
      #expect(signature.equationHolds(bytes, key: key.publicKey))
      #expect(!signature.equationHolds(bytes + [0], key: key.publicKey))
      var changed = signature.bytes
      changed[Int.random(in: 32..<64)] ^= 1 << UInt8.random(in: 0..<8)
      let wrong = try #require(Signature(changed))
      #expect(!wrong.equationHolds(bytes, key: key.publicKey))
      #expect(!wrong.platformVerifies(bytes, key: key.publicKey))
    }
  }

  @Test("The equation decides the signatures of certificates as their vectors say")
  func certificates() throws {
    var (valid, wrong) = (0, 0)
    for path in Repository.jsonFiles(below: "vectors/certificates") {
      let vector = try JSON.file(path)
      guard let certificate = Certificate(unverified: try vector.hex("certificate")),
        code({ try EdwardsPoint.check(certificate.account.bytes.bytes) }) == nil
      else { continue }
      let bytesToSign = Hushring.bytesToSign(.certificate, fields: Array(certificate.bytes.prefix(80)))
      let holds = certificate.signature.equationHolds(bytesToSign, key: certificate.account.bytes)
      #expect(
        (holds && certificate.signature.isSound)
          == certificate.signature.verifies(bytesToSign, key: certificate.account.bytes), "\(path)")
      if vector["expect"]?["error"] == nil { #expect(holds) }
      if holds { valid += 1 } else { wrong += 1 }
    }
    #expect(valid > 10 && wrong > 3)
  }

  @Test("A signature's S is below L, and its R is canonical and not of small order")
  func signatures() throws {
    let key = try SigningKey.generate()
    let signature = try key.signature(for: [])
    // S + L, which some verify.
    let order = Scalar.order.bytes
    var carry = 0
    let larger = zip(signature.s.bytes, order).map { left, right in
      let sum = Int(left) + Int(right) + carry
      carry = sum >> 8
      return UInt8(sum & 255)
    }
    #expect(try #require(Signature(signature.r.bytes + larger)).isSound == false)
    #expect(try #require(Signature(signature.r.bytes + order)).isSound == false)
    let identity: [UInt8] = [1] + Array(repeating: 0, count: 31)
    #expect(try #require(Signature(identity + signature.s.bytes)).isSound == false)
    let notCanonical: [UInt8] = [0xee] + Array(repeating: 0xff, count: 30) + [0x7f]
    #expect(try #require(Signature(notCanonical + signature.s.bytes)).isSound == false)
    #expect(Signature(signature.bytes.dropLast()) == nil)
  }

  @Test("A number modulo p is what it is modulo p")
  func field() {
    // p, p + 18 and 2^255 − 1
    for excess in 0...18 as ClosedRange<UInt8> {
      let bytes = [0xed + excess] + Array(repeating: 0xff, count: 30) + [0x7f]
      let element = Bytes32(bytes).map { FieldElement($0) }
      #expect(element?.bytes == [excess] + Array(repeating: 0, count: 31))
    }
    var power = FieldElement(3)
    for count in 0..<64 {
      let inverse = power.inverse
      #expect((power * inverse - .one).isZero, "\(count)")
      #expect((power - power).isZero)
      #expect((power + -power).isZero)
      #expect(power.squared.isSquare)
      #expect(
        FieldElement.squareRoot(of: power.squared, over: .one).map { ($0.squared - power.squared).isZero } == true)
      // 2 is no square modulo p.
      #expect(!(power.squared * FieldElement(2)).isSquare)
      power = power * power + FieldElement(UInt32(count))
    }
    #expect(FieldElement.zero.isSquare)
  }

  @Test("Scalars are reduced modulo L")
  func scalars() {
    #expect(Scalar.reduced(Scalar.order.bytes) == [0, 0, 0, 0])
    #expect(Scalar.reduced([9] + Array(repeating: 0, count: 63)) == [9, 0, 0, 0])
    // 2^512 − 1 modulo L, by Python.
    #expect(
      Scalar.reduced(Array(repeating: 255, count: 64)).map { String($0, radix: 16) }
        == ["a40611e3449c0f00", "d00e1ba768859347", "ceec73d217f5be65", "399411b7c309a3d"])
  }

  @Test("Every y below 64 is that of a point, or not, as Python has it")
  func points() throws {
    let isPoint = "1101111001100011101101011111111011010101101110001001101111101111"
    for (y, expected) in isPoint.utf8.enumerated() {
      let encoding = [UInt8(y)] + Array(repeating: 0, count: 31)
      // Of 0 and 1, the points are of small order.
      let code: HushringError.Code? = expected == UInt8(ascii: "0") ? .badKey : y < 2 ? .weakKey : nil
      #expect(errorCode(encoding) == code, "\(y)")
    }
  }

  private func errorCode(_ encoding: [UInt8]) -> HushringError.Code? { code { try EdwardsPoint.check(encoding) } }
}
