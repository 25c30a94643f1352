// What is said confidentially stays out of logs: `print`, `dump`, `String(reflecting:)` and interpolation show the
// kind of a content, and nothing of what it holds.

extension Content: CustomStringConvertible, CustomReflectable {
  public var description: String {
    if case .other = self { "Content(other)" } else { "Content(\(type))" }
  }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallInvite: CustomStringConvertible, CustomReflectable {
  public var description: String { "CallInvite" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallAnswer: CustomStringConvertible, CustomReflectable {
  public var description: String { "CallAnswer" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallCandidates: CustomStringConvertible, CustomReflectable {
  public var description: String { "CallCandidates" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallCandidates.Candidate: CustomStringConvertible, CustomReflectable {
  public var description: String { "Candidate" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallNegotiate: CustomDebugStringConvertible, CustomReflectable {
  public var debugDescription: String { "CallNegotiate" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallNegotiate.Description: CustomStringConvertible, CustomReflectable {
  public var description: String { "Description" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension CallEnd: CustomStringConvertible, CustomReflectable {
  public var description: String { "CallEnd" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Message: CustomStringConvertible, CustomReflectable {
  public var description: String { "Message" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Cover: CustomStringConvertible, CustomReflectable {
  public var description: String { "Cover" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension OtherContent: CustomStringConvertible, CustomReflectable {
  public var description: String { "OtherContent" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Handle: CustomStringConvertible, CustomReflectable {
  public var description: String { "Handle" }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
