import Foundation
import Hushring
import HushringCallKit

/// What one holder of the lock sees and changes. It is stored when the work is done: the records,
/// and then the inbox.
struct Session {
  var inbox: Inbox
  var records: SharedRecords
  /// The rings that CallKit has taken from either process. One is added by ``Installation/add(_:)``, outside.
  let reported: ReportedRings
  /// The relay's time.
  let now: Timestamp

  /// Notes why an envelope does what it does, before it is received.
  mutating func explain(_ envelope: Data) {
    let explanation = inbox.explain(envelope, now: now)
    guard let tag = explanation.envelopeTag else { return }
    Log.envelope(tag)
    records.explain(ExplainedEnvelope(tag: tag, at: now.date, text: explanation.description))
  }

  /// What an outcome depends on.
  var surroundings: Surroundings {
    var surroundings = Surroundings()
    surroundings.ringing = records.ringing
    surroundings.reported = reported
    surroundings.noticed = Set(records.noticed)
    surroundings.ownAccount = inbox.account
    surroundings.calls = Set(records.calls.map(\.uuid))
    let own = records.calls.filter { $0.isOutgoing && $0.isCurrent(at: now) }
    surroundings.waiting = Set(own.map(\.callID))
    surroundings.engaged = Set(own.map(\.account))
    return surroundings
  }
}
