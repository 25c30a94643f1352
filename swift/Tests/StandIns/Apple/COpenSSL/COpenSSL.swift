// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public func EVP_sha256() -> OpaquePointer? { nil }
public func EVP_sha512() -> OpaquePointer? { nil }
public func EVP_MD_CTX_new() -> OpaquePointer? { nil }
