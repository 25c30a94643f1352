import Foundation
import Hushring
import Playing

/// Measures what receiving takes of memory and time: what a notification service extension does, in
/// a process of its own. It loads the state from a file, receives an envelope, lists what is
/// pending, and saves.
///
///     hushring-memory
///
/// Memory is the peak (VmHWM) above what the process had before: /proc has it on Linux alone.
@main
struct Memory {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    if let folder = arguments.first, let title = arguments.last {
      let way = arguments.compactMap { Measurement.Way(rawValue: $0) }.first ?? .pieces
      try Measurement(in: URL(fileURLWithPath: folder)).report(title, way)
    } else {
      for scenario in Scenario.allCases { try scenario.measure() }
    }
  }
}

private enum Scenario: String, CaseIterable {
  case empty = "an empty inbox"
  case contacts = "500 contacts, 32,768 ids, 50 events"
  case bounds = "every bound at once"

  func measure() throws {
    let crowded =
      switch self {
      case .empty: try CrowdedInbox(contacts: 1, messageIDs: 0)
      case .contacts: try CrowdedInbox(contacts: 500, messageIDs: 32_768, events: 50)
      case .bounds: try CrowdedInbox.atEveryBound()
      }
    for suite in Suite.supported {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      try Measurement.prepare(crowded, suite, in: folder)
      for way in Measurement.Way.allCases {
        try run([folder.path, way.rawValue, "\(rawValue), \(suite.name)"])
      }
    }
  }

  private func run(_ arguments: [String]) throws {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    child.arguments = arguments
    try child.run()
    child.waitUntilExit()
    guard child.terminationStatus == 0 else { exit(child.terminationStatus) }
  }
}
