extension CallRecord {
  func write(to writer: inout StateWriter) {
    writer.write(id)
    writer.write(recordedAt)
    writer.write(rung)
    writer.write(over)
    elsewhere.write(to: &writer)
    writer.write(phase.rawValue)
    writer.write(until)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    id = try reader.callID()
    recordedAt = try reader.timestamp()
    rung = try reader.timestamp()
    over = try reader.timestamp()
    elsewhere = try Elsewhere(from: &reader)
    phase = try reader.choice()
    until = try reader.timestamp()
  }
}

extension Elsewhere {
  func write(to writer: inout StateWriter) {
    writer.write(time)
    writer.write(reason.rawValue)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    self.init(time: try reader.timestamp(), reason: try reader.choice())
  }
}

extension EarlyEnds.Entry {
  func write(to writer: inout StateWriter) {
    writer.write(caller)
    writer.write(callID)
    writer.write(recordedAt)
    elsewhere.write(to: &writer)
  }

  init(from reader: inout StateReader) throws(HushringError) {
    self.init(
      caller: try reader.bytes32(), callID: try reader.callID(), recordedAt: try reader.timestamp(),
      elsewhere: try Elsewhere(from: &reader))
  }
}

extension PlacedCall {
  func write(to writer: inout StateWriter) {
    writer.write(id)
    writer.write(placedAt)
    writer.write(list: legs) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    id = try reader.callID()
    placedAt = try reader.timestamp()
    legs = try reader.list(atMost: Bounds.legs.call, Leg.init(from:))
    try reader.require(legs.ascends(by: \.account))
  }
}

extension Leg {
  func write(to writer: inout StateWriter) {
    writer.write(account)
    writer.write(since)
    writer.write(state.rawValue)
    writer.write(optional: by) { $0.write($1) }
    writer.write(UInt8(told ? 1 : 0))
    writer.write(UInt8(declined ? 1 : 0))
  }

  init(from reader: inout StateReader) throws(HushringError) {
    account = try reader.account()
    since = try reader.timestamp()
    state = try reader.choice()
    by = try reader.optional { (reader) throws(HushringError) in try reader.device() }
    told = try reader.flag()
    declined = try reader.flag()
  }
}

extension JoinedCall {
  func write(to writer: inout StateWriter) {
    writer.write(caller)
    writer.write(id)
    writer.write(joinedAt)
    writer.write(list: participants) { $0.write($1) }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    caller = try reader.account()
    id = try reader.callID()
    joinedAt = try reader.timestamp()
    participants = try reader.list(atMost: Bounds.participants.call) { (reader) throws(HushringError) in
      try reader.account()
    }
    try reader.require(participants.ascends(by: \.self))
  }
}
