/// What separates the uses of one key or one hash (spec/envelope.md, section 1.4).
///
/// That of an encapsulation's hedging is not among them, because CryptoKit draws the random bytes
/// itself.
enum Label: String, CaseIterable {
  case certificate = "hushring/1 certificate"
  case prekey = "hushring/1 prekey"
  case envelope = "hushring/1 envelope"
  case revocation = "hushring/1 revocation"
  case deviceRevocation = "hushring/1 device revocation"
  case link = "hushring/1 link"
  case linkRequest = "hushring/1 link request"
  case linkGrant = "hushring/1 link grant"
  case fingerprint = "hushring/1 fingerprint"
  case callKit = "hushring/1 callkit"

  /// With the zero byte that follows each.
  var bytes: [UInt8] { Array(rawValue.utf8) + [0] }
}
