import Foundation

/// The files of the repository, which the tests read where they are.
enum Repository {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../..").standardizedFileURL

  /// - Parameter path: from the root, such as `vectors/envelope/good.json`.
  static func data(_ path: String) throws -> Data { try Data(contentsOf: root.appendingPathComponent(path)) }

  /// The names of a folder's files that end so, sorted.
  static func names(in folder: String, suffix: String = ".json") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.utf8.reversed().starts(with: suffix.utf8.reversed()) }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
