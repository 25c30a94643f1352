/// A refusal. Its ``code`` is stable; its text is not.
public struct HushringError: Error, Hashable, Sendable {
  /// What was refused, and why (spec/envelope.md, section 20).
  public let code: Code
  /// With ``Code/badContent``: the path of the member, such as `handle.value`.
  public internal(set) var member: String?
  /// With ``Code/untrusted``: the account, which has proved itself.
  public internal(set) var account: AccountKey?
  /// With ``Code/clock`` and ``Code/tooOld`` of an envelope: `now` − `sentAt` in milliseconds,
  /// negative where the envelope is dated ahead.
  public internal(set) var age: Int64?
  /// With ``Code/tooLarge``: the bytes that the compressed content needs, and those that there are.
  public internal(set) var size: Size?
  /// With ``Code/storage``: what the system said, an `errno` or an `OSStatus` such as −34018 for a
  /// missing entitlement.
  public internal(set) var status: Int?

  /// The bytes that a compressed content needs, and those that there are.
  public struct Size: Hashable, Sendable {
    /// What the content needs.
    public let needed: Int
    /// The smallest room among the suites of the targets.
    public let available: Int
  }

  /// Whether ``member`` begins with a place in a list, which no period separates from its container.
  var beginsWithPlace = false

  init(_ code: Code) { self.code = code }
}

extension HushringError: CustomStringConvertible {
  /// Its code, and the path of the member.
  public var description: String {
    "hushring: \(code.rawValue)" + (member.map { " (\($0))" } ?? status.map { " (\($0))" } ?? "")
  }
}
