import CallKit
import Foundation
import Hushring
import Testing

@testable import SampleApp

/// The sample with the project's own relay: only where HUSHRING_RELAY is its address, such as that
/// of `make serve`.
@MainActor @Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["HUSHRING_RELAY"] != nil))
struct RelayTests {
  /// An app of its own, with its folder and keychain.
  private func app(_ media: FakeMedia = FakeMedia()) throws -> Peer {
    let address = try #require(ProcessInfo.processInfo.environment["HUSHRING_RELAY"].flatMap { URL(string: $0) })
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return Peer(installation: Installation(folder: folder, secrets: MemorySecrets(), relay: address), media: media)
  }

  private func user(_ name: String, _ media: FakeMedia = FakeMedia()) async throws -> Peer {
    let peer = try app(media)
    try await peer.makeAccount(name: name)
    #expect(peer.store.state.publication?.isUploaded == true)
    return peer
  }

  private func know(_ peer: Peer, _ other: Peer, _ name: String) async throws {
    let account = try other.installation.account
    try peer.contacts.trust(account, name: name, handle: nil)
    try await peer.bundles.refresh(account)
  }

  @Test(.timeLimit(.minutes(2))) func aCallGoesThroughTheRelay() async throws {
    let (ofAlice, ofBob) = (FakeMedia(), FakeMedia())
    let (alice, bob) = (try await user("Alice", ofAlice), try await user("Bob", ofBob))
    try await know(alice, bob, "Bob")
    try await know(bob, alice, "Alice")

    // Alice calls; the relay has the envelope; Bob's phone takes its mailbox, and CallKit rings.
    let contact = try #require(alice.store.state.contact(bob.installation.account))
    try alice.call(contact, video: false)
    let uuid = try #require(alice.callKit.active.first)
    let start = CXStartCallAction(call: uuid, handle: CXHandle(type: .generic, value: "x"))
    alice.callKit.provider(alice.callKit.provider, perform: start)
    try await until { start.isComplete && alice.store.state.outbox.isEmpty }
    try await bob.receiver.wake()
    guard case .incoming(uuid, let update) = bob.callKit.provider.standInReports.first else {
      Issue.record("it does not ring")
      return
    }
    #expect(update.name == "Alice")

    // Bob answers, and Alice's engine gets the answer.
    let answer = CXAnswerCallAction(call: uuid)
    bob.callKit.provider(bob.callKit.provider, perform: answer)
    try await until { answer.isComplete && ofBob.log == ["answer offer"] }
    try await until { bob.store.state.outbox.isEmpty }
    try await alice.receiver.wake()
    try await until { ofAlice.log.last == "accept answer" }

    // Alice hangs up by an envelope, and CallKit of Bob's phone hears of it.
    let end = CXEndCallAction(call: uuid)
    alice.callKit.provider(alice.callKit.provider, perform: end)
    try await until { ofAlice.log.last == "close" && alice.store.state.outbox.isEmpty }
    try await bob.receiver.wake()
    #expect(bob.callKit.provider.standInReports.last == .ended(uuid, .remoteEnded))
  }

  @Test(.timeLimit(.minutes(2))) func aDeviceIsLinkedAndLost() async throws {
    let alice = try await user("Alice")
    let tablet = try app()

    let joining = try await tablet.linking.join()
    try await alice.linking.grant(Linking.Code(joining.code.text))
    let device = try await tablet.linking.granted(joining)
    let account = try alice.installation.account
    #expect(device.account == account)
    try await tablet.settle(device, name: "Alice")

    // The other device sees it, and sends it cover with each act.
    try await alice.bundles.refresh(account)
    #expect(try alice.bundles.targets(of: account).map(\.bundle.device) == [device.publicKey])
    try await tablet.bundles.refresh(account)
    let phone = try alice.installation.device.publicKey
    #expect(try tablet.bundles.targets(of: account).map(\.bundle.device) == [phone])

    try await alice.receiver.wake()
    try await alice.linking.revoke(device.publicKey)
    #expect(try alice.bundles.targets(of: account).isEmpty)
    try await alice.bundles.refresh(account)
    #expect(try alice.bundles.targets(of: account).isEmpty)
  }

  @Test func theRelaysTimeIsKnownAndItsRefusalsHaveCodes() async throws {
    let peer = try app()
    #expect(!peer.installation.clock.isSynchronized)
    do {
      _ = try await peer.relay.fetchPage(after: nil, confirming: [])
      Issue.record("it took a request without a token")
    } catch let error as RelayError {
      #expect(error.code == "unauthenticated" && error.status == 401 && !error.isTemporary)
    }
    #expect(try await peer.relay.getLink("000102030405060708090a0b0c0d0e0f", .grant) == nil)
    #expect(peer.installation.clock.isSynchronized)
  }
}
