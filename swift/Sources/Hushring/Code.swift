extension HushringError {
  /// What was refused, and why (spec/envelope.md, section 20).
  ///
  /// The raw values are the specification's, which the Rust crate and the npm package have as well.
  public enum Code: String, CaseIterable, Sendable {
    /// A call id that is not a UUID, or that is a UUID of version 8.
    case badCallID = "bad_call_id"
    /// Content that is not in the one allowed encoding.
    case badCBOR = "bad_cbor"
    /// A certificate with weak or equal keys, a lifetime out of bounds, or a wrong signature.
    case badCertificate = "bad_certificate"
    /// Content that is not a DEFLATE stream, or one that does not end where the content ends.
    case badCompression = "bad_compression"
    /// Content that breaks a rule of its type, or that cannot be encoded.
    case badContent = "bad_content"
    /// A frame whose content length is 0 or exceeds its room.
    case badContentLength = "bad_content_length"
    /// A public key of the wrong length, or bytes that are not a key.
    case badKey = "bad_key"
    /// Input that does not have the length it should have.
    case badLength = "bad_length"
    /// A lifetime that is not positive, exceeds its cap, or outlives its certificate.
    case badLifetime = "bad_lifetime"
    /// A link message that this secret does not authenticate.
    case badMAC = "bad_mac"
    /// A bundle that does not offer its own suite.
    case badOffers = "bad_offers"
    /// Padding that is not all zero.
    case badPadding = "bad_padding"
    /// A signature that does not verify, other than a certificate's.
    case badSignature = "bad_signature"
    /// Saved state, of an inbox or of what an account last published, that is damaged.
    case badState = "bad_state"
    /// A bundle past its end.
    case bundleExpired = "bundle_expired"
    /// A bundle issued more than 10 minutes ahead.
    case bundleNotYetValid = "bundle_not_yet_valid"
    /// The lock of a shared inbox was not had within 2 seconds. A code of this package.
    case busy = "busy"
    /// An invitation with the call id of a call that was placed here.
    case callIDTaken = "call_id_taken"
    /// A call that does not ring, or is neither answered nor placed here.
    case callOver = "call_over"
    /// A certificate past its end.
    case certificateExpired = "certificate_expired"
    /// A certificate that starts more than 10 minutes ahead.
    case certificateNotYetValid = "certificate_not_yet_valid"
    /// Dated more than 10 minutes ahead.
    case clock = "clock"
    /// HPKE does not open the envelope, or refuses its encapsulated key.
    case decryptionFailed = "decryption_failed"
    /// A publication with two prekeys of one suite.
    case duplicateSuite = "duplicate_suite"
    /// A bound of the inbox that refuses.
    case inboxFull = "inbox_full"
    /// An outside signer that did not return the 64 bytes of a signature. A code of the interfaces.
    case invalidSigner = "invalid_signer"
    /// Saved state of an inbox whose keys the store of keys says that it does not have, perhaps only
    /// for now. A code of this package.
    case keysMissing = "keys_missing"
    /// Keys or state that cannot be read before the device is first unlocked. A code of this
    /// package.
    case locked = "locked"
    /// A store of keys without a device. A code of this package.
    case notLinked = "not_linked"
    /// A publication without prekeys.
    case noPrekeys = "no_prekeys"
    /// The system gave no random bytes, zeros, or the same twice, so nothing was made.
    case noRandomness = "no_randomness"
    /// A prekey to publish that is past its end.
    case prekeyExpired = "prekey_expired"
    /// Sent no later than the replay floor of its account.
    case replayed = "replayed"
    /// A certificate from before its account's revocation floor, or its device's.
    case revoked = "revoked"
    /// A bundle older than what its device last published, or another of the same moment.
    case staleBundle = "stale_bundle"
    /// Saved state of an inbox of a lower revision than was demanded.
    case stateRolledBack = "state_rolled_back"
    /// Saved state, of an inbox or of what an account last published, of a later version.
    case stateTooNew = "state_too_new"
    /// More than 16 nested containers.
    case tooDeep = "too_deep"
    /// A file or an item of the keychain that could not be read or written. A code of this package.
    case storage = "storage"
    /// Content that does not fit the envelope after compression.
    case tooLarge = "too_large"
    /// More than 65,536 bytes of content before compression.
    case tooLong = "too_long"
    /// More than 4,096 items of arrays and members of maps in one content; a bundle behind the
    /// 512th of a list, or a statement behind the 256th.
    case tooMany = "too_many"
    /// Dated more than 30 days ago.
    case tooOld = "too_old"
    /// No prekey has this suite and id.
    case unknownPrekey = "unknown_prekey"
    /// A suite that this version, or this system, does not know.
    case unsupportedSuite = "unsupported_suite"
    /// A version that this one does not know.
    case unsupportedVersion = "unsupported_version"
    /// A sender that proved itself, and whose account is not trusted.
    case untrusted = "untrusted"
    /// A public key that is not canonical, of small order, or has a coefficient that is not
    /// reduced.
    case weakKey = "weak_key"
    /// Belongs to an account other than the expected one.
    case wrongAccount = "wrong_account"
    /// Belongs to a device other than the expected one.
    case wrongDevice = "wrong_device"
  }
}
