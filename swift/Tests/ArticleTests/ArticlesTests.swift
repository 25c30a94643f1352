import Foundation
import Testing

/// The articles of the package, and swift/README.md: their code is code that is compiled and run,
/// and the symbols that they name are there.
@Suite struct ArticlesTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    .standardizedFileURL

  static let articles: [String] = {
    let folders = ["swift/Sources/Hushring/Hushring.docc", "swift/Sources/HushringCallKit/HushringCallKit.docc"]
    return ["swift/README.md"] + folders.flatMap { files(in: $0, ending: ".md") }
  }()

  /// Where the code of a block may stand.
  static let sources: [[String]] = {
    let folders = [
      "swift/Tests/ArticleTests", "swift/Tests/HushringCallKitTests", "swift/Examples/NotificationService",
      "swift/Examples/Shared", "swift/Examples/App",
    ]
    return folders.flatMap { files(in: $0, ending: ".swift") }.map(linesOfFile)
  }()

  static func files(in folder: String, ending: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)) ?? []
    return names.filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
  }

  static func text(_ path: String) -> String {
    (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? ""
  }

  /// Without white space at their ends, and without empty ones.
  static func linesOfFile(_ path: String) -> [String] { lines(of: text(path)) }

  static func lines(of text: String) -> [String] {
    text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  @Test func thereAreArticles() { #expect(Self.articles.count >= 12) }

  @Test(arguments: articles)
  func theCodeOfAnArticleIsCompiled(article: String) {
    for block in Self.blocks(of: Self.text(article)) {
      let code = Self.lines(of: block)
      let isThere = Self.sources.contains { source in
        source.indices.contains { source[$0...].starts(with: code) }
      }
      #expect(isThere, "no source has this code of \(article):\n\(block)")
    }
  }

  private static func blocks(of text: String) -> [String] {
    text.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "\n```")[0] }
  }

  /// Every identifier of the package's sources.
  static let identifiers: Set<String> = {
    let folders = ["", "Bundles", "Content", "Envelope", "Inbox", "Inbox/State", "Linking", "SelfTest", "Sharing"]
    var paths = folders.flatMap { files(in: "swift/Sources/Hushring/\($0)", ending: ".swift") }
    paths += files(in: "swift/Sources/HushringCallKit", ending: ".swift")
    return Set(paths.flatMap { words(of: text($0)) })
  }()

  static func words(of text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
  }

  @Test(arguments: articles)
  func theSymbolsOfAnArticleAreThere(article: String) {
    let parts = Self.text(article).components(separatedBy: "``")
    for index in stride(from: 1, to: parts.count, by: 2) where !parts[index].contains("\n") {
      for word in Self.words(of: parts[index]) where !["Hushring", "HushringCallKit", "_"].contains(word) {
        #expect(Self.identifiers.contains(word), "\(article) names \(parts[index])")
      }
    }
  }

  @Test(arguments: articles)
  func theLinksOfAnArticleLeadSomewhere(article: String) {
    let text = Self.text(article)
    let folder = URL(fileURLWithPath: article).deletingLastPathComponent().relativePath
    for link in text.components(separatedBy: "](").dropFirst().map({ $0.components(separatedBy: ")")[0] })
    where !link.hasPrefix("http") && !link.hasPrefix("#") {
      let path = "\(folder)/\(link.components(separatedBy: "#")[0])"
      let file = Self.root.appendingPathComponent(path).path
      #expect(FileManager.default.fileExists(atPath: file), "\(article): \(link)")
    }
    for name in text.components(separatedBy: "<doc:").dropFirst().map({ $0.components(separatedBy: ">")[0] }) {
      #expect(Self.articles.contains { $0.hasSuffix("/\(name).md") }, "\(article): \(name)")
    }
  }
}
