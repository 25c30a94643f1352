import Foundation

extension Inbox {
  /// Explains why a phone rings, or does not: which checks an envelope, 2,880 bytes, passes at this
  /// moment, and where it stops (spec/inbox.md, section 12). Call it before ``receive(_:now:)``,
  /// because afterwards the envelope counts as a duplicate.
  public func explain(_ envelope: Data, now: Timestamp) -> Explanation {
    var explanation = Explanation(result: .refused(.badLength))
    explanation.counts.prekeys = prekeys.count
    explanation.counts.pending = journal.entries.count
    do { explanation.envelopeTag = try envelopeTag(envelope) } catch {
      explanation.stoppedAt = .length
      return explanation
    }
    do {
      explain(try open(envelope), in: &explanation, now: now)
    } catch {
      explanation.result = .refused(error.code)
      explanation.stoppedAt = Check(opening: error.code)
    }
    return explanation
  }

  /// E26 on.
  private func explain(_ letter: OpenedEnvelope, in explanation: inout Explanation, now: Timestamp) {
    let origin = letter.origin
    explanation.sender = Explanation.Sender(
      account: origin.account, device: origin.device, messageID: origin.messageID, sentAt: origin.sentAt,
      age: now.milliseconds(since: origin.sentAt))
    explanation.counts.pendingOfSender = journal.entries.count { $0.origin.account == origin.account }
    switch judge(letter, from: .relay, now: now) {
    case .accepted(let ruling):
      explanation.result = Explanation.Result(ruling.outcome)
      if case .missed(.expired) = ruling.outcome, case .callInvite(let invite) = ruling.content {
        explanation.lifetime = invite.lifetime ?? 60
      }
    case .duplicate:
      explanation.result = .drop(.duplicate)
      explanation.stoppedAt = .replay
      explanation.counts.isPending = journal.contains(origin.account, origin.messageID)
    case .refused(let error, let check):
      explanation.result = .refused(error.code)
      explanation.stoppedAt = check
    }
  }
}

extension Check {
  /// The check of E17 to E25 that gives a code.
  fileprivate init?(opening code: HushringError.Code) {
    switch code {
    case .badLength: self = .length
    case .unsupportedVersion: self = .version
    case .unsupportedSuite: self = .suite
    case .unknownPrekey: self = .prekey
    case .decryptionFailed: self = .decryption
    case .badContentLength: self = .contentLength
    case .badPadding: self = .padding
    case .badCertificate: self = .certificate
    case .badSignature: self = .signature
    default: return nil
    }
  }
}

extension Explanation.Result {
  fileprivate init(_ outcome: Outcome) {
    switch outcome {
    case .ring: self = .ring
    case .missed(let reason): self = .missed(reason)
    case .end: self = .end
    case .signal: self = .signal
    case .second: self = .second
    case .notify: self = .notify
    case .drop(let reason): self = .drop(reason)
    }
  }
}
