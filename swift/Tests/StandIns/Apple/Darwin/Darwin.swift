// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public var errno: Int32 {
  get { 0 }
  set {}
}
