extension Accounts {
  init(from reader: inout StateReader) throws(HushringError) {
    let count = try reader.count(atMost: Bounds.accounts)
    reserveCapacity(count)
    for _ in 0..<count {
      let record = try AccountRecord(from: &reader)
      try reader.require(append(record))
    }
    try reader.require(
      totals.names <= Bounds.names && totals.messageIDs <= Bounds.messageIDs.all && totals.calls <= Bounds.calls.all
        && totals.deviceFloors <= Bounds.deviceFloors.all)
  }
}

extension AccountRecord {
  func write(to writer: inout StateWriter) {
    writer.write(key)
    writer.write(standing.rawValue)
    writer.write(optional: replayFloor) { $0.write($1) }
    writer.write(floors.account)
    writer.write(list: floors.devices) { writer, entry in
      writer.write(entry.device)
      writer.write(entry.floor)
    }
    pinned.write(to: &writer)
    writer.write(list: messageIDs.entries) { writer, entry in
      writer.write(entry.sentAt)
      writer.write(entry.id)
    }
    writer.write(list: calls) { $1.write(to: &$0) }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    key = try reader.account()
    standing = try reader.choice()
    replayFloor = try reader.optional { (reader) throws(HushringError) in try reader.timestamp() }
    let floor = try reader.seconds()
    let devices = try reader.list(atMost: Bounds.deviceFloors.account) { (reader) throws(HushringError) in
      RevocationFloors.DeviceFloor(device: try reader.device(), floor: try reader.seconds())
    }
    floors = RevocationFloors(account: floor, devices: devices)
    try reader.require(devices.ascends(by: \.device) && devices == floors.devices)
    pinned = try Pinned(from: &reader)
    let entries = try reader.list(atMost: Bounds.messageIDs.account) { (reader) throws(HushringError) in
      MessageIDs.Entry(sentAt: try reader.timestamp(), id: try reader.messageID())
    }
    try reader.require(entries.ascends(by: \.self))
    messageIDs = MessageIDs(entries)
    calls = try reader.list(atMost: Bounds.calls.caller, CallRecord.init(from:))
  }
}

extension Pinned {
  func write(to writer: inout StateWriter) {
    writer.write(optional: handle) { writer, handle in
      writer.write(handle.type.number)
      writer.write(counted: handle.value.utf8)
    }
    writer.write(optional: displayName) { $0.write(counted: $1.utf8) }
  }

  init(from reader: inout StateReader) throws(HushringError) {
    handle = try reader.optional { (reader) throws(HushringError) in
      let number = try reader.byte()
      guard let type = HandleType.allCases.first(where: { $0.number == number }) else {
        throw HushringError(.badState)
      }
      return Handle(type: type, value: try reader.text(atMost: Bounds.handle))
    }
    displayName = try reader.optional { (reader) throws(HushringError) in
      try reader.text(atMost: Bounds.displayName)
    }
  }
}

extension HandleType {
  fileprivate var number: UInt8 {
    switch self {
    case .generic: 0
    case .phoneNumber: 1
    case .emailAddress: 2
    }
  }
}
