import Foundation
import Hushring

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The HTTP of the project's own relay (www/relay/README.md). An app with another server writes
/// this file anew, and keeps ``Mailbox``.
///
/// Each answer has the server's time, which goes to the clock. No request depends on what is in an
/// envelope (DEP5).
struct Relay: Sendable {
  let base: URL
  let clock: RelayClock
  /// By which the relay knows this device. Nothing, before it has registered.
  let token: @Sendable () -> String?

  init(_ installation: Installation) {
    (base, clock) = (installation.relay, installation.clock)
    token = { installation.token }
  }

  /// What the relay gives a new device.
  struct Registration: Codable, Sendable {
    /// 32 hexadecimal digits.
    let mailbox: String
    let token: String
  }

  struct Published: Sendable {
    var devices: [Device]
    var revocations: [Data]

    struct Device: Decodable, Sendable {
      let mailbox: String
      let bundles: [Data]
    }
  }

  /// One envelope of an act.
  struct Post: Codable, Sendable {
    let mailbox: String
    let envelope: Data
  }

  enum LinkPart: String {
    case request, grant
  }

  func register() async throws -> Registration {
    try await decode(Registration.self, from: request("POST", "/v1/devices"))
  }

  func publish(_ bundles: [Data], revocations: [Data]) async throws {
    let publication = ["bundles": bundles, "revocations": revocations]
    _ = try await answer(to: request("PUT", "/v1/bundles", json: publication, signedIn: true))
  }

  /// What one account published. The request says nothing of who asks (DEP6).
  func bundles(of account: AccountKey) async throws -> Published {
    struct Answer: Decodable {
      let devices: [Published.Device]
      let revocations: [Data]
    }
    let answer = try await decode(Answer.self, from: request("GET", "/v1/bundles/\(account.data.hexadecimalDigits)"))
    return Published(devices: answer.devices, revocations: answer.revocations)
  }

  func revoke(_ statement: Data) async throws {
    _ = try await answer(to: request("POST", "/v1/revocations", json: ["statement": statement]))
  }

  /// Posts one act: all of its envelopes, or none.
  func post(_ posts: [Post]) async throws {
    var body = Data()
    for post in posts {
      guard let mailbox = Data(hexadecimalDigits: post.mailbox) else {
        throw RelayError(code: "bad_mailbox", status: 400)
      }
      body += mailbox + post.envelope
    }
    _ = try await answer(to: request("POST", "/v1/envelopes", octets: body, signedIn: true))
  }

  /// Where pushes of this device go: the token of `UIApplication`, never that of PushKit.
  func routePushes(to deviceToken: Data) async throws {
    let route = ["kind": "apns", "token": deviceToken.hexadecimalDigits]
    _ = try await answer(to: request("PUT", "/v1/push", json: route, signedIn: true))
  }

  func putLink(_ rendezvous: String, _ part: LinkPart, _ message: Data) async throws {
    _ = try await answer(to: request("PUT", "/v1/links/\(rendezvous)/\(part.rawValue)", octets: message))
  }

  /// Nothing, if it is not there yet.
  func getLink(_ rendezvous: String, _ part: LinkPart) async throws -> Data? {
    do {
      return try await answer(to: request("GET", "/v1/links/\(rendezvous)/\(part.rawValue)"))
    } catch let error as RelayError where error.status == 404 {
      return nil
    }
  }
}

extension Relay: Mailbox {
  func fetchPage(after place: Int?, confirming ids: [Int]) async throws -> Page {
    struct Item: Decodable {
      let id: Int
      let envelope: Data
    }
    struct Answer: Decodable {
      let envelopes: [Item]
      let next: Int
      let waiting: Int
    }
    let question = MailboxQuestion(after: place, confirm: ids, fetch: nil)
    let answer = try await decode(
      Answer.self, from: request("POST", "/v1/mailbox", json: question, signedIn: true))
    guard answer.envelopes.count <= Page.length else { throw RelayError(code: "bad_answer", status: 200) }
    return Page(
      envelopes: answer.envelopes.map(\.envelope), ids: answer.envelopes.map(\.id), next: answer.next,
      waiting: answer.waiting)
  }

