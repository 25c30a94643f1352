#if canImport(PushKit) && canImport(CallKit) && !os(macOS)
  import Foundation
  import Hushring
  import PushKit

  /// Takes the calls that the extension has reported: the system launches the app, and hands over
  /// the payload as if it were a VoIP push.
  ///
  /// Make it in `application(_:didFinishLaunchingWithOptions:)`, always, and keep it. The server
  /// never sends a VoIP push, so PushKit's own token goes nowhere.
  @MainActor
  public final class CallPushes: NSObject {
    /// A call that has come.
    public struct Push: Sendable {
      /// Nothing, if it could not be read.
      public let payload: CallPayload?
      /// Whether the system ends the app unless a call is reported.
      public let mustReport: Bool
      /// To be called once the report was made, and what follows from the journal as well.
      public let completion: @Sendable () -> Void

      public init(payload: CallPayload?, mustReport: Bool, completion: @escaping @Sendable () -> Void) {
        self.payload = payload
        self.mustReport = mustReport
        self.completion = completion
      }
    }

    private let registry: PKPushRegistry
    private let receive: @MainActor (Push) -> Void

    /// - Parameter receive: Reports the call before it returns. Nothing may be awaited before that:
    ///   the system looks when PushKit's method returns, and ends the app after about seven
    ///   seconds.
    public init(receive: @escaping @MainActor (Push) -> Void) {
      self.receive = receive
      registry = PKPushRegistry(queue: .main)
      super.init()
      registry.delegate = self
      registry.desiredPushTypes = [.voIP]
    }

    private nonisolated func take(
      _ dictionary: [AnyHashable: Any], mustReport: Bool, completion: @escaping () -> Void
    ) {
      nonisolated(unsafe) let done = completion // PushKit's, which may be called from anywhere
      let push = Push(
        payload: try? CallPayload(dictionary: dictionary), mustReport: mustReport, completion: { done() })
      MainActor.assumeIsolated { receive(push) } // the registry's queue is the main one
    }
  }

  extension CallPushes: PKPushRegistryDelegate {
    public nonisolated func pushRegistry(
      _ registry: PKPushRegistry, didUpdate pushCredentials: PKPushCredentials, for type: PKPushType
    ) {}

    public nonisolated func pushRegistry(
      _ registry: PKPushRegistry, didReceiveIncomingPushWith payload: PKPushPayload, for type: PKPushType,
      completion: @escaping () -> Void
    ) {
      take(payload.dictionaryPayload, mustReport: true, completion: completion)
    }

    // Xcode 26.4 has both: Swift 6.3, and the SDK that knows of it. Built by an earlier one, the
    // method above goes on being called.
    #if compiler(>=6.3) || HUSHRING_STAND_INS
      /// From iOS 26.4 on, the system calls this one instead.
      @available(iOS 26.4, macCatalyst 26.4, visionOS 26.4, *)
      public nonisolated func pushRegistry(
        _ registry: PKPushRegistry, didReceiveIncomingVoIPPushWith payload: PKPushPayload,
        metadata: PKVoIPPushMetadata, withCompletionHandler completion: @escaping () -> Void
      ) {
        take(payload.dictionaryPayload, mustReport: metadata.mustReport, completion: completion)
      }
    #endif
  }
#endif
