// swift-tools-version: 6.0
import PackageDescription

// SwiftPM takes a package by the URL of its repository alone, so its manifest is here, and the rest below swift/.
//
// On Apple's systems there is nothing to fetch, because CryptoKit is the system's. Elsewhere swift-crypto, which has
// the same API, stands in its place. With HUSHRING_STAND_INS, for tests alone, so do a stand-in for that API over
// OpenSSL, and one for each of Apple's frameworks that HushringCallKit and the samples use (swift/Tests/StandIns/).
let standIns = Context.environment["HUSHRING_STAND_INS"] != nil

var dependencies: [Package.Dependency] = []
var crypto: [Target.Dependency] = []
var frameworks: [String] = []
var targets: [Target] = []

#if !canImport(Darwin)
  if standIns {
    crypto = ["Crypto"]
    targets += [
      .systemLibrary(name: "COpenSSL", path: "swift/Tests/StandIns/COpenSSL"),
      .target(name: "Crypto", dependencies: ["COpenSSL"], path: "swift/Tests/StandIns/Crypto"),
      .testTarget(name: "StandInTests", dependencies: ["Crypto"], path: "swift/Tests/StandInTests"),
    ]
  } else {
    crypto = [.product(name: "Crypto", package: "swift-crypto")]
    dependencies.append(
      Context.environment["HUSHRING_SWIFT_CRYPTO"].map { .package(name: "swift-crypto", path: $0) }
        ?? .package(url: "https://github.com/apple/swift-crypto.git", "4.3.1"..<"5.0.0"))
  }
#endif

targets += [
  .systemLibrary(name: "CZlib", path: "swift/Sources/CZlib"),
  .target(name: "Hushring", dependencies: ["CZlib"] + crypto, path: "swift/Sources/Hushring"),
  .testTarget(name: "HushringTests", dependencies: ["Hushring"], path: "swift/Tests/HushringTests"),
]

let package = Package(
  name: "hushring",
  platforms: [.iOS(.v17), .macOS(.v14)],
  products: [.library(name: "Hushring", targets: ["Hushring"])],
  dependencies: dependencies,
  targets: targets
)
