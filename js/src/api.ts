/** What both entries of the package share: everything but `init`. */

export { Account, type CertificateOptions, type NowOption } from "./account.js";
export {
  type Choice,
  type Downgrade,
  type Newest,
  PrekeyBundle,
  type RejectedBundle,
  type VerifiedBundles,
  type VerifyOptions,
} from "./bundle.js";
export type { Bytes } from "./bytes.js";
export type {
  CallAnswer,
  CallCandidates,
  CallEnd,
  CallEndElsewhere,
  CallEndHere,
  CallInvite,
  CallNegotiate,
  Candidate,
  Content,
  Cover,
  Description,
  Handle,
  KnownType,
  Message,
  OwnContent,
  ReceivedContent,
  SealableContent,
  UnknownContent,
  UnknownType,
  Value,
  ValueMap,
} from "./content.js";
export { Device, PendingDevice, type SealOptions } from "./device.js";
export { type ErrorCode, type ErrorDetails, HushringError } from "./error.js";
export type {
  CallKitPayload,
  Claimed,
  DropEvent,
  EndEvent,
  EventBase,
  HeldEnvelope,
  InboxEvent,
  MissedEvent,
  NotifyEvent,
  RingEvent,
  Sender,
  SenderKeys,
  SignalEvent,
} from "./event.js";
export {
  ExternalAccount,
  type ExternalActivateOptions,
  ExternalDevice,
  type Signer,
} from "./external.js";
export { callKitUUID, envelopeTag, fingerprint } from "./identifiers.js";
export {
  type EventReference,
  type ExplainedCheck,
  type Explanation,
  Inbox,
  type InboxPrekey,
  type PendingOptions,
  type TrustOptions,
} from "./inbox.js";
export { type ActivateOptions, generateLinkSecret } from "./linking.js";
export { Prekey, type PrekeyOptions } from "./prekey.js";
export type { Resource, WithDispose } from "./resource.js";
export { verifyRevocation } from "./revocation.js";
export { capacity, measure } from "./room.js";
export type { Suite } from "./suite.js";
