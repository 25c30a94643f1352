// Both entries of the package share this: everything except `init`.

export { Account, type CertificateOptions, type CertifyOptions } from "./account.js";
export {
  type Choice,
  type Downgrade,
  type LastPublished,
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
  Encodable,
  Extra,
  Handle,
  KnownType,
  Message,
  OwnContent,
  OwnMember,
  ReceivedContent,
  Sealable,
  SealableContent,
  UnknownContent,
  UnknownType,
  Value,
  ValueMap,
  WithOwnData,
} from "./content.js";
export {
  type ActivateOptions,
  Device,
  type LinkableDevice,
  PendingDevice,
  type SealOptions,
} from "./device.js";
export { type ErrorDetails, HushringError } from "./error.js";
export type {
  CallKitPayload,
  Claimed,
  DropEvent,
  EndEvent,
  EventBase,
  HeldEnvelope,
  InboxEvent,
  KnownNotifyEvent,
  MissedEvent,
  NotifyEvent,
  RingEvent,
  Sender,
  SenderKeys,
  SignalEvent,
  UnknownNotifyEvent,
} from "./event.js";
export type { ExplainedCheck, Explanation } from "./explanation.js";
export {
  ExternalAccount,
  type ExternalActivateOptions,
  ExternalDevice,
  type ExternalKey,
  type ExternalRequestOptions,
  type RenewOptions,
  type Signer,
} from "./external.js";
export { callKitUUID, envelopeTag, fingerprint } from "./identifiers.js";
export {
  type EventReference,
  Inbox,
  type InboxPrekey,
  type PendingOptions,
  type TrustOptions,
} from "./inbox.js";
export { generateLinkSecret } from "./linking.js";
export type { NowOption } from "./now.js";
export { Prekey, type PrekeyOptions } from "./prekey.js";
export type { Resource, WithDispose } from "./resource.js";
export { verifyRevocation } from "./revocation.js";
export { capacity, measure } from "./room.js";
export type {
  Action,
  Check,
  DescriptionType,
  DropReason,
  EndedReason,
  EndReason,
  ErrorCode,
  HandleType,
  MissedReason,
  Outcome,
  Suite,
} from "./vocabulary.js";
