// What describes a call, and what is asked of it (developer.apple.com/documentation/callkit).
// Actions are not Sendable here, so that the samples compile whether or not the SDK says that they
// are.

import Dispatch
import Foundation
import StandInSupport

open class CXHandle: NSObject, @unchecked Sendable {
  public enum HandleType: Int, Sendable {
    case generic = 1
    case phoneNumber = 2
    case emailAddress = 3
  }

  public let type: HandleType
  public let value: String

  public init(type: HandleType, value: String) {
    self.type = type
    self.value = value
  }
}

open class CXCallUpdate: NSObject {
  open var remoteHandle: CXHandle?
  open var localizedCallerName: String?
  open var supportsHolding = true
  open var supportsGrouping = true
  open var supportsUngrouping = true
  open var supportsDTMF = true
  open var hasVideo = false

  public override init() {}
}

open class CXAction: NSObject {
  public let uuid = UUID()
  private let answers = Locked<[Bool]>([])

  open var isComplete: Bool { answers.withLock { !$0.isEmpty } }
  open func fulfill() { answers.withLock { $0.append(true) } }
  open func fail() { answers.withLock { $0.append(false) } }

  /// The stand-in's own: whether it was fulfilled, once it is complete.
  public var standInFulfilled: Bool? { answers.withLock { $0.first } }
  /// How often it was fulfilled or failed.
  public var standInAnswers: Int { answers.withLock { $0.count } }
}

open class CXCallAction: CXAction {
  public let callUUID: UUID

  public init(call callUUID: UUID) { self.callUUID = callUUID }
}

open class CXStartCallAction: CXCallAction {
  open var handle: CXHandle
  open var isVideo = false

  public init(call callUUID: UUID, handle: CXHandle) {
    self.handle = handle
    super.init(call: callUUID)
  }
}

open class CXAnswerCallAction: CXCallAction {}

open class CXEndCallAction: CXCallAction {}

open class CXSetHeldCallAction: CXCallAction {
  open var isOnHold: Bool

  public init(call callUUID: UUID, onHold: Bool) {
    isOnHold = onHold
    super.init(call: callUUID)
  }
}

open class CXSetMutedCallAction: CXCallAction {
  open var isMuted: Bool

  public init(call callUUID: UUID, muted: Bool) {
    isMuted = muted
    super.init(call: callUUID)
  }
}

open class CXTransaction: NSObject {
  public let actions: [CXAction]

  public init(action: CXAction) { actions = [action] }
}

open class CXCallController: NSObject {
  private let transactions = Locked<[CXTransaction]>([])
  private let errors = Locked<[any Error]>([])

  public override init() {}

  public init(queue: DispatchQueue) {}

  open func request(_ transaction: CXTransaction, completion: @escaping @Sendable ((any Error)?) -> Void) {
    transactions.withLock { $0.append(transaction) }
    completion(errors.withLock { $0.isEmpty ? nil : $0.removeFirst() })
  }

  /// The next transactions fail so, one after the other.
  public func standInFail(_ errors: [any Error]) { self.errors.withLock { $0 += errors } }

  /// The stand-in's own: what was requested.
  public var standInTransactions: [CXTransaction] { transactions.withLock { $0 } }
}
