// Stands in for CallKit where that is not: exactly what HushringCallKit and the samples use of it.
// It rings nobody; it records what it was told and answers with the errors that a test has set.
// Never part of a product.
//
// Signatures: CXProvider and its reporting methods are those of ../shared/seeds/cxprovider.txt and
// reportNewIncomingVoIPPushPayload.txt. The others are those of Apple's SDK as its documentation
// prints them (developer.apple.com/documentation/callkit). Where Objective-C has an optional method
// of a protocol, there is a default implementation that does nothing.

import AVFAudio
import Dispatch
import Foundation
import StandInSupport

open class CXProviderConfiguration: NSObject, @unchecked Sendable {
  open var ringtoneSound: String?
  open var iconTemplateImageData: Data?
  open var maximumCallGroups = 2
  open var maximumCallsPerCallGroup = 5
  open var includesCallsInRecents = true
  open var supportsVideo = false
  open var supportedHandleTypes: Set<CXHandle.HandleType> = []

  public override init() {}
}

public enum CXCallEndedReason: Int, Sendable {
  case failed = 1
  case remoteEnded = 2
  case unanswered = 3
  case answeredElsewhere = 4
  case declinedElsewhere = 5
}

open class CXProvider: NSObject, @unchecked Sendable {
  private let shared: Locked<Shared>

  private struct Shared: @unchecked Sendable {
    var configuration: CXProviderConfiguration
    weak var delegate: (any CXProviderDelegate)?
    var reports: [Report] = []
    var errors: [any Error] = []
    var calls: Set<UUID> = []
  }

  public init(configuration: CXProviderConfiguration) {
    shared = Locked(Shared(configuration: configuration))
  }

  open var configuration: CXProviderConfiguration {
    get { shared.withLock { $0.configuration } }
    set { shared.withLock { $0.configuration = newValue } }
  }

  open func setDelegate(_ delegate: (any CXProviderDelegate)?, queue: DispatchQueue?) {
    shared.withLock { $0.delegate = delegate }
  }

  open func reportNewIncomingCall(
    with UUID: UUID, update: CXCallUpdate, completion: @escaping @Sendable ((any Error)?) -> Void
  ) {
    let report = Report.incoming(UUID, Report.Update(update))
    let error: (any Error)? = shared.withLock {
      $0.reports.append(report)
      if !$0.errors.isEmpty { return $0.errors.removeFirst() }
      if $0.calls.contains(UUID) { return CXErrorCodeIncomingCallError(.callUUIDAlreadyExists) }
      $0.calls.insert(UUID)
      return nil
    }
    completion(error)
  }

  open func reportCall(with UUID: UUID, updated update: CXCallUpdate) {
    let report = Report.updated(UUID, Report.Update(update))
    shared.withLock { $0.reports.append(report) }
  }

  open func reportCall(with UUID: UUID, endedAt dateEnded: Date?, reason endedReason: CXCallEndedReason) {
    shared.withLock {
      $0.reports.append(.ended(UUID, endedReason))
      $0.calls.remove(UUID)
    }
  }

  open func reportOutgoingCall(with UUID: UUID, startedConnectingAt dateStartedConnecting: Date?) {
    shared.withLock { $0.reports.append(.startedConnecting(UUID)) }
  }

  open func reportOutgoingCall(with UUID: UUID, connectedAt dateConnected: Date?) {
    shared.withLock { $0.reports.append(.connected(UUID)) }
  }

  open func invalidate() { shared.withLock { $0.calls = [] } }

  open class func reportNewIncomingVoIPPushPayload(
    _ dictionaryPayload: [AnyHashable: Any], completion: (@Sendable ((any Error)?) -> Void)? = nil
  ) {
    let (isSilent, error): (Bool, (any Error)?) = pushed.withLock {
      $0.payloads.append(dictionaryPayload)
      return ($0.isSilent, $0.errors.isEmpty ? nil : $0.errors.removeFirst())
    }
    // On a queue of its own, as the documentation says.
    if !isSilent { DispatchQueue.global().async { completion?(error) } }
  }

  // The stand-in's own, for tests.

  /// What a provider was told.
  public enum Report: Hashable, Sendable {
    case incoming(UUID, Update)
    case updated(UUID, Update)
    case ended(UUID, CXCallEndedReason)
    case startedConnecting(UUID)
    case connected(UUID)

    public struct Update: Hashable, Sendable {
      public let handleType: CXHandle.HandleType?
      public let handle: String?
      public let name: String?
      public let hasVideo: Bool

      init(_ update: CXCallUpdate) {
        handleType = update.remoteHandle?.type
        handle = update.remoteHandle?.value
        name = update.localizedCallerName
        hasVideo = update.hasVideo
      }
    }
  }

  public var standInReports: [Report] { shared.withLock { $0.reports } }
  public var standInDelegate: (any CXProviderDelegate)? { shared.withLock { $0.delegate } }

  /// The next reports of incoming calls fail so, one after the other.
  public func standInFail(_ errors: [any Error]) { shared.withLock { $0.errors += errors } }

  /// What extensions have reported.
  public static var standInPushed: [[AnyHashable: Any]] { pushed.withLock { $0.payloads } }

  /// The next reports of extensions fail so, one after the other.
  public static func standInFailPushes(_ errors: [any Error]) { pushed.withLock { $0.errors += errors } }

  /// From now on, reports of extensions are never answered; until ``standInForgetPushes()``.
  public static func standInFallSilent() { pushed.withLock { $0.isSilent = true } }

  public static func standInForgetPushes() { pushed.withLock { $0 = Pushed() } }

  private struct Pushed: @unchecked Sendable {
    var payloads: [[AnyHashable: Any]] = []
    var errors: [any Error] = []
    var isSilent = false
  }

  private static let pushed = Locked(Pushed())
}

public protocol CXProviderDelegate: NSObjectProtocol {
  func providerDidReset(_ provider: CXProvider)
  func providerDidBegin(_ provider: CXProvider)
  func provider(_ provider: CXProvider, perform action: CXStartCallAction)
  func provider(_ provider: CXProvider, perform action: CXAnswerCallAction)
  func provider(_ provider: CXProvider, perform action: CXEndCallAction)
  func provider(_ provider: CXProvider, perform action: CXSetHeldCallAction)
  func provider(_ provider: CXProvider, perform action: CXSetMutedCallAction)
  func provider(_ provider: CXProvider, timedOutPerforming action: CXAction)
  func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession)
  func provider(_ provider: CXProvider, didDeactivate audioSession: AVAudioSession)
}

// All but `providerDidReset` are optional.
extension CXProviderDelegate {
  public func providerDidBegin(_ provider: CXProvider) {}
  public func provider(_ provider: CXProvider, perform action: CXStartCallAction) {}
  public func provider(_ provider: CXProvider, perform action: CXAnswerCallAction) {}
  public func provider(_ provider: CXProvider, perform action: CXEndCallAction) {}
  public func provider(_ provider: CXProvider, perform action: CXSetHeldCallAction) {}
  public func provider(_ provider: CXProvider, perform action: CXSetMutedCallAction) {}
  public func provider(_ provider: CXProvider, timedOutPerforming action: CXAction) {}
  public func provider(_ provider: CXProvider, didActivate audioSession: AVAudioSession) {}
  public func provider(_ provider: CXProvider, didDeactivate audioSession: AVAudioSession) {}
}
