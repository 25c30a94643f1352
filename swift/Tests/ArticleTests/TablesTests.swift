import Foundation
import Hushring
import HushringCallKit
import Testing

/// The tables of "Why it does not ring" are those of the code.
@Suite struct TablesTests {
  static let article = ArticlesTests.text(
    "swift/Sources/HushringCallKit/HushringCallKit.docc/WhyItDoesNotRing.md")

  @Test(arguments: CallKitFailure.known)
  func everyFailureStandsInItsTableWithItsRemedy(failure: CallKitFailure) throws {
    let name = "``CallKitFailure/\(failure)``"
    let row = try #require(Self.article.split(separator: "\n").first { $0.hasPrefix("| \(name) |") })
    let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    #expect(cells[1] == "\(failure.code)")
    #expect(cells.last == failure.remedy)
    if cells.count == 4 {
      let shows: [CallKitFailure.Consequence: String] = [
        .timeSensitiveNotification: "a time-sensitive notification", .update: "nothing",
        .quietMissedCall: "a missed call, without a sound", .entryOnly: "an entry in the list",
      ]
      #expect(cells[2] == shows[failure.consequence])
    }
  }

  @Test(arguments: Check.allCases)
  func everyCheckOfExplainIsThere(check: Check) {
    #expect(Self.article.contains("`\(check.rawValue)`"))
  }

  @Test func everyCodeThatShowsThePushIsThere() {
    let codes: [HushringError.Code] = [
      .locked, .keysMissing, .notLinked, .storage, .busy, .inboxFull, .badState, .stateRolledBack, .stateTooNew, .wrongDevice,
      .wrongAccount,
    ]
    for code in codes {
      #expect(Outcome(of: .refused(code)).shows == .generic)
      #expect(Self.article.contains("`\(code.rawValue)`"))
    }
  }
}
