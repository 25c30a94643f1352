import os

/// What may be logged: the envelope's tag, and what failed here. No sender, no kind, no code of an
/// envelope (spec/threat-model.md, DEP18).
enum Log {
  private static let logger = Logger(subsystem: "com.example.hushring", category: "calls")

  static func envelope(_ tag: String) { logger.info("envelope \(tag, privacy: .public)") }

  static func problem(_ text: String) { logger.error("\(text, privacy: .public)") }
}
