import Foundation
import Playing

@testable import Hushring

/// Contents of all types, as they went in.
func openedVectors() throws -> [Vector] {
  var vectors: [Vector] = []
  for suite in Suite.allCases {
    for _ in 0..<120 {
      var content = draw.content()
      let sent = try Sent(suite) {
        content = draw.content()
        return compressed(try content.encoded())
      }
      vectors.append(try sent.vector("M2 M3 M4", "A random content.", sent.sealed(), content: content))
    }
    // Its other members take 22 bytes, and the head of its block 5.
    let full = Content.message(.init(body: String(repeating: "x", count: suite.contentRoom - 27)))
    let sent = try Sent(suite, stream: stored(try full.encoded()))
    precondition(sent.stream.count == suite.contentRoom)
    vectors.append(try sent.vector("F1", "No padding.", sent.sealed(), content: full))
  }
  return try vectors + sealedVectors()
}

/// Sealed by the package, and not by this program.
private func sealedVectors() throws -> [Vector] {
  try Suite.allCases.flatMap { suite in
    try (0..<40).map { _ in
      var content = draw.content()
      var sent = try Sent(suite) {
        content = draw.content()
        return Deflate.compress(try content.encoded())
      }
      sent.sentAt = sent.receiver.now
      let envelope = try sent.sender.seal(
        content, to: sent.receiver.bundle(suite), messageID: sent.messageID, now: sent.sentAt)
      return try sent.vector("E16", "Sealed by the package.", envelope, content: content)
    }
  }
}
