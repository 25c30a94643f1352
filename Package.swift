// swift-tools-version: 6.0
import PackageDescription

// SwiftPM takes a package by the URL of its repository alone, so its manifest is here, and the rest below swift/.
//
// On Apple's systems there is nothing to fetch, because CryptoKit is the system's. Elsewhere swift-crypto, which has
// the same API, stands in its place.
//
// For tests alone: HUSHRING_SWIFT_CRYPTO is a folder with a copy of it. HUSHRING_STAND_INS has a stand-in for each of
// Apple's frameworks that the package uses (swift/Tests/StandIns/), and one for CryptoKit, over OpenSSL, unless there
// is such a copy. With it come the samples, and programs that only tests run.
let standIns = Context.environment["HUSHRING_STAND_INS"] != nil
let swiftCrypto = Context.environment["HUSHRING_SWIFT_CRYPTO"]

var dependencies: [Package.Dependency] = []
var crypto: [Target.Dependency] = []
var frameworks: [Target.Dependency] = []
var callFrameworks: [Target.Dependency] = []
var targets: [Target] = []

#if !canImport(Darwin)
  if standIns {
    frameworks = ["Security"]
    targets += [
      .target(name: "Security", path: "swift/Tests/StandIns/Security"),
      .executableTarget(
        name: "hushring-shared", dependencies: ["Hushring", "Security"], path: "swift/Tests/Sharing",
        exclude: ["README.md"]),
    ]
    let needs: KeyValuePairs<String, [Target.Dependency]> = [
      "StandInSupport": [], "AVFAudio": [], "BackgroundTasks": [], "CallKit": ["AVFAudio", "StandInSupport"],
      "DarwinNotifications": ["StandInSupport"], "LiveCommunicationKit": ["StandInSupport"], "PushKit": [],
      "StoreKit": [], "UIKit": [], "UserNotifications": ["StandInSupport"], "os": [],
    ]
    for (name, dependencies) in needs {
      targets.append(.target(name: name, dependencies: dependencies, path: "swift/Tests/StandIns/\(name)"))
      callFrameworks.append(.init(stringLiteral: name))
    }
  }
  if standIns && swiftCrypto == nil {
    crypto = ["Crypto"]
    targets += [
      .systemLibrary(name: "COpenSSL", path: "swift/Tests/StandIns/COpenSSL"),
      .target(name: "Crypto", dependencies: ["COpenSSL"], path: "swift/Tests/StandIns/Crypto"),
      .testTarget(name: "StandInTests", dependencies: ["Crypto", "Security"], path: "swift/Tests/StandInTests"),
    ]
  } else {
    crypto = [.product(name: "Crypto", package: "swift-crypto")]
    dependencies.append(
      swiftCrypto.map { .package(name: "swift-crypto", path: $0) }
        ?? .package(url: "https://github.com/apple/swift-crypto.git", "4.3.1"..<"5.0.0"))
  }
  if standIns {
    for sample in ["App", "NotificationService"] {
      targets.append(
        .target(
          name: "Sample\(sample)", dependencies: ["HushringCallKit"] + callFrameworks,
          path: "swift/Tests/Samples/\(sample)",
          exclude: ["Info.plist", "\(sample).entitlements", "Localizable.strings"].map { "Code/\($0)" },
          swiftSettings: [.define("HUSHRING_STAND_INS")]))
    }
    targets += [
      .executableTarget(name: "hushring-memory", dependencies: ["Hushring", "Playing"], path: "swift/Tests/Memory"),
      .executableTarget(
        name: "hushring-play", dependencies: ["CZlib", "Hushring", "Playing"], path: "swift/Tests/Interop"),
      .testTarget(name: "SampleAppTests", dependencies: ["SampleApp"], path: "swift/Tests/SampleAppTests"),
      .testTarget(
        name: "SampleExtensionTests", dependencies: ["SampleNotificationService"],
        path: "swift/Tests/SampleExtensionTests"),
    ]
  }
#endif

targets += [
  .systemLibrary(name: "CZlib", path: "swift/Sources/CZlib"),
  .target(name: "Hushring", dependencies: ["CZlib"] + crypto + frameworks, path: "swift/Sources/Hushring"),
  .target(
    name: "HushringCallKit", dependencies: ["Hushring"] + callFrameworks, path: "swift/Sources/HushringCallKit",
    swiftSettings: callFrameworks.isEmpty ? [] : [.define("HUSHRING_STAND_INS")]),
  .target(name: "Playing", dependencies: ["Hushring"], path: "swift/Tests/Playing", exclude: ["README.md"]),
  .testTarget(name: "HushringTests", dependencies: ["Hushring", "Playing"], path: "swift/Tests/HushringTests"),
  .testTarget(name: "ArticleTests", dependencies: ["HushringCallKit"], path: "swift/Tests/ArticleTests"),
  .testTarget(
    name: "HushringCallKitTests", dependencies: ["HushringCallKit"], path: "swift/Tests/HushringCallKitTests"),
]

let package = Package(
  name: "hushring",
  platforms: [.iOS(.v17), .macOS(.v14)],
  products: [
    .library(name: "Hushring", targets: ["Hushring"]),
    .library(name: "HushringCallKit", targets: ["HushringCallKit"]),
  ],
  dependencies: dependencies,
  targets: targets
)
