import Foundation
import Hushring
import Playing

/// What one process does, and what it takes.
struct Measurement {
  private let folder: URL

  init(in folder: URL) { self.folder = folder }

  /// Writes what the process will need.
  static func prepare(_ crowded: CrowdedInbox, _ suite: Suite, in folder: URL) throws {
    var inbox = crowded.inbox
    let now = CrowdedInbox.now
    let prekey = try Prekey.generate(suite, expiresAt: EpochSeconds(now.date.addingTimeInterval(86_400)), now: now)
    try inbox.addPrekey(prekey)
    let bundle = try crowded.device.publish([prekey], now: now)[0]
    let verified = try PrekeyBundle(verifying: bundle, account: crowded.device.account, now: now)
    let invite = CallInvite(
      callID: try .random(), hasVideo: true, offer: String(repeating: "a=rtpmap:111 opus/48000/2\r\n", count: 80))
    let envelope = try crowded.contact.seal(.callInvite(invite), to: verified, now: now)
    try envelope.write(to: folder.appendingPathComponent("envelope"))
    try crowded.device.certificate.data.write(to: folder.appendingPathComponent("certificate"))
    let prekeys = inbox.prekeys.map(\.exported).reduce(Data(), +)
    try prekeys.write(to: folder.appendingPathComponent("prekeys"))
    try inbox.save().write(to: folder.appendingPathComponent("state"))
  }

  /// How the state is read and written.
  enum Way: String, CaseIterable {
    case pieces, data
  }

  func report(_ title: String, _ way: Way) throws {
    let certificate = try Certificate(read("certificate"))
    let envelope = try read("envelope")
    let exports = try read("prekeys")
    let state = folder.appendingPathComponent("state")
    let now = CrowdedInbox.now
    try warmUp(certificate, envelope, exports)
    let clock = ContinuousClock()
    let size = try FileManager.default.attributesOfItem(atPath: state.path)[.size] as? Int ?? 0
    Peak.reset()
    let rest = Peak.resident

    var start = clock.now
    var inbox = try load(state, certificate, way)
    let loaded = clock.now - start
    start = clock.now
    for place in stride(from: 0, to: exports.count, by: 41) {
      try inbox.addPrekey(Prekey(exported: exports[place..<place + 41]))
    }
    let imported = clock.now - start
    start = clock.now
    let event = try inbox.receive(envelope, now: now)
    let received = clock.now - start
    start = clock.now
    try save(&inbox, folder.appendingPathComponent("written"), way)
    let saved = clock.now - start
    let peak = Peak.highest - rest
    start = clock.now
    let pending = inbox.pending(now: now).reduce(0) { count, _ in count + 1 }
    let listed = clock.now - start
    let peakOfListing = Peak.highest - rest

    let times = [loaded, received, saved].map(ms).joined(separator: " + ")
    print("\(title), as \(way.rawValue)")
    print("  state                \(size) bytes, \(pending) events")
    print("  peak above rest      \(peak) bytes; with listing \(peakOfListing); at rest \(rest)")
    print("  load, receive, save  \(times) = \(ms(loaded + received + saved)); \(event.action.name.rawValue)")
    print("  listing              \(ms(listed))")
    print("  importing prekeys    \(ms(imported)) for \(exports.count / 41)")
  }

  private func load(_ file: URL, _ certificate: Certificate, _ way: Way) throws -> Inbox {
    switch way {
    case .pieces:
      let file = try FileHandle(forReadingFrom: file)
      return try Inbox(certificate: certificate) { try file.read(upToCount: 32_768) }
    case .data: return try Inbox(state: Data(contentsOf: file), certificate: certificate)
    }
  }

  private func save(_ inbox: inout Inbox, _ file: URL, _ way: Way) throws {
    switch way {
    case .pieces:
      try Data().write(to: file)
      let file = try FileHandle(forWritingTo: file)
      try inbox.save { piece in try file.write(contentsOf: piece) }
    case .data: try inbox.save().write(to: file)
    }
  }

  /// Lets the system set up what it sets up once, by opening an envelope with an inbox that does
  /// not trust its sender.
  private func warmUp(_ certificate: Certificate, _ envelope: Data, _ exports: Data) throws {
    var inbox = Inbox(certificate: certificate)
    try inbox.addPrekey(Prekey(exported: exports.suffix(41)))
    _ = try? inbox.receive(envelope, now: CrowdedInbox.now)
    _ = inbox.save()
  }

  private func read(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

  private func ms(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return String(format: "%.2f ms", Double(seconds) * 1e3 + Double(attoseconds) / 1e15)
  }
}

/// The memory of this process, in bytes, as Linux counts it; 0 elsewhere.
private enum Peak {
  static var resident: Int { field("VmRSS:") }
  static var highest: Int { field("VmHWM:") }

  /// Lets the highest be that of now.
  static func reset() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
  }

  private static func field(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.utf8.starts(with: name.utf8) {
      return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
    return 0
  }
}
