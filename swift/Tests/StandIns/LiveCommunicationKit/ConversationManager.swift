// Stands in for LiveCommunicationKit where that is not: what HushringCallKit uses.
// Signatures: developer.apple.com/documentation/livecommunicationkit, iOS 17.4.

import Foundation
import StandInSupport

public struct Handle: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case generic, phoneNumber, emailAddress
  }

  public var type: Kind
  public var value: String
  public var displayName: String

  public init(type: Kind, value: String, displayName: String? = nil) {
    self.type = type
    self.value = value
    self.displayName = displayName ?? value
  }
}

public final class Conversation: Sendable {
  public let uuid: UUID

  init(uuid: UUID) { self.uuid = uuid }

  public struct Capabilities: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let video = Capabilities(rawValue: 1)
  }

  public struct Update: Hashable, Sendable {
    public var localMember: Handle?
    public var members: Set<Handle>?
    public var activeRemoteMembers: Set<Handle>?
    public var capabilities: Capabilities?

    public init(
      localMember: Handle? = nil, members: Set<Handle>? = nil, activeRemoteMembers: Set<Handle>? = nil,
      capabilities: Capabilities? = nil
    ) {
      self.localMember = localMember
      self.members = members
      self.activeRemoteMembers = activeRemoteMembers
      self.capabilities = capabilities
    }
  }

  public enum EndedReason: Int, Hashable, Sendable {
    case failed, remoteEnded, unanswered, joinedElsewhere, declinedElsewhere
  }

  public enum Event: Hashable, Sendable {
    case conversationStartedConnecting(Date)
    case conversationConnected(Date)
    case conversationUpdated(Update)
    case conversationEnded(Date, EndedReason)
  }
}

public final class ConversationManager: Sendable {
  private let shared = Locked(Shared())

  private struct Shared {
    var conversations: [Conversation] = []
    var updates: [UUID: Conversation.Update] = [:]
    var events: [Conversation.Event] = []
  }

  public struct Configuration: Sendable {
    public init(
      ringtoneName: String?, iconTemplateImageData: Data?, maximumConversationGroups: Int,
      maximumConversationsPerConversationGroup: Int, includesConversationInRecents: Bool, supportsVideo: Bool,
      supportedHandleTypes: Set<Handle.Kind>
    ) {}
  }

  public init(configuration: Configuration) {}

  public var conversations: [Conversation] { shared.withLock { $0.conversations } }

  /// The conversation is there when this returns, which is later.
  public func reportNewIncomingConversation(uuid: UUID, update: Conversation.Update) async throws {
    try await Task.sleep(for: .milliseconds(20))
    shared.withLock {
      $0.conversations.append(Conversation(uuid: uuid))
      $0.updates[uuid] = update
    }
  }

  public func reportConversationEvent(_ event: Conversation.Event, for conversation: Conversation) {
    shared.withLock {
      $0.events.append(event)
      if case .conversationEnded = event { $0.conversations.removeAll { $0.uuid == conversation.uuid } }
    }
  }

  public final class func reportNewIncomingVoIPPushPayload(_ payload: [AnyHashable: Any]) async throws {
    pushed.withLock { $0.payloads.append(payload) }
  }

  /// The stand-in's own: what extensions have reported.
  public static var standInPushed: [[AnyHashable: Any]] { pushed.withLock { $0.payloads } }

  private struct Pushed: @unchecked Sendable {
    var payloads: [[AnyHashable: Any]] = []
  }

  private static let pushed = Locked(Pushed())

  /// The stand-in's own.
  public var standInUpdates: [UUID: Conversation.Update] { shared.withLock { $0.updates } }
  public var standInEvents: [Conversation.Event] { shared.withLock { $0.events } }
}
