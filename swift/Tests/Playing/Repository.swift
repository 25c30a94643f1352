import Foundation

/// The files of the repository, which the tests read where they are.
public enum Repository {
  public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../..").standardizedFileURL

  /// - Parameter path: from the root, such as `vectors/keys/account-of-rfc-8032.json`.
  public static func data(_ path: String) throws -> Data { try Data(contentsOf: root.appendingPathComponent(path)) }

  /// The paths of all files of JSON below a folder, from the root, sorted.
  public static func jsonFiles(below folder: String) -> [String] {
    JSON.files(below: root.appendingPathComponent(folder)).map { String($0.path.dropFirst(root.path.count + 1)) }
  }

  /// The names of a folder's files of JSON, sorted.
  public static func names(in folder: String) throws -> [String] {
    JSON.files(below: root.appendingPathComponent(folder)).map(\.lastPathComponent)
  }
}

extension JSON {
  /// All files of JSON below a folder, sorted.
  public static func files(below folder: URL) -> [URL] {
    var found: [URL] = []
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let path = folder.appendingPathComponent(name)
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder)
      if isFolder.boolValue {
        found += files(below: path)
      } else if path.pathExtension == "json" {
        found.append(path)
      }
    }
    return found
  }
}
