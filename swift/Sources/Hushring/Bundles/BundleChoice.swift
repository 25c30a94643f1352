/// The result of ``PrekeyBundle/choose(_:except:now:)``.
public struct Choice: Hashable, Sendable {
  /// The strongest bundle of each device's latest publication that has not expired and is of a
  /// suite that this system supports, in the order in which the devices come first.
  public let targets: [PrekeyBundle]
  /// The devices whose stronger bundle is missing. They are among the targets too: the application
  /// decides what to do about them. Treat a downgrade as an attack until the missing bundle
  /// arrives.
  public let downgraded: [Downgrade]
  /// For each device whose latest bundles have all expired, the strongest of them. They are not
  /// among the targets: nothing can be sealed to them until the device's next bundles are there.
  public let expired: [PrekeyBundle]
  /// For each device of which there are bundles that have not expired, but none of a suite that
  /// this system supports, the strongest of them. They are not among the targets.
  public let unsupported: [PrekeyBundle]

  /// A device whose latest publication offers a stronger suite, which this system supports, than
  /// any of its bundles here: one was withheld or refused.
  public struct Downgrade: Hashable, Sendable {
    /// Whose device it is.
    public let account: AccountKey
    /// The public key of the device.
    public let device: DeviceKey
    /// The strongest suite that the device says it published, of those that this system supports.
    public let offered: Suite
    /// The suite of its target.
    public let available: Suite
  }
}

extension PrekeyBundle {
  /// Chooses the strongest bundle of each device's latest publication (spec/envelope.md, B16 to
  /// B18).
  ///
  /// Bundles that have expired since they were verified are left out, so that one old device does
  /// not stop the others. The choice never depends on the content: what is too large for `xwing` is
  /// not sent in `x25519` instead (B19).
  ///
  /// - Parameter except: A device to leave out: one's own, among those of one's account.
  public static func choose(_ bundles: [PrekeyBundle], except: DeviceKey? = nil, now: Timestamp) -> Choice {
    choose(bundles, except: except, supported: Suite.supported, now: now)
  }

  static func choose(
    _ bundles: [PrekeyBundle], except: DeviceKey?, supported: [Suite], now: Timestamp
  ) -> Choice {
    var targets: [PrekeyBundle] = []
    var downgraded: [Choice.Downgrade] = []
    var expired: [PrekeyBundle] = []
    var unsupported: [PrekeyBundle] = []
    for publication in latestPublications(bundles.filter { $0.device != except }) {
      let current = publication.filter { !$0.hasExpired(at: now) }
      guard let target = strongest(current.filter { supported.contains($0.suite) }) else {
        if let bundle = strongest(current) {
          unsupported.append(bundle)
        } else if let bundle = strongest(publication) {
          expired.append(bundle)
        }
        continue
      }
      targets.append(target)
      let offers = publication.reduce(0) { $0 | $1.offersByte }
      if let offered = Suite.all(in: offers).filter(supported.contains).max(), offered > target.suite {
        downgraded.append(
          Choice.Downgrade(
            account: target.account, device: target.device, offered: offered, available: target.suite))
      }
    }
    return Choice(targets: targets, downgraded: downgraded, expired: expired, unsupported: unsupported)
  }

  /// Of each device the bundles with its newest issued_at, in the order in which the devices come
  /// first.
  private static func latestPublications(_ bundles: [PrekeyBundle]) -> [[PrekeyBundle]] {
    struct Owner: Hashable {
      let account: AccountKey
      let device: DeviceKey
    }
    var places: [Owner: Int] = [:]
    var publications: [[PrekeyBundle]] = []
    for bundle in bundles {
      let owner = Owner(account: bundle.account, device: bundle.device)
      if let place = places[owner] {
        let known = publications[place][0].issuedAt
        if bundle.issuedAt == known { publications[place].append(bundle) }
        if bundle.issuedAt > known { publications[place] = [bundle] }
      } else {
        places[owner] = publications.count
        publications.append([bundle])
      }
    }
    return publications
  }

  /// The first of the strongest suite.
  private static func strongest(_ bundles: [PrekeyBundle]) -> PrekeyBundle? {
    bundles.reduce(nil) { best, bundle in
      if let best, best.suite >= bundle.suite { best } else { bundle }
    }
  }
}
