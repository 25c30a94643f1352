// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

public var errno: Int32 {
  get { 0 }
  set {}
}

public typealias mode_t = UInt16
public typealias useconds_t = UInt32

public var EPERM: Int32 { 1 }
public var ENOENT: Int32 { 2 }
public var EIO: Int32 { 0 }
public var EINTR: Int32 { 4 }
public var ENOTDIR: Int32 { 20 }
public var EWOULDBLOCK: Int32 { 35 }
public var F_OK: Int32 { 0 }
public var F_FULLFSYNC: Int32 { 51 }
public var LOCK_EX: Int32 { 2 }
public var LOCK_NB: Int32 { 4 }
public var O_RDONLY: Int32 { 0 }
public var O_WRONLY: Int32 { 1 }
public var O_RDWR: Int32 { 2 }
public var O_CREAT: Int32 { 0x200 }
public var O_TRUNC: Int32 { 0x400 }
public var O_CLOEXEC: Int32 { 0x1000000 }

public func open(_: UnsafePointer<CChar>, _: Int32) -> Int32 { 0 }
public func open(_: UnsafePointer<CChar>, _: Int32, _: mode_t) -> Int32 { 0 }
@discardableResult public func close(_: Int32) -> Int32 { 0 }
@discardableResult public func read(_: Int32, _: UnsafeMutableRawPointer!, _: Int) -> Int { 0 }
@discardableResult public func write(_: Int32, _: UnsafeRawPointer!, _: Int) -> Int { 0 }
@discardableResult public func rename(_: UnsafePointer<CChar>!, _: UnsafePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func unlink(_: UnsafePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func flock(_: Int32, _: Int32) -> Int32 { 0 }
@discardableResult public func fsync(_: Int32) -> Int32 { 0 }
public func access(_: UnsafePointer<CChar>!, _: Int32) -> Int32 { 0 }
public func fcntl(_: Int32, _: Int32) -> Int32 { 0 }
@discardableResult public func usleep(_: useconds_t) -> Int32 { 0 }
@discardableResult public func memset_s(_: UnsafeMutableRawPointer!, _: Int, _: Int32, _: Int) -> Int32 { 0 }
