// The package beside the implementations of tests/interop, which share no code with it. For tests alone.
//
//   hushring-play play <folder>…    plays the vectors and scenes below these folders
//   hushring-play write <folder>    writes fresh ones: HUSHRING_SCENES scenes (40), HUSHRING_MUTATED contents (400)
//   hushring-play write-scenes <folder>    writes the scenes alone

import Foundation

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.dropFirst()) {
case ("play", let folders) where !folders.isEmpty:
  exit(play(folders.map { URL(fileURLWithPath: $0) }) ? 0 : 1)
case ("write", let folders) where folders.count == 1:
  try folders.first.map { try write(into: URL(fileURLWithPath: $0)) }
case ("write-scenes", let folders) where folders.count == 1:
  try folders.first.map { try writeScenes(into: URL(fileURLWithPath: $0)) }
default:
  print("usage: hushring-play play <folder>… | write <folder> | write-scenes <folder>")
  exit(2)
}
