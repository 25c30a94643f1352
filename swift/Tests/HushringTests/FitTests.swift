import Foundation
import Testing

@testable import Hushring

@Suite("Fitting")
struct FitTests {
  @Test("What fits stays as it is")
  func fits() throws {
    for content in [invite(offer(all)), .cover(Cover()), .message(Message(body: "a=candidate:1"))] {
      let fitted = try content.fitted(to: .xwing)
      #expect(fitted.content == content)
      #expect(fitted.dropped.isEmpty)
    }
  }

  @Test("As few candidates go as needed, the least useful first")
  func order() throws {
    var most = 0
    for length in stride(from: 500, to: 2_000, by: 3) {
      let crowded = { (candidates: [String]) in invite(offer(candidates), data: noise(length)) }
      guard let fitted = try? crowded(all).fitted(to: .xwing) else { break }
      let gone = leastUseful.prefix(fitted.dropped.count)
      #expect(fitted.dropped == all.filter(gone.contains))
      #expect(try fitted.content.compressedSize() <= 1_500)
      #expect(fitted.content == crowded(all.filter { !gone.contains($0) }))
      if !gone.isEmpty {
        let fewer = crowded(all.filter { !gone.dropLast().contains($0) })
        #expect(try fewer.compressedSize() > 1_500)
      }
      most = max(most, gone.count)
    }
    #expect(most == leastUseful.count)
  }

  @Test("What is too large without candidates is refused, with the sizes")
  func tooLarge() throws {
    for content in [invite(offer(all), data: noise(2_400)), .message(Message(body: noise(4_000)))] {
      do {
        _ = try content.fitted(to: .xwing)
        Issue.record("it fits")
      } catch {
        #expect(error.code == .tooLarge)
        #expect(error.size?.available == 1_500)
        #expect((1_501..<4_000).contains(error.size?.needed ?? 0))
      }
    }
  }

  @Test("One candidate of each section stays")
  func sections() throws {
    #expect(try dropped([hostIPv6, linkLocal, tcp], 2) == [linkLocal, tcp])
    let later = "candidate:10 1 tcp 1518280446 192.0.2.2 9 typ host tcptype active"
    #expect(try dropped([tcp, later], 1) == [later])
  }

  @Test("An address that is hidden is no base")
  func hidden() throws {
    let hidden = { (address: String, priority: Int) in
      "candidate:1 1 udp \(priority) \(address) 4000 typ srflx raddr 0.0.0.0 rport 0"
    }
    let (wifi, mobile, again) = (hidden("198.51.100.1", 9), hidden("198.51.100.2", 8), hidden("198.51.100.2", 7))
    #expect(try dropped([wifi, mobile, again, tcp], 2) == [again, tcp])
  }

  @Test("Candidates of a batch go by their section")
  func batch() throws {
    let entry = { (seed: UInt64, mid: String, text: String) in
      CallCandidates.Candidate(candidate: text, sdpMid: mid, usernameFragment: noise(700, seed: seed))
    }
    let entries = [entry(1, "0", reflected), entry(2, "1", reflectedAgain), entry(3, "0", tcp)]
    let fitted = try Content.callCandidates(CallCandidates(callID: id, candidates: entries)).fitted(to: .xwing)
    #expect(fitted.dropped == [tcp])
    #expect(fitted.content == .callCandidates(CallCandidates(callID: id, candidates: Array(entries.prefix(2)))))
  }

  @Test(
    "What is not a candidate stays",
    arguments: ["", "candidate:", "candidate:1 1 tcp x 192.0.2.1 9 typ host", "nonsense", "\r\n"])
  func nonsense(_ text: String) {
    let entry = CallCandidates.Candidate(candidate: text, sdpMid: noise(2_000))
    let batch = Content.callCandidates(CallCandidates(callID: id, candidates: [entry]))
    #expect(throws: HushringError.self) { try batch.fitted(to: .xwing) }
  }

