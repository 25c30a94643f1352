import Foundation

/// The revocation statements that come with a list of bundles (spec/envelope.md, B26).
struct RevocationList {
  /// By all sound ones.
  let floors: RevocationFloors
  /// Those that count: at most one of the account, then of at most 64 devices.
  let kept: [Revocation]
  let rejected: [VerifiedBundles.Rejection]

  init(_ statements: [Data], account: AccountKey, now: Timestamp) {
    var floors = RevocationFloors()
    var rejected: [VerifiedBundles.Rejection] = []
    // The first of those with the highest floor, of the account and of each device.
    var highest: [DeviceKey?: (index: Int, revocation: Revocation)] = [:]
    for (index, statement) in statements.enumerated() {
      do throws(HushringError) {
        guard index < Limits.statementsOfAList else { throw HushringError(.tooMany) }
        let revocation = try Revocation(verifying: statement, account: account, now: now)
        _ = floors.raise(by: revocation)
        // Also a floor of 0, which raises nothing.
        if highest[revocation.device].map({ $0.revocation.floor < revocation.floor }) ?? true {
          highest[revocation.device] = (index, revocation)
        }
      } catch {
        rejected.append(VerifiedBundles.Rejection(index: index, error: error))
      }
    }

    let ofAccount = highest.removeValue(forKey: nil)
    let ofDevices = highest.compactMap { device, entry in device.map { (device: $0, entry: entry) } }
      .filter { entry in ofAccount.map { entry.entry.revocation.floor > $0.revocation.floor } ?? true }
      .sorted { left, right in
        let (first, second) = (left.entry.revocation.floor, right.entry.revocation.floor)
        return first == second ? left.device < right.device : first > second
      }
    for (_, entry) in ofDevices.dropFirst(Bounds.deviceFloors.account) {
      rejected.append(VerifiedBundles.Rejection(index: entry.index, error: HushringError(.tooMany)))
    }
    let devices = ofDevices.prefix(Bounds.deviceFloors.account).sorted { $0.device < $1.device }
    self.floors = floors
    self.rejected = rejected.sorted { $0.index < $1.index }
    kept = (ofAccount.map { [$0.revocation] } ?? []) + devices.map(\.entry.revocation)
  }
}
