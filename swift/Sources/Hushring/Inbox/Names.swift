/// What is pinned for an account: the system is told it when the account calls (spec/inbox.md,
/// N24).
struct Pinned: Sendable {
  var handle: Handle?
  var displayName: String?

  init() {}

  /// Checks and cleans what the application pins.
  ///
  /// - Throws: ``HushringError/Code/badContent`` with `handle.value` or `displayName`.
  init(handle: Handle?, displayName: String?) throws(HushringError) {
    if let handle {
      guard Pinned.isPossible(handle.value, Bounds.handle) else { throw .pinned("handle.value") }
      let value = handle.value.cleaned
      guard handle.type != .phoneNumber || value.utf8.allSatisfy(Pinned.phoneNumber.contains) else {
        throw .pinned("handle.value")
      }
      if !value.isEmpty { self.handle = Handle(type: handle.type, value: value) }
    }
    if let displayName {
      guard Pinned.isPossible(displayName, Bounds.displayName) else { throw .pinned("displayName") }
      let name = displayName.cleaned
      if !name.isEmpty { self.displayName = name }
    }
  }

  /// Bytes of UTF-8 of both.
  var size: Int { (handle?.value.utf8.count ?? 0) + (displayName?.utf8.count ?? 0) }

  private static func isPossible(_ text: String, _ bound: Int) -> Bool {
    text.utf8.count <= bound && !text.utf8.contains(0)
  }

  private static let phoneNumber = Set("0123456789+*#()-./,; ".utf8)
}

extension HushringError {
  fileprivate static func pinned(_ member: String) -> HushringError {
    var error = HushringError(.badContent)
    error.member = member
    return error
  }
}

extension InboxEvent.Claims {
  /// N25.
  init(_ invite: CallInvite) {
    handle = invite.handle.map { Handle(type: $0.type, value: $0.value.cleaned) }
    callerName = invite.callerName?.cleaned
  }
}

extension String {
  /// The text without characters that deceive, and nothing if nothing visible is left
  /// (spec/inbox.md, N23).
  ///
  /// By scalars: what Swift takes for one character may hold one of them.
  var cleaned: String {
    var cleaned = UnicodeScalarView()
    var isInFlag = false
    var isVisible = false
    for scalar in unicodeScalars {
      switch scalar.value {
      case 0xE0000...0xE007F:
        guard isInFlag else { continue }
      case 0x1F3F4: isInFlag = true
      default: isInFlag = false
      }
      guard !scalar.deceives else { continue }
      cleaned.append(scalar)
      if !scalar.isInvisible { isVisible = true }
    }
    return isVisible ? String(cleaned) : ""
  }
}

extension Unicode.Scalar {
  /// Whether it is taken out, wherever it stands.
  fileprivate var deceives: Bool {
    switch value {
    case 0...0x1F, 0x7F...0x9F, 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x2800, 0x3164,
      0xFEFF, 0xFFF9...0xFFFB:
      true
    default: false
    }
  }

  /// Whether nothing is seen of it, if it stands alone.
  fileprivate var isInvisible: Bool {
    switch value {
    case 0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x200C, 0x200D, 0xFE00...0xFE0F, 0xFFA0: true
    default: properties.isWhitespace
    }
  }
}
