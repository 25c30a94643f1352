import Foundation
import Hushring
import Security

/// `drive KILLS [SEED]`, or of one that is driven: `app FOLDER`, `extension FOLDER`.
let arguments = CommandLine.arguments.dropFirst()

switch (arguments.first, arguments.dropFirst().first) {
case ("drive", let kills?):
  guard let kills = Int(kills) else { fatalError("how many kills?") }
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-shared-\(getpid())")
  let seed = arguments.dropFirst(2).first.flatMap { UInt64($0) } ?? .random(in: 0...UInt64.max)
  print("seed \(seed), in \(folder.path)")
  do {
    var driver = try Driver(Place(folder), seed: seed)
    try driver.run(kills: kills)
  } catch {
    print(error)
    exit(1)
  }
  try FileManager.default.removeItem(at: folder)
case (let role?, let folder?):
  guard let role = Role(rawValue: role) else { fatalError("neither app nor extension") }
  let place = Place(URL(fileURLWithPath: folder))
  do { try place.withKeychain { try Player(role, place).play() } } catch {
    print("\(role): \(error)")
    exit(1)
  }
default: fatalError("drive KILLS [SEED]")
}
