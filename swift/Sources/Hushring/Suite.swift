/// How envelopes are encrypted (spec/envelope.md, section 3). Suites are ordered by strength.
public enum Suite: UInt8, CaseIterable, Comparable, Sendable {
  /// X25519 and ChaCha20-Poly1305.
  case x25519 = 1
  /// X-Wing (ML-KEM-768 and X25519) and AES-256-GCM, which also withstands whoever records now and
  /// has a quantum computer later. It needs iOS 26 or macOS 26; bundles of it can be verified
  /// everywhere.
  case xwing = 2

  /// The suites that this system can generate prekeys of, seal with and open, the weaker first.
  public static var supported: [Suite] { allCases.filter(\.isSupported) }

  /// Whether this system can generate prekeys of it, seal with it and open.
  public var isSupported: Bool {
    switch self {
    case .x25519: return true
    case .xwing:
      if #available(iOS 26, macOS 26, *) { return true }
      return false
    }
  }

  /// The name that other implementations use: `x25519` or `xwing`.
  public var name: String { self == .x25519 ? "x25519" : "xwing" }

  /// Finds a suite by its name.
  ///
  /// - Parameter name: `x25519` or `xwing`.
  public init?(name: String) {
    guard let suite = Self.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
    self = suite
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Suite {
  /// Npk: an HPKE public key.
  var publicKeyLength: Int { self == .x25519 ? 32 : MLKEM.publicKeyLength + 32 }

  /// Nenc: an encapsulated key.
  var encapsulatedKeyLength: Int { self == .x25519 ? 32 : MLKEM.ciphertextLength + 32 }

  /// HPKE's plaintext.
  var frameLength: Int {
    Limits.envelopeLength - Limits.headerLength - encapsulatedKeyLength - Limits.authenticationTagLength
  }

  /// The longest compressed content that a frame holds: 2,588 or 1,500 bytes.
  var contentRoom: Int { frameLength - Limits.frameOverhead }

  /// 259 or 1,443 bytes.
  var bundleLength: Int { Limits.bundleOverhead + publicKeyLength }

  /// Its bit in a bundle's `offers`.
  var offersBit: UInt8 { rawValue }

  /// Those of the suites known here whose bits are set, the weaker first.
  static func all(in offers: UInt8) -> [Suite] { allCases.filter { offers & $0.offersBit != 0 } }
}
