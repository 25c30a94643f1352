import Foundation
import Hushring
import Playing

/// Plays the vectors and scenes whose paths it reads, until one fails.
@main
enum Play {
  static func main() {
    while let path = readLine() {
      // Said before, because what is switched off may let it trap.
      print(path)
      do {
        try play(JSON.file(path))
      } catch {
        print("\(path): \(error)")
        exit(1)
      }
    }
  }

  private static func play(_ file: Value) throws {
    guard let kind = file["kind"]?.text else { return try ScenePlayer.check(file) }
    if kind == "open" {
      try InboxOpeningPlayer.check(file)
    } else {
      try VectorPlayer.check(file)
    }
  }
}
