// Test code, never part of a product: what of it is used, for tests/swift_apple.sh, which looks at declarations alone.

@_exported import Darwin

public protocol ContiguousBytes {
  func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R
}

public protocol DataProtocol: RandomAccessCollection where Element == UInt8 {
  associatedtype Regions: BidirectionalCollection where Regions.Element: DataProtocol & ContiguousBytes
  var regions: Regions { get }
}

extension Array: ContiguousBytes where Element == UInt8 {}
extension Array: DataProtocol where Element == UInt8 {
  public var regions: CollectionOfOne<[UInt8]> { CollectionOfOne(self) }
}
extension ArraySlice: ContiguousBytes where Element == UInt8 {}
extension ArraySlice: DataProtocol where Element == UInt8 {
  public var regions: CollectionOfOne<ArraySlice<UInt8>> { CollectionOfOne(self) }
}
extension UnsafeRawBufferPointer: ContiguousBytes {
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R { try body(self) }
}
extension UnsafeRawBufferPointer: DataProtocol {
  public var regions: CollectionOfOne<UnsafeRawBufferPointer> { CollectionOfOne(self) }
}

public struct Data: Hashable, Sendable, Codable, RandomAccessCollection, MutableCollection,
  RangeReplaceableCollection, ContiguousBytes, DataProtocol
{
  public typealias Index = Int
  public typealias Indices = Range<Int>

  public init() {}
  public init<Bytes: Sequence>(_ bytes: Bytes) where Bytes.Element == UInt8 {}
  public init(repeating: UInt8, count: Int) {}
  public init(count: Int) {}

  public var startIndex: Int { 0 }
  public var endIndex: Int { 0 }
  public subscript(index: Int) -> UInt8 {
    get { 0 }
    set {}
  }
  public subscript(bounds: Range<Int>) -> Data {
    get { self }
    set {}
  }
  public mutating func replaceSubrange<C: Collection>(_: Range<Int>, with: C) where C.Element == UInt8 {}
  public mutating func append(_: Data) {}
  public mutating func resetBytes(in range: Range<Int>) {}
  public var regions: CollectionOfOne<Data> { CollectionOfOne(self) }
  public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    try body(UnsafeRawBufferPointer(start: nil, count: 0))
  }
}
