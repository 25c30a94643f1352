/// Who sent an envelope, and what names it.
struct Origin: Sendable {
  /// 8 hexadecimal digits.
  let tag: String
  let account: AccountKey
  let device: DeviceKey
  let messageID: MessageID
  let sentAt: Timestamp
}

extension OpenedEnvelope {
  var origin: Origin {
    Origin(
      tag: tag, account: certificate.account, device: certificate.device, messageID: messageID, sentAt: sentAt)
  }
}

extension Certificate {
  /// Whether its times hold (T6).
  func holds(at time: Timestamp) -> Bool {
    do { try checkTimes(at: time) } catch { return false }
    return true
  }
}
