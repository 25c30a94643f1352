/// Says whether this system verifies signatures as the specification does.
///
/// The specification wants Ed25519 without cofactor (spec/envelope.md, S6). Apple does not document
/// whether CryptoKit's is, and nothing of this package was run on an Apple device. So here are the
/// examples that tell, those of the project's test vectors: an application runs them, shows the
/// result, and reports it.
///
/// Where the system has another opinion of an example, the owner of a key could make a signature that
/// this device accepts and others refuse. Nobody else can: such signatures need the private key.
///
/// ```swift
/// print(SelfTest())
/// ```
public struct SelfTest: Sendable, CustomStringConvertible {
  /// Of each example, in their order.
  public let results: [Result]

  /// What became of an example.
  public struct Result: Hashable, Sendable {
    /// The file among the project's test vectors.
    public let name: String
    /// Whether the specification accepts the signature.
    public let isValid: Bool
    /// Whether this package accepts it, with the system's verification.
    public let isAccepted: Bool
  }

  /// Runs the examples. It takes some milliseconds.
  public init() {
    results = SelfTestExample.all.map { example in
      Result(
        name: example.name, isValid: example.isValid,
        isAccepted: example.signature.verifies(example.bytesToSign, key: example.key))
    }
  }

  /// Whether signatures are verified here as the specification wants.
  public var passes: Bool { results.allSatisfy { $0.isAccepted == $0.isValid } }

  /// A line for a person, and one for each example that is decided otherwise.
  public var description: String {
    let outcome = { (accepts: Bool) in accepts ? "accepts" : "refuses" }
    let lines = results.filter { $0.isAccepted != $0.isValid }.map { result in
      "\(result.name): the specification \(outcome(result.isValid)), this system \(outcome(result.isAccepted))"
    }
    let title = "hushring: signatures are verified "
      + (passes ? "as specified" : "otherwise than specified: report it to the authors")
    return ([title] + lines).joined(separator: "\n")
  }
}
