import Foundation

@testable import Hushring

/// Plays the vectors of opening, `envelopes` and `contents`, through an inbox that is empty.
public enum InboxOpeningPlayer {
  public static func check(_ vector: Value) throws {
    let expected = try vector.member("expect")
    let device = try Device(exported: vector.hex("device"))
    let (envelope, now) = (try vector.base64("envelope"), try vector.timestamp("now"))
    var inbox = Inbox(certificate: device.certificate)
    for prekey in try vector.hexes("prekeys") { try inbox.addPrekey(Prekey(exported: prekey)) }
    for account in try vector.hexes("trusted") { try inbox.trust(AccountKey(account), now: now) }
    let explanation = inbox.explain(envelope, now: now)
    try VectorPlayer.expect(explanation.stoppedAt.map { .text($0.rawValue) }, of: expected["stoppedAt"])
    let found = try VectorPlayer.outcome {
      let event = try inbox.receive(envelope, now: now)
      return try event.json.merging(
        .object(["account": .hex(event.sender.account.data), "device": .hex(event.sender.device.data)]))
    }
    if expected["error"] != nil {
      for name in ["error", "member"] { try VectorPlayer.expect(found[name], of: expected[name]) }
      try VectorPlayer.expect(explanation.json["code"], of: expected["error"])
      return
    }
    for name in ["error", "envelopeTag", "account", "device", "messageId", "sentAt"] {
      try VectorPlayer.expect(found[name], of: expected[name])
    }
    if found["content"] != nil { try VectorPlayer.expect(found["content"], of: expected["content"]) }
    try VectorPlayer.expect(explanation.json["action"], of: found["action"])
  }
}
