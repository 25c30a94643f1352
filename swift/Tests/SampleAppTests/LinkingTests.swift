import Foundation
import Hushring
import Testing
import UserNotifications

@testable import SampleApp

/// Linking, renewing, revoking, and what remains after a reinstall.
@MainActor @Suite(.serialized) struct LinkingTests {
  private let relay: FakeRelay

  init() throws { relay = try FakeRelay() }

  @MainActor private struct Phone {
    let installation: Installation
    let store: AppStore
    let relay: Relay
    let linking: Linking

    var house: Housekeeping { Housekeeping(store: store, relay: relay, installation: installation) }
    var bundles: Bundles {
      Bundles(
        store: store, installation: installation, relay: { [relay] in try await relay.bundles(of: $0) }, drain: {})
    }
  }

  /// A phone with its folder and its keychain.
  private func phone(_ secrets: MemorySecrets = MemorySecrets(), relay address: URL? = nil) throws -> Phone {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hushring-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let installation = Installation(folder: folder, secrets: secrets, relay: address ?? relay.address)
    installation.clock.add(AppWorld.now, roundTrip: .milliseconds(1))
    let store = AppStore(file: folder.appendingPathComponent("app.json"))
    let relay = Relay(installation)
    return Phone(
      installation: installation, store: store, relay: relay,
      linking: Linking(store: store, relay: relay, installation: installation))
  }

  private func firstPhone(_ secrets: MemorySecrets = MemorySecrets(), relay address: URL? = nil) throws -> Phone {
    let phone = try phone(secrets, relay: address)
    try phone.installation.makeAccount(name: "Me", registration: .init(mailbox: "00", token: "token"))
    return phone
  }

  /// Links a second device, whose bundles the first one has fetched.
  private func linked(to phone: Phone) async throws -> Phone {
    let tablet = try self.phone()
    let joining = try await tablet.linking.join()
    try await phone.linking.grant(Linking.Code(joining.code.text))
    let device = try await tablet.linking.granted(joining)
    try tablet.installation.settle(device, name: "Me", registration: try await tablet.relay.register())
    let published = try tablet.installation.publish()
    try phone.store.change { $0.own.bundles = published.map { .init(bundle: $0, mailbox: "0b") } }
    return tablet
  }

  @Test func aDeviceIsLinked() async throws {
    let phone = try firstPhone()
    let tablet = try await linked(to: phone)
    let (account, device) = (try phone.installation.account, try tablet.installation.device)
    #expect(device.account == account)
    #expect(try !tablet.installation.holdsAccountKey)
    #expect(try phone.bundles.targets(of: account).map(\.bundle.device) == [device.publicKey])
  }

  @Test func aDeviceWithoutTheAccountKeyRenewsItsCertificateWithTheSameKeysAndInbox() async throws {
    let phone = try firstPhone()
    let tablet = try await linked(to: phone)
    let before = try tablet.installation.device
    #expect(try !tablet.house.isRenewalDue)

    try await Task.sleep(for: .seconds(1.1)) // a certificate counts seconds
    let asking = try await tablet.linking.askForRenewal()
    try await phone.linking.grant(Linking.Code(asking.code.text)) // as it grants a new device
    try await tablet.linking.renewed(asking)
    let after = try tablet.installation.device
    #expect(after.publicKey == before.publicKey && after.certificate != before.certificate)
    // Published with the new certificate, and its inbox goes on.
    let bundles = try #require(tablet.store.state.publication)
    #expect(bundles.isUploaded && bundles.bundles.allSatisfy { $0.range(of: after.certificate.data) != nil })
    try tablet.installation.run { _ in }
  }