  func confirm(_ ids: [Int]) async throws {
    let question = MailboxQuestion(after: nil, confirm: ids, fetch: false)
    _ = try await answer(to: request("POST", "/v1/mailbox", json: question, signedIn: true))
  }
}

private struct MailboxQuestion: Encodable {
  let after: Int?
  let confirm: [Int]
  let fetch: Bool?
}

/// An answer of the relay that is not the expected one.
struct RelayError: Error {
  /// The relay's code, such as `unknown_mailbox`.
  let code: String
  var status = 0
  /// For `unknown_mailbox`.
  var mailboxes: [String] = []
  /// For `already_posted`: whether every envelope of the act was.
  var isAllPosted = false
  var retryAfter: Duration?

  /// Whether the same request may succeed later.
  var isTemporary: Bool { [0, 408, 425, 429].contains(status) || status >= 500 }
}

extension Relay {
  private func request(_ method: String, _ path: String, signedIn: Bool = false) -> URLRequest {
    var request = URLRequest(url: base.appendingPathComponent(path), cachePolicy: .reloadIgnoringLocalCacheData)
    request.httpMethod = method
    if signedIn, let token = token() { request.setValue("Bearer \(token)", forHTTPHeaderField: "authorization") }
    return request
  }

  private func request(
    _ method: String, _ path: String, json: some Encodable, signedIn: Bool = false
  ) throws -> URLRequest {
    var request = request(method, path, signedIn: signedIn)
    request.setValue("application/json", forHTTPHeaderField: "content-type")
    request.httpBody = try JSONEncoder().encode(json)
    return request
  }

  private func request(_ method: String, _ path: String, octets: Data, signedIn: Bool = false) -> URLRequest {
    var request = request(method, path, signedIn: signedIn)
    request.setValue("application/octet-stream", forHTTPHeaderField: "content-type")
    request.httpBody = octets
    return request
  }

  private func decode<Answer: Decodable>(_: Answer.Type, from request: URLRequest) async throws -> Answer {
    let data = try await answer(to: request)
    do {
      return try JSONDecoder().decode(Answer.self, from: data)
    } catch {
      throw RelayError(code: "bad_answer", status: 200)
    }
  }

  private func answer(to request: URLRequest) async throws -> Data {
    struct Time: Decodable {
      let time: UInt64
    }
    struct Refusal: Decodable {
      let code: String?
      let mailboxes: [String]?
      let all: Bool?
    }
    let sent = ContinuousClock.now
    let (data, response) = try await Self.session.data(for: request)
    let roundTrip = ContinuousClock.now - sent
    guard let response = response as? HTTPURLResponse else { throw RelayError(code: "bad_answer") }
    if let answer = try? JSONDecoder().decode(Time.self, from: data) {
      clock.add(Timestamp(milliseconds: answer.time), roundTrip: roundTrip)
    } else if let date = response.value(forHTTPHeaderField: "date").flatMap(Self.date) {
      clock.add(Timestamp(date), roundTrip: roundTrip)
    }
    guard response.statusCode < 300 else {
      let refusal = try? JSONDecoder().decode(Refusal.self, from: data)
      let seconds = response.value(forHTTPHeaderField: "retry-after").flatMap(Int64.init)
      throw RelayError(
        code: refusal?.code ?? "status_\(response.statusCode)", status: response.statusCode,
        mailboxes: refusal?.mailboxes ?? [], isAllPosted: refusal?.all ?? false,
        retryAfter: seconds.map { .seconds(max(0, min($0, 600))) })
    }
    return data
  }

  /// Of RFC 9110, 5.6.7.
  private static func date(_ header: String) -> Date? {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "GMT")
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: header)
  }

  /// Without cookies, which would tell the relay who asks for whom (DEP6), and without a cache.
  private static let session: URLSession = {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    configuration.urlCache = nil
    return URLSession(configuration: configuration)
  }()
}

extension Data {
  /// In lower case.
  var hexadecimalDigits: String {
    map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  init?(hexadecimalDigits text: String) {
    let digits = text.utf8.map { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") ? $0 - 48 : $0 &- 87 }
    guard digits.count.isMultiple(of: 2), digits.allSatisfy({ $0 < 16 }) else { return nil }
    self = Data(stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] })
  }
}
