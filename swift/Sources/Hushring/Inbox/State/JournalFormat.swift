extension Origin {
  func write(to writer: inout StateWriter) {
    writer.write(tag: tag)
    writer.write(account)
    writer.write(device)
    writer.write(messageID)
    writer.write(sentAt)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    tag = try reader.tag()
    account = try reader.account()
    device = try reader.device()
    messageID = try reader.messageID()
    sentAt = try reader.timestamp()
  }
}

extension KeptSignal {
  func write(to writer: inout StateWriter) {
    origin.write(to: &writer)
    writer.write(callID)
    writer.write(keptAt)
    writer.write(counted: stream)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    origin = try Origin(from: &reader)
    callID = try reader.callID()
    keptAt = try reader.timestamp()
    stream = try reader.countedBytes()
  }
}

extension Holding.Entry {
  func write(to writer: inout StateWriter) {
    writer.write(UInt8(reason == .clock ? 1 : 0))
    writer.write(tag: letter.tag)
    writer.write(letter.certificate.bytes)
    writer.write(letter.messageID)
    writer.write(letter.sentAt)
    writer.write(counted: letter.stream)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    reason = try reader.flag() ? .clock : .untrusted
    let tag = try reader.tag()
    let certificate = Certificate(unverified: try reader.bytes(UInt16(Limits.certificateLength)))
    guard let certificate else { throw HushringError(.badState) }
    letter = OpenedEnvelope(
      tag: tag, certificate: certificate, messageID: try reader.messageID(), sentAt: try reader.timestamp(),
      stream: try reader.countedBytes())
  }
}

extension JournalEntry {
  func write(to writer: inout StateWriter) {
    origin.write(to: &writer)
    writer.write(optional: call) { writer, call in
      writer.write(call.id)
      writer.write(call.uuid)
    }
    outcome.write(to: &writer)
    since.write(to: &writer)
    writer.write(counted: stream)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    origin = try Origin(from: &reader)
    call = try reader.optional { (reader) throws(HushringError) in
      CallName(id: try reader.callID(), uuid: try reader.uuid())
    }
    outcome = try Outcome(from: &reader)
    since = try Since(from: &reader)
    stream = try reader.countedBytes()
  }
}

extension Outcome {
  func write(to writer: inout StateWriter) {
    switch self {
    case .ring(let until):
      writer.write(UInt8(0))
      writer.write(until)
    case .missed(let reason):
      writer.write(UInt8(1))
      writer.write(reason.number)
    case .end(let reason, let remaining):
      writer.write(UInt8(2))
      writer.write(UInt8(truncatingIfNeeded: reason.rawValue))
      writer.write(optional: remaining) { $0.write(UInt16(truncatingIfNeeded: $1)) }
    case .signal: writer.write(UInt8(3))
    case .second(let taken, let since):
      writer.write(UInt8(4))
      writer.write(taken)
      writer.write(since)
    case .notify: writer.write(UInt8(5))
    // It is never in the journal, and is not read.
    case .drop: writer.write(UInt8.max)
    }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    switch try reader.byte() {
    case 0: self = .ring(until: try reader.timestamp())
    case 1:
      let number = try reader.byte()
      let reason = InboxEvent.MissedReason.allCases.first { $0.number == number }
      guard let reason else { throw HushringError(.badState) }
      self = .missed(reason)
    case 2:
      guard let reason = EndedReason(rawValue: Int(try reader.byte())) else { throw HushringError(.badState) }
      let remaining = try reader.optional { (reader) throws(HushringError) in Int(try reader.integer(UInt16.self)) }
      self = .end(reason, remaining: remaining)
    case 3: self = .signal
    case 4: self = .second(taken: try reader.device(), since: try reader.timestamp())
    case 5: self = .notify
    default: throw HushringError(.badState)
    }
  }
}

extension JournalEntry.Since {
  func write(to writer: inout StateWriter) {
    writer.write(UInt8(repeated ? 1 : 0))
    writer.write(UInt8(answered ? 1 : 0))
    writer.write(UInt8(left ? 1 : 0))
    writer.write(optional: elsewhere) { $0.write($1.rawValue) }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    repeated = try reader.flag()
    answered = try reader.flag()
    left = try reader.flag()
    elsewhere = try reader.optional { (reader) throws(HushringError) in try reader.choice() }
  }
}

extension InboxEvent.MissedReason {
  fileprivate var number: UInt8 {
    switch self {
    case .certificate: 0
    case .clock: 1
    case .ended: 2
    case .expired: 3
    }
  }
}

extension StateWriter {
  fileprivate mutating func write(tag: String) { write(UInt32(tag, radix: 16) ?? 0) }
}

extension StateReader {
  fileprivate mutating func tag() throws(HushringError) -> String {
    try integer(UInt32.self).bigEndianBytes.hexadecimal
  }
}
