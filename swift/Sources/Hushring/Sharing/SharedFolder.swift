import Foundation

/// A folder that two processes share: a lock, and files that are replaced as a whole
/// (spec/sharing.md, section 2).
struct SharedFolder: Sendable {
  let url: URL
  /// The longest time that the lock is waited for.
  var patience: Duration = .seconds(2)
  /// Puts off the suspension of the process.
  var perform = ExpiringActivity.system

  func create() throws(HushringError) {
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      throw .storage(error)
    }
    try url.protect()
  }

  var exists: Bool { FileManager.default.fileExists(atPath: url.path) }

  /// Whether there is a file of this name, also where it cannot be read now.
  func has(_ name: String) -> Bool { access(path(name), F_OK) == 0 || ![ENOENT, ENOTDIR].contains(errno) }

  /// Does something while no other process, and no other thread, does so.
  ///
  /// - Throws: ``HushringError/Code/busy``.
  func locked<Result>(
    _ body: () throws(HushringError) -> Result
  ) throws(HushringError) -> Result {
    // Granted before the lock is tried, and kept until it is given back.
    let activity = try beginActivity()
    defer { activity?.end() }
    let lock = try lock(unless: activity)
    defer { lock.close() }
    return try body()
  }

  /// - Returns: nil if there is no such file.
  func open(_ name: String) throws(HushringError) -> SharedFile? {
    do {
      return try SharedFile(path(name), O_RDONLY)
    } catch {
      if error.status == Int(ENOENT) { return nil }
      throw error
    }
  }

  /// Writes a file beside the one of this name.
  func replacement(of name: String) throws(HushringError) -> SharedFile {
    let path = path(name + Self.beside)
    let file = try SharedFile(path, O_WRONLY | O_CREAT | O_TRUNC)
    do {
      try URL(fileURLWithPath: path).protect()
    } catch {
      file.close()
      throw error
    }
    return file
  }

  /// Puts what was written beside a file in its place.
  func replace(_ name: String, by file: SharedFile, surviving loss: Loss) throws(HushringError) {
    if loss == .power { try file.synchronize() }
    guard rename(path(name + Self.beside), path(name)) == 0 else { throw .storage(Int(errno)) }
    if loss == .power { try synchronize() }
  }

  enum Loss {
    case process
    /// The bytes, and the name, are on the disk when it returns.
    case power
  }

  func discard(_ name: String) throws(HushringError) { try remove(name + Self.beside) }

  func remove(_ name: String) throws(HushringError) {
    guard unlink(path(name)) == 0 || errno == ENOENT else { throw .storage(Int(errno)) }
  }

  /// Has the names of its files on the disk.
  func synchronize() throws(HushringError) {
    let folder = try SharedFile(url.path, O_RDONLY)
    defer { folder.close() }
    try folder.synchronize()
  }

  private static let beside = ".new"

  private func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  private func beginActivity() throws(HushringError) -> ExpiringActivity? {
    guard let perform else { return nil }
    return try ExpiringActivity(perform, patience: patience)
  }

  /// Takes the lock, which is on a file that is made once and never replaced. It goes with the
  /// process.
  private func lock(unless activity: ExpiringActivity?) throws(HushringError) -> SharedFile {
    let file = try SharedFile(path("inbox.lock"), O_RDWR | O_CREAT)
    let end = ContinuousClock.now + patience
    while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      let isOver = ContinuousClock.now >= end || activity?.isExpired == true
      guard reason == EWOULDBLOCK || reason == EINTR, !isOver else {
        file.close()
        throw reason == EWOULDBLOCK ? HushringError(.busy) : .storage(Int(reason))
      }
      usleep(5_000)
    }
    return file
  }
}

/// An open file.
struct SharedFile {
  let descriptor: Int32

  fileprivate init(_ path: String, _ flags: Int32) throws(HushringError) {
    descriptor = openFile(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw .storage(Int(errno)) }
  }

  func close() { closeFile(descriptor) }

  /// Reads the next bytes, at most so many.
  ///
  /// - Returns: nil at the end.
  func read(_ count: Int) throws(HushringError) -> Data? {
    var data = Data(count: count)
    while true {
      let read = data.withUnsafeMutableBytes { readFile(descriptor, $0) }
      if read > 0 { return data.prefix(read) }
      if read == 0 { return nil }
      guard errno == EINTR else { throw .storage(Int(errno)) }
    }
  }

  func write(_ data: Data) throws(HushringError) {
    var rest = data
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { writeFile(descriptor, $0) }
      if written > 0 { rest = rest.dropFirst(written) }
      if written == 0 { throw .storage(Int(EIO)) } // which sets no `errno`
      guard written > 0 || errno == EINTR else { throw .storage(Int(errno)) }
    }
  }

  /// Has the bytes on the disk. What `fsync` leaves in its cache, a loss of power would lose on
  /// Apple's systems.
  fileprivate func synchronize() throws(HushringError) {
    #if canImport(Darwin)
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else { throw .storage(Int(errno)) }
  }
}

// Within the type, its own methods would be meant.

private func openFile(_ path: String, _ flags: Int32) -> Int32 { open(path, flags, 0o600) }

private func closeFile(_ descriptor: Int32) { close(descriptor) }

private func readFile(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
  read(descriptor, bytes.baseAddress, bytes.count)
}

private func writeFile(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}

extension HushringError {
  /// What Foundation says of a file, by the system's own number.
  fileprivate static func storage(_ error: any Error) -> HushringError {
    let error = error as NSError
    let cause = error.userInfo[NSUnderlyingErrorKey] as? NSError
    return .storage(cause?.domain == NSPOSIXErrorDomain ? cause?.code ?? error.code : error.code)
  }
}

extension URL {
  /// Has a file readable once the device was unlocked after its start, and out of backups.
  fileprivate func protect() throws(HushringError) {
    #if canImport(Darwin)
      do {
        var (url, values) = (self, URLResourceValues())
        values.isExcludedFromBackup = true
        try url.setResourceValues(values)
        #if os(iOS)
          try FileManager.default.setAttributes(
            [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication], ofItemAtPath: path)
        #endif
      } catch {
        throw .storage(error)
      }
    #endif
  }
}
