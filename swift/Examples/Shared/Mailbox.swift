import Foundation

/// The mailbox of this device, at whichever server there is (spec/relay.md, P3 and P12).
///
/// `Relay` speaks to the project's own. Nothing in a request may depend on what an envelope said.
protocol Mailbox: Sendable {
  /// Asks for the page behind a place, or for the first one, and confirms envelopes of the page
  /// before. The server's time that comes with the answer goes to the clock.
  func fetchPage(after place: Int?, confirming ids: [Int]) async throws -> Page

  /// Confirms, and asks for nothing.
  func confirm(_ ids: [Int]) async throws
}

/// At most 64 envelopes, those that were posted first behind a place, in their order.
struct Page: Sendable {
  let envelopes: [Data]
  /// One for each, by which it is confirmed.
  let ids: [Int]
  /// The place behind the last of them.
  let next: Int
  /// How many waited behind the place that was named, these included.
  let waiting: Int

  static let length = 64
}
