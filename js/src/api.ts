// Both entries of the package share this: everything except `init`.

export { Account, type CertificateOptions, type CertifyOptions } from "./account.js";
export {
  type Choice,
  type ChooseOptions,
  type Downgrade,
  PrekeyBundle,
  type RejectedBundle,
  type RejectedRevocation,
  type VerifiedBundles,
  type VerifyOptions,
} from "./bundle.js";
export type { Bytes } from "./bytes.js";
export type { AnsweredOptions, CallReference, JoinedOptions, OwnCallReference } from "./calls.js";
export { ServerClock, type ServerClockOptions, type ServerTime } from "./clock.js";
export type {
  CallAnswer,
  CallCandidates,
  CallEnd,
  CallEndByCallee,
  CallEndByCaller,
  CallEndTaken,
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
  Rollback,
  Sealable,
  SealableContent,
  SessionDescription,
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
  type PublishOptions,
  type SealOptions,
} from "./device.js";
export { type ErrorDetails, type ErrorJson, HushringError } from "./error.js";
export type {
  CallKitPayload,
  Claimed,
  DropEvent,
  EndEvent,
  EventBase,
  InboxEvent,
  KnownNotifyEvent,
  MissedEvent,
  NotifyEvent,
  RingEvent,
  SecondEvent,
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
export type { HeldAccount, HeldEnvelope } from "./held.js";
export { callKitUUID, envelopeTag, fingerprint } from "./identifiers.js";
export {
  type EventReference,
  Inbox,
  type InboxPrekey,
} from "./inbox.js";
export { generateLinkSecret } from "./linking.js";
export type { NowOption } from "./now.js";
export type { TrustOptions } from "./pinned.js";
export { Prekey, type PrekeyOptions } from "./prekey.js";
export type { Resource, WithDispose } from "./resource.js";
export { type RevocationFloor, verifyRevocation } from "./revocation.js";
export { capacity, type Fitted, fit, measure } from "./room.js";
export type {
  Action,
  Check,
  DescriptionType,
  DropReason,
  EndedReason,
  EndReason,
  ErrorCode,
  HandleType,
  HeldReason,
  MissedReason,
  Outcome,
  Suite,
} from "./vocabulary.js";
export {
  type DescriptionLike,
  fromDescription,
  fromIceCandidate,
  fromIceCandidates,
  type IceCandidateLike,
} from "./webrtc.js";
