import Foundation

/// The names that the app and its extension share, and the numbers that a deployment chooses.
/// Change the names here, in the two files of entitlements, and in the app's Info.plist.
enum Configuration {
  static let appGroup = "group.com.example.hushring"
  /// With the team's prefix, which Xcode writes as $(AppIdentifierPrefix). **Should the app ever move
  /// to another team, all keys are out of reach from then on, the account key among them**: the prefix
  /// is another. On iOS the name of the app group may stand here as well, which has no such prefix;
  /// decide before the first release. Step 4 of "Setting up in Xcode" says more. Nobody has tried it.
  static let keychainGroup = "ABCDE12345.com.example.hushring.shared"
  /// That of `make serve` on the same Mac, as the simulator sees it. A device needs an address with
  /// TLS.
  static let relay = URL(string: "http://127.0.0.1:8080") ?? URL(fileURLWithPath: "/")
  /// Posted by the extension when it has left something to an app that runs.
  static let darwinNotification = "com.example.hushring.journal"
  static let refreshTask = "com.example.hushring.refresh"

  /// The interval of the grid on which a wake asks for pages: one for the whole deployment, above
  /// the time that the slowest device needs for the worst page, and for all that is pending before it
  /// (spec/threat-model.md, DEP2).
  static let grid = Duration.seconds(3)
  /// Pages of a wake in an extension, which has about 30 seconds: the same for all devices (DEP2).
  static let mostPages = 8
  /// Notices of a wake that make a sound, beside calls. Hundreds may come when a phone was off.
  static let mostSounds = 3
  /// How long the extension waits for the first page (spec/sharing.md, section 4).
  static let patience = Duration.seconds(15)

  static let certificateDays: UInt64 = 360
  static let prekeyDays: UInt64 = 80
  /// Prekeys are replaced after so many days (DEP19), and the certificate when half of its time is
  /// over.
  static let publicationDays: UInt64 = 7
}
