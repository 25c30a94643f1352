import Foundation
import HushringCallKit
import Testing

@testable import Hushring
@testable import SampleNotificationService

/// What both processes have together, and what becomes of it when it is lost.
@Suite(.serialized) struct InstallationTests {
  let world: World
  private let registration = Relay.Registration(mailbox: "01", token: "new")

  init() throws { world = try World() }

  /// As on Linux, where there is none.
  @Test func withoutTheAppGroupNothingIsStored() async throws {
    let installation = Installation.shared
    #expect(throws: Installation.Problem.noAppGroup) {
      try installation.makeAccount(name: "Me", registration: registration)
    }
    #expect(try !installation.holdsAccountKey)
    let stranger = try Device.enroll(account: Account.generate(), expiresAt: World.inDays(360), now: World.now)
    #expect(throws: Installation.Problem.noAppGroup) {
      try installation.settle(stranger, name: "Me", registration: registration)
    }
    let item = try #require(try arrival())
    #expect(throws: (any Error).self) { try installation.arrivals.put(item) }
    #expect(!FileManager.default.fileExists(atPath: installation.folder.path))
    #expect(!installation.folder.path.contains(FileManager.default.temporaryDirectory.path))
  }

  private func arrival() throws -> Arrived? {
    Arrived(try world.installation.run { try $0.inbox.receive(world.message("Hi"), now: $0.now) })
  }

  @Test func anAccountWhoseKeySurvivedAReinstallGoesOnWithANewDevice() throws {
    let (account, old) = (try world.installation.account, try world.installation.device)
    #expect(try world.installation.state == .ready)
    // It is not lost: nothing is replaced.
    #expect(throws: Installation.Problem.accountExists) {
      try world.installation.restoreAccount(name: "Me", registration: registration)
    }
    let installation = try world.reinstalled()
    #expect(try installation.state == .lost && installation.holdsAccountKey)
    #expect(throws: Installation.Problem.accountExists) {
      try installation.makeAccount(name: "Me", registration: registration)
    }
    try installation.restoreAccount(name: "Me", registration: registration)
    #expect(try installation.account == account && installation.device.publicKey != old.publicKey)
    #expect(installation.token == "new")
    // Which the old device was cannot be found out any more: it is revoked, and the statement kept.
    let revoked = try installation.withAccountKey { $0.revoked }
    #expect(revoked.map(\.device) == [old.publicKey.data])
    let statement = try Revocation(verifying: revoked[0].statement, account: account, now: World.now)
    #expect(statement.device == old.publicKey)
    _ = try installation.publish()
    #expect(throws: Installation.Problem.accountExists) {
      try installation.restoreAccount(name: "Me", registration: registration)
    }
  }

  @Test func aLockedDeviceIsNotLost() throws {
    let installation = try world.reinstalled()
    world.secrets.lock(true)
    #expect(throws: HushringError.self) {
      try installation.restoreAccount(name: "Me", registration: registration)
    }
  }

  /// iOS has said "not found" for hours of items that it had: no first screen may follow from it.
  @Test func keysThatAreMissingAreReplacedByNobodyButTheUser() throws {
    let installation = world.installation
    installation.clock.add(World.now, roundTrip: .milliseconds(1))
    let (old, token) = (try installation.device.publicKey, installation.token)
    let tablet = try Device.enroll(account: Account.generate(), expiresAt: World.inDays(360), now: World.now)
    world.secrets.hide(true)
    #expect(try installation.state == .keysMissing)
    for work: () throws -> Void in [
      { try installation.settle(tablet, name: "Me", registration: registration) },
      { try installation.makeAccount(name: "Me", registration: registration) },
      { try installation.restoreAccount(name: "Me", registration: registration) },
    ] {
      #expect(throws: Installation.Problem.keysMissing) { try work() }
    }
    world.secrets.hide(false)
    #expect(try installation.state == .ready && installation.device.publicKey == old && installation.token == token)
    // Keys that are gone for good, as where a process has died while it stored a new device.
    try world.secrets.removeSecret("keys")
    #expect(throws: Installation.Problem.keysMissing) {
      try installation.restoreAccount(name: "Me", registration: registration)
    }
    #expect(throws: Installation.Problem.accountExists) { // an account key is never replaced
      try installation.makeAccount(name: "Me", registration: registration, anew: true)
    }
    try installation.restoreAccount(name: "Me", registration: registration, anew: true)
    #expect(try installation.state == .ready && installation.device.publicKey != old)
    try world.secrets.removeSecret("keys")
    try installation.settle(tablet, name: "Me", registration: registration, anew: true)
    #expect(try installation.device.publicKey == tablet.publicKey)
  }

  @Test func theTimeOfTheOtherProcessIsTakenOverAsItWas() throws {
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    try world.installation.run { _ in } // notes it
    let app = try world.otherProcess()
    #expect(!app.clock.isSynchronized)
    app.takeTimeOver()
    #expect(app.clock.isSynchronized && !app.clock.isFromRelay)
    #expect(abs(Int64(app.clock.now.milliseconds) - Int64(World.now.milliseconds)) < 1_000)
    // The relay's first answer replaces it.
    let answer = Timestamp(milliseconds: World.now.milliseconds + 60_000)
    app.clock.add(answer, roundTrip: .seconds(20))
    #expect(app.clock.isFromRelay && app.clock.now >= answer)
  }

  /// Else one process would hand the other's time on and on, and it would never be two minutes old.
  @Test func aTimeThatWasTakenOverIsNotNotedAnew() throws {
    world.installation.clock.add(World.now, roundTrip: .milliseconds(1))
    try world.installation.run { $0.records = SharedRecords() }
    let app = try world.otherProcess()
    app.clock.takeOver(World.now)
    try app.run { _ in }
    #expect(app.records.knownTime(at: Date()) == nil)
  }

  @Test func aTimeIsNotTakenOverWhereTheClocksDisagree() throws {
    var records = SharedRecords()
    records.note(World.now)
    let (system, counted) = (Date(), ContinuousClock.now)
    #expect(records.knownTime(at: system, counted) != nil)
    // Somebody has set the clock; the device has started anew; it is too long ago.
    #expect(records.knownTime(at: system.addingTimeInterval(60), counted) == nil)
    #expect(records.knownTime(at: system, counted - .seconds(1_000)) == nil)
    #expect(records.knownTime(at: system.addingTimeInterval(200), counted + .seconds(200)) == nil)
    #expect(records.knownTime(at: system.addingTimeInterval(60), counted + .seconds(60)) != nil)
  }
}
