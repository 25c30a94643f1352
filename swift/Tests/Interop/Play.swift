import Foundation
import Hushring
import Playing

/// Plays all that is below these folders, and says what differs.
func play(_ folders: [URL]) -> Bool {
  var (passed, failed, skipped) = (0, 0, 0)
  for path in folders.flatMap(JSON.files) {
    do {
      guard try play(JSON.parse(Data(contentsOf: path))) else {
        skipped += 1
        continue
      }
      passed += 1
    } catch {
      failed += 1
      print("\(path.path): \(error)".prefix(4_000))
    }
  }
  print("# pass \(passed)\n# fail \(failed)")
  // Pushes are the relay's.
  if skipped > 0 { print("# skipped \(skipped) of pushes") }
  return failed == 0 && passed > 0
}

/// Whether there is a player of its kind.
private func play(_ vector: Value) throws -> Bool {
  if vector["steps"] != nil {
    try ScenePlayer.check(vector)
    return true
  }
  switch try vector.text("kind") {
  case "push", "audit": return false
  case "open":
    try VectorPlayer.check(vector)
    try InboxOpeningPlayer.check(vector)
  default: try VectorPlayer.check(vector)
  }
  return true
}
