import Foundation

// For what an application stores beside the inbox: its contacts, and the calls that it is in. What
// is decoded was checked as in the initialisers, and throws their errors.

extension AccountKey: Codable {
  /// Decodes the 32 bytes.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(Data.self))
  }

  /// Encodes the 32 bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(data)
  }
}

extension DeviceKey: Codable {
  /// Decodes the 32 bytes.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(Data.self))
  }

  /// Encodes the 32 bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(data)
  }
}

extension CallID: Codable {
  /// Decodes the UUID.
  public init(from decoder: any Decoder) throws {
    try self.init(decoder.singleValueContainer().decode(UUID.self))
  }

  /// Encodes the UUID.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(uuid)
  }
}

extension Timestamp: Codable {
  /// Decodes the milliseconds since 1970.
  public init(from decoder: any Decoder) throws {
    self.init(milliseconds: try decoder.singleValueContainer().decode(UInt64.self))
  }

  /// Encodes the milliseconds since 1970.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}
