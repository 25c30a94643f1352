// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public typealias Bytef = UInt8
public typealias uInt = UInt32
public typealias uLong = UInt

public struct z_stream {
  public var next_in: UnsafeMutablePointer<Bytef>?
  public var avail_in: uInt = 0
  public var next_out: UnsafeMutablePointer<Bytef>?
  public var avail_out: uInt = 0

  public init() {}
}

public var Z_OK: Int32 { 0 }
public var Z_STREAM_END: Int32 { 1 }
public var Z_NO_FLUSH: Int32 { 0 }
public var Z_FINISH: Int32 { 4 }
public var Z_BEST_COMPRESSION: Int32 { 9 }
public var Z_DEFAULT_STRATEGY: Int32 { 0 }
public var Z_FILTERED: Int32 { 1 }
public var Z_DEFLATED: Int32 { 8 }
public var MAX_WBITS: Int32 { 15 }
public var ZLIB_VERSION: String { "" }

public func deflateInit2_(
  _: UnsafeMutablePointer<z_stream>!, _: Int32, _: Int32, _: Int32, _: Int32, _: Int32,
  _: UnsafePointer<CChar>!, _: Int32
) -> Int32 { 0 }
public func deflateSetDictionary(
  _: UnsafeMutablePointer<z_stream>!, _: UnsafePointer<Bytef>!, _: uInt
) -> Int32 { 0 }
public func deflateBound(_: UnsafeMutablePointer<z_stream>!, _: uLong) -> uLong { 0 }
public func deflate(_: UnsafeMutablePointer<z_stream>!, _: Int32) -> Int32 { 0 }
@discardableResult public func deflateEnd(_: UnsafeMutablePointer<z_stream>!) -> Int32 { 0 }
public func inflateInit2_(
  _: UnsafeMutablePointer<z_stream>!, _: Int32, _: UnsafePointer<CChar>!, _: Int32
) -> Int32 { 0 }
public func inflateSetDictionary(
  _: UnsafeMutablePointer<z_stream>!, _: UnsafePointer<Bytef>!, _: uInt
) -> Int32 { 0 }
public func inflate(_: UnsafeMutablePointer<z_stream>!, _: Int32) -> Int32 { 0 }
@discardableResult public func inflateEnd(_: UnsafeMutablePointer<z_stream>!) -> Int32 { 0 }
