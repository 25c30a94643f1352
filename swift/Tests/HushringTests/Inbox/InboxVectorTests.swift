import Testing

@Suite("Vectors of opening and scenes, through an inbox")
struct InboxVectorTests {
  private static let vectors = ["envelopes", "contents"].flatMap { Repository.jsonFiles(below: "vectors/\($0)") }
  private static let scenes = Repository.jsonFiles(below: "vectors/scenes")

  @Test("An empty inbox says of a vector's envelope what the vector expects", arguments: vectors)
  func vector(_ path: String) throws { try InboxOpeningPlayer.check(JSON.file(path)) }

  @Test("Every step of a scene gives what the scene expects", arguments: scenes)
  func scene(_ path: String) throws { try ScenePlayer.check(JSON.file(path)) }

  @Test("There are vectors and scenes")
  func folders() {
    #expect(Self.vectors.count > 300)
    #expect(Self.scenes.count > 400)
  }
}
