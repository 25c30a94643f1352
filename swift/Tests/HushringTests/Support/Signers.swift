import Foundation

@testable import Hushring

/// Signs with a key that is kept here.
struct KeptSigner: Signer {
  let key: SigningKey

  func signature(for bytes: Data) async throws -> Data {
    precondition(bytes.count <= 128)
    return Data(try key.signature(for: Array(bytes)).bytes)
  }
}

/// Signs with a function.
struct FunctionSigner: Signer {
  let sign: @Sendable (Data) throws -> Data

  func signature(for bytes: Data) async throws -> Data { try sign(bytes) }
}
