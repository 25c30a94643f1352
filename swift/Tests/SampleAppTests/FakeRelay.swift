import Foundation
import Glibc
import StandInSupport

/// A relay on this machine that keeps what is put and hands it out, and writes down what it is asked.
/// It verifies nothing.
final class FakeRelay: Sendable {
  let address: URL
  private let listener: Int32
  private let kept = Locked<[String: Data]>([:])
  private let log = Locked<[Request]>([])

  struct Request: Sendable {
    /// Such as `PUT /v1/bundles`.
    let line: String
    let body: Data
  }

  struct NoSocket: Error {}

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, length) == 0, listen(listener, 16) == 0 else { return nil }
        return getsockname(listener, address, &length) == 0 ? UInt16(bigEndian: pointer.pointee.sin_port) : nil
      }
    }
    guard let port, let address = URL(string: "http://127.0.0.1:\(port)") else { throw NoSocket() }
    (self.listener, self.address) = (listener, address)
    Thread.detachNewThread { [kept, log] in
      while case let connection = accept(listener, nil, nil), connection >= 0 {
        Self.answer(connection, kept, log)
        close(connection)
      }
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The bodies of the requests with this line, in their order.
  func bodies(_ line: String) -> [Data] { log.withLock { $0.filter { $0.line == line }.map(\.body) } }

  private static func answer(_ connection: Int32, _ kept: Locked<[String: Data]>, _ log: Locked<[Request]>) {
    guard let request = read(connection) else { return }
    log.withLock { $0.append(request) }
    let parts = request.line.split(separator: " ").map(String.init)
    let body: Data? =
      switch parts[0] {
      case "PUT": kept.withLock { $0.updateValue(request.body, forKey: parts[1]) ?? Data() }
      case "GET": kept.withLock { $0[parts[1]] }
      default: Data(#"{"mailbox": "000102030405060708090a0b0c0d0e0f", "token": "token"}"#.utf8)
      }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "GMT")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    let head = """
      HTTP/1.1 \(body == nil ? "404 Not Found" : "200 OK")\r
      Date: \(format.string(from: Date()))\r
      Content-Length: \(body?.count ?? 0)\r
      Connection: close\r
      \r

      """
    let answer = Data(head.utf8) + (body ?? Data())
    _ = answer.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }

  private static func read(_ connection: Int32) -> Request? {
    var received = Data()
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
      if let end = received.range(of: Data("\r\n\r\n".utf8)) {
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
          .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
        let body = received[end.upperBound...]
        let line = lines[0].split(separator: " ").prefix(2).joined(separator: " ")
        if body.count >= length ?? 0 { return Request(line: line, body: Data(body)) }
      }
      let count = recv(connection, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      received += piece.prefix(count)
    }
  }
}
