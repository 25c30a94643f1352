/// The constants of spec/envelope.md, section 19, that are not a suite's.
enum Limits {
  static let version: UInt8 = 1

  static let envelopeLength = 2880
  static let headerLength = 10
  static let authenticationTagLength = 16
  static let certificateLength = 144
  static let signatureLength = 64
  /// Of a frame, all but content and padding: certificate, message id, sent_at, content length,
  /// signature.
  static let frameOverhead = certificateLength + 16 + 8 + 2 + signatureLength
  /// Of a bundle, all but the HPKE public key.
  static let bundleOverhead = 163 + signatureLength

  static let linkRequestLength = 137
  static let linkGrantLength = 177
  static let linkSecretLength = 32
  static let revocationLength = 105
  static let deviceRevocationLength = 137
  static let seedLength = 32
  static let prekeyExportLength = 41
  static let deviceExportLength = seedLength + certificateLength

  /// In seconds: 366 days.
  static let certificateLifetime: UInt64 = 31_622_400
  /// In seconds: 90 days.
  static let prekeyLifetime: UInt64 = 7_776_000
  /// In milliseconds: 10 minutes.
  static let clockTolerance: UInt64 = 600_000
  /// In milliseconds: 30 days.
  static let envelopeAge: UInt64 = 2_592_000_000
  /// In seconds: one day.
  static let notBeforeMargin: UInt64 = 86_400

  static let bundlesOfAList = 512
  static let statementsOfAList = 256
  static let lastPublishedDevices = 2048
}

enum MLKEM {
  static let publicKeyLength = 1184
  static let ciphertextLength = 1088
}

extension EpochSeconds {
  /// The seconds from an earlier moment, or nothing if there are none.
  func positiveDistance(from earlier: EpochSeconds) -> UInt64? { value > earlier.value ? value - earlier.value : nil }

  /// A later moment; the last one that there is, if there is none.
  func adding(seconds more: UInt64) -> EpochSeconds {
    let (sum, overflow) = value.addingReportingOverflow(more)
    return EpochSeconds(overflow ? .max : sum)
  }

  /// An earlier moment; 1970, if there is none.
  func subtracting(seconds less: UInt64) -> EpochSeconds { EpochSeconds(value < less ? 0 : value - less) }

  /// Whether it is at most 10 minutes ahead.
  func isWithinTolerance(at now: Timestamp) -> Bool { timestamp <= now.adding(milliseconds: Limits.clockTolerance) }
}