  @Test("Answers and renegotiations fit as well")
  func others() throws {
    let text = offer(all) + noise(1_540)
    for content: Content in [
      .callAnswer(CallAnswer(callID: id, ring: Timestamp(milliseconds: 1), answer: text)),
      .callNegotiate(CallNegotiate(callID: id, description: .init(type: .offer, sdp: text))),
    ] {
      let fitted = try content.fitted(to: .xwing)
      #expect(!fitted.dropped.isEmpty)
      #expect(try fitted.content.compressedSize() <= 1_500)
    }
  }

  @Test("Descriptions of browsers lose nothing but candidates")
  func browsers() throws {
    var count = 0
    for text in try Browsers.offers() {
      // A little more than there is room for.
      let room = Hushring.Suite.xwing.capacity - (try invite(text).compressedSize())
      let content = invite(text, data: noise(room * 6 / 5))
      guard let fitted = try? content.fitted(to: .xwing), case .callInvite(let after) = fitted.content else { continue }
      count += fitted.dropped.count
      var gone = fitted.dropped.map { "a=\($0)" }[...]
      let kept = text.components(separatedBy: "\r\n").filter { line in
        guard line == gone.first else { return true }
        gone = gone.dropFirst()
        return false
      }
      #expect(after.offer == kept.joined(separator: "\r\n"))
    }
    #expect(count > 20)
  }

  /// What is dropped of these if an invitation has so much beside them that as many have to go.
  private func dropped(_ candidates: [String], _ count: Int) throws -> [String] {
    for length in stride(from: 500, to: 2_000, by: 5) {
      let content = invite(offer(candidates), data: noise(length))
      if let fitted = try? content.fitted(to: .xwing), fitted.dropped.count >= count { return fitted.dropped }
    }
    return []
  }

  private func offer(_ candidates: [String]) -> String {
    let lines = candidates.map { "a=\($0)\r\n" }.joined()
    return "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n\(lines)a=end-of-candidates\r\n"
  }

  private func invite(_ offer: String, data: String? = nil) -> Content {
    .callInvite(CallInvite(callID: id, hasVideo: true, offer: offer, data: data.map(Value.text)))
  }

  /// Text that does not compress.
  private func noise(_ count: Int, seed: UInt64 = 1) -> String {
    var random = SeededGenerator(seed: seed)
    return String(decoding: (0..<count).map { _ in UInt8.random(in: 0x21...0x7a, using: &random) }, as: UTF8.self)
  }

  private let id = try! CallID(UUID(uuidString: "3f1c6f0e-5a64-4c8e-9d0b-7a2e4d9f1b33")!)

  private let host = "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host"
  private let hostIPv6 = "candidate:2 1 udp 2122262783 2001:db8::1 50001 typ host"
  private let linkLocal = "candidate:3 1 udp 2122187519 FE80::1%25en0 50002 typ host"
  private let linkLocalIPv4 = "candidate:4 1 udp 2122187518 169.254.3.4 50003 typ host"
  private let reflected = "candidate:5 1 udp 1686052607 198.51.100.1 40000 typ srflx raddr 192.0.2.1 rport 50000"
  private let reflectedAgain =
    "candidate:6 1 UDP 1686052351 198.51.100.1 40001 typ srflx raddr 192.0.2.1 rport 50000"
  private let tcp = "candidate:7 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active"
  private let relay = "candidate:8 1 udp 41885439 203.0.113.9 60000 typ relay raddr 198.51.100.1 rport 40000"
  private let relayAgain = "candidate:9 1 udp 25108223 203.0.113.9 60001 typ relay raddr 198.51.100.1 rport 40000"

  private var all: [String] {
    [host, hostIPv6, linkLocal, linkLocalIPv4, reflected, reflectedAgain, tcp, relay, relayAgain]
  }

  /// In the order in which they go. The others stay.
  private var leastUseful: [String] { [tcp, relayAgain, reflectedAgain, linkLocalIPv4, linkLocal, hostIPv6] }
}
