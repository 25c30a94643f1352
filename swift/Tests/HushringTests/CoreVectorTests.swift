import Testing

@Suite("Vectors of keys, certificates, bundles, links, revocations, sealing and opening")
struct CoreVectorTests {
  private static let folders = [
    "keys", "identifiers", "certificates", "bundles", "links", "revocations", "sealing", "envelopes",
  ]

  // Not written as an argument: a closure there stops the compiler of Swift 6.0.3.
  private static let files = folders.flatMap { Repository.jsonFiles(below: "vectors/\($0)") }

  @Test("The result of a vector is the expected one", arguments: files)
  func vector(_ path: String) throws { try VectorPlayer.check(JSON.file(path)) }

  @Test("There are vectors in every folder", arguments: folders)
  func folder(_ name: String) { #expect(Repository.jsonFiles(below: "vectors/\(name)").count > 10) }
}
