import Foundation

#if canImport(CryptoKit)
import CryptoKit
#else
import Crypto
#endif

/// The state that was saved or loaded last.
struct SavedState: Sendable {
  /// The SHA-256 of everything in it before its revision.
  let digest: Bytes32
  let revision: UInt64

  static let version: UInt8 = 1
}

extension Inbox {
  /// The revision of the state that was saved or loaded last, and 0 before (spec/inbox.md, N35).
  ///
  /// It rises by one with each state that differs from the one before. Keep it where no backup
  /// restores it, once the state is stored, and pass it to ``init(state:certificate:atLeast:)``: so
  /// state that was restored from a copy is found, which would accept replays.
  public var revision: UInt64 { saved?.revision ?? 0 }

  /// Returns the state: usually some kilobytes, and 3.1 MB with everything at its bounds. An
  /// extension has little memory: ``save(_:)`` does not need it as a whole.
  ///
  /// It contains no private key, but the plaintext of pending and held messages: keep it encrypted
  /// at rest, and out of backups. A state that has not changed gives the same bytes.
  public mutating func save() -> Data {
    var size = 0
    write { piece in size += piece.count }
    var state = Data(capacity: size + 64)
    save { piece in state.append(piece) }
    return state
  }

  /// Hands out the state piece by piece, so that it is never in memory as a whole.
  ///
  /// - Parameter sink: takes some tens of kilobytes at a time. If it throws, nothing was saved.
  public mutating func save<Failure>(_ sink: (Data) throws(Failure) -> Void) throws(Failure) {
    var hash = SHA256()
    try write { (piece: Data) throws(Failure) in
      hash.update(data: piece)
      try sink(piece)
    }
    let digest = Bytes32(Array(hash.finalize()))
    var state = SavedState(digest: digest ?? .zero, revision: 1)
    if let saved {
      // No number follows the last one: it stays, as if nothing had changed.
      let revision = saved.digest == state.digest ? saved.revision : saved.revision.addingSaturating(1)
      state = SavedState(digest: state.digest, revision: revision)
    }
    let revision = Data(state.revision.bigEndianBytes)
    hash.update(data: revision)
    try sink(revision + Array(hash.finalize()))
    saved = state
  }

  /// Loads the state that ``save()`` returned.
  ///
  /// Prekeys are not in it: add them again. The device's certificate may have been renewed since.
  /// Keep state that is refused, and do not go on without it.
  ///
  /// - Parameter revision: the ``revision`` that the state must have at least.
  /// - Throws: in this order ``HushringError/Code/stateTooNew`` if a later version of this package
  ///   saved it; ``HushringError/Code/badState``; ``HushringError/Code/wrongAccount``;
  ///   ``HushringError/Code/wrongDevice``; ``HushringError/Code/stateRolledBack`` if an older copy
  ///   has taken its place.
  public init(state: Data, certificate: Certificate, atLeast revision: UInt64 = 0) throws(HushringError) {
    var rest = state
    var reader = StateReader {
      defer { rest = rest.dropFirst(StatePiece.length) }
      return rest.isEmpty ? nil : rest.prefix(StatePiece.length)
    }
    try self.init(reading: &reader, certificate: certificate, atLeast: revision)
  }

  /// Loads state piece by piece, so that it is never in memory as a whole.
  ///
  /// - Parameter next: gives the next piece, and nothing behind the last.
  /// - Throws: what ``init(state:certificate:atLeast:)`` throws, and what `next` does.
  public init(
    certificate: Certificate, atLeast revision: UInt64 = 0, reading next: @escaping () throws -> Data?
  ) throws {
    var reader = StateReader(next)
    do {
      try self.init(reading: &reader, certificate: certificate, atLeast: revision)
    } catch {
      throw reader.failure ?? error
    }
  }

  /// N32 and N35
  private init(
    reading reader: inout StateReader, certificate: Certificate, atLeast least: UInt64
  ) throws(HushringError) {
    let version = try reader.byte()
    guard version <= SavedState.version else { throw HushringError(.stateTooNew) }
    try reader.require(version == SavedState.version)
    self = try Inbox.read(from: &reader)
    guard let digest = reader.digest else { throw HushringError(.badState) }
    saved = SavedState(digest: digest, revision: try reader.integer())
    let checksum = reader.digest
    let expected = try reader.bytes32()
    try reader.require(checksum == expected && reader.isAtEnd)
    guard account == certificate.account else { throw HushringError(.wrongAccount) }
    guard device == certificate.device else { throw HushringError(.wrongDevice) }
    guard revision >= least else { throw HushringError(.stateRolledBack) }
  }
}

extension Bytes32 {
  static let zero = Bytes32(quarters: (0, 0, 0, 0))
}

extension UInt64 {
  func addingSaturating(_ more: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(more)
    return overflow ? .max : sum
  }
}
