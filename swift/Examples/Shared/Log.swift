import Foundation
import Hushring
import os

/// What may be logged: the envelope's tag, and what failed here. No sender, no kind, no code of an
/// envelope (spec/threat-model.md, DEP18).
enum Log {
  private static let logger = Logger(subsystem: "com.example.hushring", category: "calls")

  static func envelope(_ tag: String) { logger.info("envelope \(tag, privacy: .public)") }

  static func problem(_ text: String) { logger.error("\(text, privacy: .public)") }

  /// Says what failed, and how.
  static func problem(_ text: String, _ error: any Error) { problem("\(text): \(reason(error))") }

  /// The number or name of an error: never a text, because a server may have written it, and never
  /// what an envelope was refused for.
  static func reason(_ error: any Error) -> String {
    switch error {
    case let error as RelayError: "status \(error.status)"
    case let error as HushringError: isOfAnEnvelope(error.code) ? "hushring" : error.code.rawValue
    case let error as Installation.Problem: "\(error)"
    default: "\((error as NSError).domain) \((error as NSError).code)"
    }
  }

  private static func isOfAnEnvelope(_ code: HushringError.Code) -> Bool {
    switch code {
    case .busy, .locked, .keysMissing, .notLinked, .storage, .badState, .stateTooNew, .stateRolledBack, .wrongAccount,
      .wrongDevice, .callOver, .inboxFull, .noRandomness, .tooLarge, .staleBundle:
      false
    default: true
    }
  }
}
