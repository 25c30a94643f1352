import Foundation
import Testing

/// A Mac refuses to compile what Linux takes, because swift-crypto marks X-Wing as available everywhere.
@Suite("Availability")
struct AvailabilityTests {
  @Test("CryptoKit's X-Wing stands in declarations that are marked available from iOS 26 on")
  func xwing() throws {
    var found = 0
    for (path, text) in try sources() {
      var isMarked = false
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if line.utf8.elementsEqual("@available(iOS 26, macOS 26, *)".utf8) { isMarked = true }
        if line.utf8.elementsEqual("}".utf8) { isMarked = false }
        guard line.contains("XWingMLKEM768X25519"), !line.contains("//") else { continue }
        #expect(isMarked, "\(path): \(line)")
        found += 1
      }
    }
    #expect(found >= 3)
  }

  private func sources() throws -> [(path: String, text: String)] {
    let folder = Repository.root.appendingPathComponent("swift/Sources")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return try (files ?? []).filter { $0.pathExtension == "swift" }.map { file in
      (file.path, try String(contentsOf: file, encoding: .utf8))
    }
  }
}
