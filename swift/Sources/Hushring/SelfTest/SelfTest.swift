/// Says whether this system verifies signatures as the specification does.
///
/// The specification wants Ed25519 without cofactor (spec/envelope.md, S6). Apple does not document
/// whether CryptoKit's is, and nothing of this package was run on an Apple device. So here are the
/// examples that tell, those of the project's test vectors: an application runs them, shows the
/// result, and reports it.
///
/// Nothing depends on the result: where the system has another opinion of an example, the package
/// computes the equation itself, for every signature.
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
    /// Whether the system's verification accepts it.
    public let platformAccepts: Bool
    /// Whether this package accepts it.
    public let packageAccepts: Bool
  }

  /// Runs the examples. It takes some milliseconds.
  public init() {
    results = SelfTestExample.all.map { example in
      Result(
        name: example.name, isValid: example.isValid,
        platformAccepts: example.signature.platformVerifies(example.bytesToSign, key: example.key),
        packageAccepts: example.signature.verifies(example.bytesToSign, key: example.key))
    }
  }

  /// Whether the system's verification decides as the specification does.
  public var platformAgrees: Bool { results.allSatisfy { $0.platformAccepts == $0.isValid } }

  /// Whether this package does. If not, do not use it on this system.
  public var passes: Bool { results.allSatisfy { $0.packageAccepts == $0.isValid } }

  /// A line for a person, and one for each example that the system or the package decides
  /// otherwise.
  public var description: String {
    var lines = [
      "hushring: signatures are verified " + (passes ? "correctly" : "WRONGLY: do not use this")
        + (platformAgrees ? ", by the system" : "; the system's own verification differs")
    ]
    for result in results where result.platformAccepts != result.isValid || result.packageAccepts != result.isValid {
      let outcome = { (accepts: Bool) in accepts ? "accepts" : "refuses" }
      lines.append(
        "\(result.name): the specification \(outcome(result.isValid)), the system "
          + "\(outcome(result.platformAccepts)), the package \(outcome(result.packageAccepts))")
    }
    return lines.joined(separator: "\n")
  }

  /// The same as the property of an instance, without asking the package, which asks this.
  static var platformDecidesRight: Bool {
    SelfTestExample.all.allSatisfy { $0.signature.platformVerifies($0.bytesToSign, key: $0.key) == $0.isValid }
  }
}
