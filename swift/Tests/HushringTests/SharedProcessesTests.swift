import Foundation
import Testing

#if canImport(Security) && !canImport(Darwin)
  @Suite("Two processes that are killed")
  struct SharedProcessesTests {
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      .appendingPathComponent("hushring-shared")

    /// HUSHRING_KILLS says how many kills; 200 by default, and 10,000 by hand now and then.
    @Test("Nothing is lost, invented, or reported again once it is in the list")
    func kills() throws {
      let kills = ProcessInfo.processInfo.environment["HUSHRING_KILLS"] ?? "200"
      let process = Process()
      process.executableURL = Self.program
      process.arguments = ["drive", kills]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(text)")
      #expect(text.contains("all is well"), "\(text)")
    }
  }
#endif
