// What is said confidentially stays out of logs: `print`, `dump`, `String(reflecting:)` and
// interpolation show the kind of a content, and nothing of what it holds.

extension Content: Secretive {
  public var description: String {
    if case .other = self { "Content(other)" } else { "Content(\(type))" }
  }
}

extension CallInvite: Secretive {
  public var description: String { "CallInvite" }
}

extension CallAnswer: Secretive {
  public var description: String { "CallAnswer" }
}

extension CallCandidates: Secretive {
  public var description: String { "CallCandidates" }
}

extension CallCandidates.Candidate: Secretive {
  public var description: String { "Candidate" }
}

extension CallNegotiate: CustomDebugStringConvertible, CustomReflectable {
  public var debugDescription: String { "CallNegotiate" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallNegotiate.Description: Secretive {
  public var description: String { "Description" }
}

extension CallEnd: Secretive {
  public var description: String { "CallEnd" }
}

extension Message: Secretive {
  public var description: String { "Message" }
}

extension Cover: Secretive {
  public var description: String { "Cover" }
}

extension OtherContent: Secretive {
  public var description: String { "OtherContent" }
}

extension Handle: Secretive {
  public var description: String { "Handle" }
}
