import Foundation
import Testing

@testable import Hushring

@Suite("Curve")
struct CurveTests {
  @Test("The self-test passes where verification is without cofactor")
  func selfTest() throws {
    let test = SelfTest()
    #expect(test.passes)
    #expect(test.results.count == 15)
    for example in SelfTestExample.all {
      // A verification with cofactor would accept all of them.
      #expect(example.signature.isSound, "\(example.name)")
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

  @Test("A signature's S is below L, and its R is canonical and not of small order")
  func signatures() throws {
    let key = try SigningKey.generate()
    let signature = try key.signature(for: [])
    // S + L, which some verify.
    let order = Signature.order.bytes
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
      // 2 is no square modulo p.
      #expect(!(power.squared * FieldElement(2)).isSquare)
      power = power * power + FieldElement(UInt32(count))
    }
    #expect(FieldElement.zero.isSquare)
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
