import Hushring

/// What the system shows of a call. Its handle is never empty, because iOS 26 could not offer
/// "More…" then.
public struct CallDisplay: Sendable {
  public let handle: Handle
  public let callerName: String?
  public let hasVideo: Bool

  /// What is shown of a call that rings.
  public init(_ payload: CallPayload) {
    self.init(handle: payload.handle, callerName: payload.callerName, hasVideo: payload.hasVideo)
  }

  /// What is shown of a call that the user places: what is pinned of the account that is called.
  ///
  /// - Parameter handle: Where nothing, or nothing visible, is pinned, the fingerprint of the
  ///   account stands in.
  public init(to account: AccountKey, handle: Handle?, displayName: String?, hasVideo: Bool) {
    let pinned = handle.flatMap { $0.value.isEmpty ? nil : $0 }
    self.init(
      handle: pinned ?? Handle(type: .generic, value: account.fingerprint),
      callerName: displayName.flatMap { $0.isEmpty ? nil : $0 },
      hasVideo: hasVideo)
  }

  /// What is shown of a payload that cannot be read, for the moment before its call ends.
  public static let unreadable = CallDisplay(
    handle: Handle(type: .generic, value: "—"), callerName: nil, hasVideo: false)

  private init(handle: Handle, callerName: String?, hasVideo: Bool) {
    self.handle = handle
    self.callerName = callerName
    self.hasVideo = hasVideo
  }
}

// Names stay out of logs.
extension CallDisplay: CustomStringConvertible, CustomReflectable {
  public var description: String { "CallDisplay(\(hasVideo ? "video" : "audio"))" }

  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
