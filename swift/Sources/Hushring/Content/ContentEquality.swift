// Contents are equal if their bytes are, while Swift's `==` takes canonically equivalent texts for
// one.

extension CallInvite {
  public static func == (left: Self, right: Self) -> Bool {
    left.callID == right.callID && left.handle == right.handle && left.callerName.isSame(as: right.callerName)
      && left.hasVideo == right.hasVideo && left.lifetime == right.lifetime && left.offer.isSame(as: right.offer)
      && left.groupID.isSame(as: right.groupID) && left.data == right.data && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(callID)
    hasher.combine(handle)
    hasher.combine(utf8: callerName)
    hasher.combine(hasVideo)
    hasher.combine(lifetime)
    hasher.combine(utf8: offer)
    hasher.combine(utf8: groupID)
    hasher.combine(data)
    hasher.combine(others)
  }
}

extension CallAnswer {
  public static func == (left: Self, right: Self) -> Bool {
    left.callID == right.callID && left.ring == right.ring && left.answer.isSame(as: right.answer)
      && left.data == right.data && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(callID)
    hasher.combine(ring)
    hasher.combine(utf8: answer)
    hasher.combine(data)
    hasher.combine(others)
  }
}

extension CallCandidates.Candidate {
  public static func == (left: Self, right: Self) -> Bool {
    left.candidate.isSame(as: right.candidate) && left.sdpMid.isSame(as: right.sdpMid)
      && left.sdpMLineIndex == right.sdpMLineIndex && left.usernameFragment.isSame(as: right.usernameFragment)
      && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(utf8: candidate)
    hasher.combine(utf8: sdpMid)
    hasher.combine(sdpMLineIndex)
    hasher.combine(utf8: usernameFragment)
    hasher.combine(others)
  }
}

extension CallNegotiate.Description {
  public static func == (left: Self, right: Self) -> Bool {
    left.type == right.type && left.sdp.isSame(as: right.sdp) && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    hasher.combine(utf8: sdp)
    hasher.combine(others)
  }
}

extension Message {
  public static func == (left: Self, right: Self) -> Bool {
    left.body.isSame(as: right.body) && left.data == right.data && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(utf8: body)
    hasher.combine(data)
    hasher.combine(others)
  }
}

extension OtherContent {
  public static func == (left: Self, right: Self) -> Bool {
    left.type.isSame(as: right.type) && left.callID == right.callID && left.members == right.members
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(utf8: type)
    hasher.combine(callID)
    hasher.combine(members)
  }
}

extension Handle {
  public static func == (left: Self, right: Self) -> Bool {
    left.type == right.type && left.value.isSame(as: right.value) && left.others == right.others
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(type)
    hasher.combine(utf8: value)
    hasher.combine(others)
  }
}
