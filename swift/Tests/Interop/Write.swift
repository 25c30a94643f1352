import Foundation
import Playing

@testable import Hushring

/// A vector before it has a name.
struct Vector {
  let kind: String
  let rules: String
  let comment: String
  let members: Value

  /// - Parameter members: inputs, and `expect`.
  init(_ kind: String, _ rules: String, _ comment: String, _ members: KeyValuePairs<String, Value?>) {
    self.kind = kind
    self.rules = rules
    self.comment = comment
    self.members = .object(members)
  }

  /// Expects what the package itself gives: the others say whether that is right.
  init(
    asking kind: String, _ rules: String, _ comment: String, _ members: KeyValuePairs<String, Value?>,
    and others: Value = [:]
  ) throws {
    self.kind = kind
    self.rules = rules
    self.comment = comment
    let inputs = Value.object(members).merging(others).with("kind", .text(kind))
    self.members = inputs.with("expect", try VectorPlayer.answer(inputs))
  }

  func named(_ name: String) -> Value {
    members.merging(
      .object([
        "name": .text(name), "comment": .text(comment), "kind": .text(kind),
        "rules": .array(rules.split(separator: " ").map { .text(String($0)) }),
      ]))
  }
}

/// Writes fresh vectors and scenes.
func write(into folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  var vectors = try signedVectors() + openedVectors() + refusedVectors() + listVectors()
  vectors += try mutatedContents(count("HUSHRING_MUTATED", 400))
  for (place, vector) in vectors.enumerated() {
    let name = String(format: "%05d-", place) + vector.kind
    try write(vector.named(name), to: folder.appendingPathComponent("\(name).json"))
  }
  print("\(vectors.count) vectors written")
  try writeScenes(into: folder)
}

/// Writes random scenes.
func writeScenes(into folder: URL) throws {
  let scenes = folder.appendingPathComponent("scenes")
  try FileManager.default.createDirectory(at: scenes, withIntermediateDirectories: true)
  let walks = count("HUSHRING_SCENES", 40)
  for place in 0..<walks {
    let name = String(format: "%05d-walk", place)
    var walk = try Walk()
    try write(walk.go().with("name", .text(name)), to: scenes.appendingPathComponent("\(name).json"))
  }
  print("\(walks) scenes written")
}

private func count(_ name: String, _ otherwise: Int) -> Int {
  ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? otherwise
}

private func write(_ value: Value, to file: URL) throws { try Data(JSON.text(value).utf8).write(to: file) }