  @Test func aRevokedDeviceIsSealedToNoMoreAndNotReceivedFrom() async throws {
    // The relay is away: this device knows all the same.
    let phone = try firstPhone(relay: URL(string: "http://127.0.0.1:9"))
    let account = try phone.installation.account
    let lost = try phone.installation.withAccountKey {
      try Device.enroll(account: $0.account, expiresAt: AppWorld.inDays(360), now: AppWorld.now)
    }
    let prekey = try Prekey.generate(.x25519, expiresAt: AppWorld.inDays(80), now: AppWorld.now)
    let bundles = try lost.publish([prekey], now: AppWorld.now)
    try phone.store.change { $0.own.bundles = bundles.map { .init(bundle: $0, mailbox: "0b") } }
    #expect(try phone.bundles.targets(of: account).map(\.bundle.device) == [lost.publicKey])
    let own = try PrekeyBundle(verifying: phone.installation.publish()[0], account: account, now: AppWorld.now)
    let sealed = try lost.seal(.message(Message(body: "Hi")), to: own, now: AppWorld.now)

    try await phone.linking.revoke(lost.publicKey)
    #expect(try phone.bundles.targets(of: account).isEmpty)
    #expect(throws: HushringError.self) {
      try phone.installation.run { try $0.inbox.receive(sealed, now: $0.now) }
    }
  }

  @Test func theStatementGoesToTheRelayAtOnceAndWithThePublication() async throws {
    let phone = try firstPhone()
    let tablet = try await linked(to: phone)
    try await phone.house.keep()
    #expect(phone.store.state.publication?.isUploaded == true)

    try await phone.linking.revoke(tablet.installation.device.publicKey)
    let statement = try #require(phone.store.state.own.revocations.first)
    let posted = try #require(relay.bodies("POST /v1/revocations").first)
    #expect(try JSONDecoder().decode([String: Data].self, from: posted) == ["statement": statement])
    // And again with the bundles, which the relay had.
    try await phone.house.keep()
    let uploaded = try #require(relay.bodies("PUT /v1/bundles").last)
    #expect(try JSONDecoder().decode([String: [Data]].self, from: uploaded)["revocations"] == [statement])
  }

  @Test func anAccountWhoseKeySurvivedAReinstallIsEnrolledAnew() async throws {
    let secrets = MemorySecrets()
    let old = try firstPhone(secrets)
    let (account, device) = (try old.installation.account, try old.installation.device.publicKey)
    let new = try phone(secrets)
    try await new.linking.restore(name: "Me")
    #expect(try new.installation.account == account && new.installation.device.publicKey != device)
    // The relay has the statement about the old one, and the new inbox knows it.
    let statement = try #require(new.store.state.own.revocations.first)
    #expect(try Revocation(verifying: statement, account: account, now: AppWorld.now).device == device)
    #expect(relay.bodies("POST /v1/revocations").count == 1)
    try await new.house.keep()
    #expect(new.store.state.publication?.isUploaded == true)
  }

  @Test func aDeviceThatWasRevokedComesBackWithALaterCertificate() async throws {
    let phone = try firstPhone()
    let tablet = try await linked(to: phone)
    let device = try tablet.installation.device
    try await phone.linking.revoke(device.publicKey)
    let asking = try await tablet.linking.askForRenewal()
    try await phone.linking.grant(asking.code)
    try await tablet.linking.renewed(asking)
    let floor = try phone.installation.withAccountKey { $0.revoked[0].floor }
    #expect(try tablet.installation.device.certificate.notBefore.value >= floor)
    #expect(device.certificate.notBefore.value < floor)
  }

  @Test func theDeviceWithTheAccountKeyRenewsItsOwnCertificate() throws {
    let phone = try firstPhone()
    let before = try phone.installation.device.certificate.expiresAt
    try phone.installation.renewCertificate()
    #expect(try phone.installation.device.certificate.expiresAt >= before)
  }

  @Test func whenTheAppStartsNotificationsOfCallsThatAreOverGo() async throws {
    let phone = try firstPhone()
    let content = UNMutableNotificationContent()
    content.categoryIdentifier = NoticeSubject.Category.call.rawValue
    content.userInfo = [
      "account": try phone.installation.account.data.hexadecimalDigits,
      "messageID": "000102030405060708090a0b0c0d0e0f", "expiresAt": "\(AppWorld.now.milliseconds - 1)",
    ]
    let center = UNUserNotificationCenter.current()
    center.add(UNNotificationRequest(identifier: "over", content: content, trigger: nil))
    try await phone.house.keep()
    #expect(!center.standInRequests.map(\.identifier).contains("over"))
  }

  @Test func aLinkCodeIsReadBack() throws {
    let device = try firstPhone().installation.device.publicKey
    let code = Linking.Code(rendezvous: "000102030405060708090a0b0c0d0e0f", secret: try .random(), device: device)
    let read = try Linking.Code(code.text)
    #expect(read.rendezvous == code.rendezvous && read.secret.data == code.secret.data && read.device == code.device)
    for text in ["", "a b c", "x" + code.text] {
      #expect(throws: (any Error).self) { try Linking.Code(text) }
    }
  }
}
