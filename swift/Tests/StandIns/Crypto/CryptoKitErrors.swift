// Test code, never part of a product: a stand-in for CryptoKit over OpenSSL (swift/Tests/StandIns/README.md).

public enum CryptoKitError: Error, Equatable, Hashable {
  case incorrectKeySize
  case incorrectParameterSize
  case authenticationFailure
  case underlyingCoreCryptoError(error: Int32)
  case wrapFailure
  case unwrapFailure
  case invalidParameter
}
