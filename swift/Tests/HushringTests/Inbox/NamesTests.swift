import Testing

@testable import Hushring

@Suite("Names that are cleaned")
struct NamesTests {
  @Test(
    "What deceives is taken out, by scalars and not by what Swift takes for characters",
    arguments: [
      ("Alice", "Alice"),
      ("\u{202E}ecilA", "ecilA"),
      ("A\r\nB", "AB"),
      ("A\r\u{301}B", "A\u{301}B"),
      ("\u{FEFF}A\u{200B}", "A"),
      ("e\u{301}", "e\u{301}"),
      ("\u{0915}\u{094D}\u{200D}\u{0937}", "\u{0915}\u{094D}\u{200D}\u{0937}"),
      ("👩\u{200D}👩\u{200D}👧", "👩\u{200D}👩\u{200D}👧"),
    ])
  func takenOut(_ text: String, _ cleaned: String) { #expect(text.cleaned.isSame(as: cleaned)) }

  @Test("Tags stay behind a black flag, and nowhere else")
  func flags() {
    let scotland = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}"
    #expect(scotland.cleaned.isSame(as: scotland))
    #expect("A\u{E0041}".cleaned.isSame(as: "A"))
    #expect("\u{1F3F4}A\u{E0041}".cleaned.isSame(as: "\u{1F3F4}A"))
    #expect("\u{1F3F4}\u{200B}\u{E0041}".cleaned.isSame(as: "\u{1F3F4}"))
  }

  @Test(
    "A text of which nothing is seen is empty",
    arguments: [
      "", " ", "\u{3000}\u{A0}", "\u{200D}", "\u{FE0F}\u{34F}", "\u{2800}\u{3164}", "\u{E0041}", "\t \u{2028}",
    ])
  func invisible(_ text: String) { #expect(text.cleaned.isEmpty) }

  @Test("A phone number has no other digits than 0 to 9")
  func phoneNumbers() {
    #expect(throws: HushringError.self) {
      try Pinned(handle: Handle(type: .phoneNumber, value: "٠١٢"), displayName: nil)
    }
    #expect(throws: Never.self) {
      try Pinned(handle: Handle(type: .phoneNumber, value: "+49 (30) 12-34/5.6,;*#"), displayName: nil)
    }
  }
}
