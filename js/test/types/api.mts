// Compiled, never run: what TypeScript users may and may not write.

import {
  Account,
  type Bytes,
  type CallAnswer,
  type CallEnd,
  type CallInvite,
  type CallKitPayload,
  type Check,
  type Content,
  type Description,
  Device,
  type ErrorCode,
  type ErrorJson,
  ExternalAccount,
  ExternalDevice,
  fit,
  fromDescription,
  fromIceCandidate,
  fromIceCandidates,
  type HeldReason,
  HushringError,
  Inbox,
  type InboxEvent,
  type init,
  type Message,
  measure,
  PendingDevice,
  Prekey,
  PrekeyBundle,
  type ReceivedContent,
  type RevocationFloor,
  ServerClock,
  type Suite,
  type UnknownContent,
  type Value,
  verifyRevocation,
} from "hushring";
import wasm from "hushring/hushring.wasm";
import { type ApnsRequest, apnsRequest, auditApnsRequests, type readHeader } from "hushring/relay";
import { init as initSlim } from "hushring/slim";

declare const bytes: Uint8Array;
declare const date: Date;
declare const device: Device;
declare const bundle: PrekeyBundle;
const callId = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

export type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function yes<T extends true>(): T | undefined {
  return undefined;
}

// Results are exact.
yes<Equal<ReturnType<typeof init>, Promise<void>>>();
yes<Equal<Bytes, ReturnType<typeof Uint8Array.of>>>();
yes<Equal<Account["publicKey"], Bytes>>();
yes<Equal<ReturnType<Device["seal"]>, Bytes>>();
yes<Equal<ReturnType<ExternalDevice["seal"]>, Promise<Bytes>>>();
yes<Equal<ReturnType<typeof PendingDevice.generate>, PendingDevice>>();
yes<Equal<ReturnType<PendingDevice["activate"]>, Device>>();
yes<Equal<Prekey["suite"], Suite>>();
yes<Equal<Suite, "x25519" | "xwing">>();
yes<Equal<HushringError["code"], ErrorCode>>();

// Classes cannot be made by hand, nor from look-alikes.
// @ts-expect-error: private constructor
new Account();
// @ts-expect-error: private constructor
new PrekeyBundle(bytes);
// @ts-expect-error: private constructor
new Device();
// @ts-expect-error: a bundle is made by verifying
device.seal({ ...bundle }, { type: "cover" });
// @ts-expect-error: bytes are not a bundle
device.seal(bytes, { type: "cover" });
// @ts-expect-error: read-only
device.publicKey = bytes;

// Options.
const account: Account = Account.generate();
Device.enroll(account, { expiresAt: date });
Device.enroll(account, { expiresAt: date, notBefore: undefined, floor: undefined, now: undefined });
// @ts-expect-error: expiresAt is required
Device.enroll(account, {});
// @ts-expect-error: expiresAt is required
Prekey.generate("xwing");
// @ts-expect-error: a Date, not a number
Device.enroll(account, { expiresAt: Date.now() });
// @ts-expect-error: no such suite
Prekey.generate("kyber", { expiresAt: date });
// @ts-expect-error: no such option
Prekey.generate("xwing", { expiresAt: date, expires: date });
// @ts-expect-error: no such option
PrekeyBundle.verify(bytes, bytes, { revokation: bytes });

// Byte strings that could be swapped go by name.
account.certify({ request: bytes, secret: bytes, expiresAt: date });
PendingDevice.generate().activate({ grant: bytes, secret: bytes });
device.activate({ grant: bytes, secret: bytes, request: bytes, now: date });
const sign = async (toSign: Bytes): Promise<Uint8Array> => toSign;
ExternalDevice.request({ publicKey: bytes, sign, secret: bytes });
// @ts-expect-error: secret is required
account.certify({ request: bytes, expiresAt: date });
// @ts-expect-error: request is required
ExternalDevice.activate({ publicKey: bytes, sign, grant: bytes, secret: bytes });

declare const external: ExternalDevice;
const renewal = { request: bytes, grant: bytes, secret: bytes };
yes<Equal<ReturnType<ExternalDevice["renew"]>, ExternalDevice>>();
external.renew({ ...renewal, now: date });
// @ts-expect-error: grant is required
external.renew({ request: bytes, secret: bytes });

// Signers.
new ExternalAccount(bytes, async (toSign: Bytes) => toSign);
new ExternalDevice(bytes, (toSign) => Promise.resolve(toSign.slice()));
// @ts-expect-error: the signature must be bytes
new ExternalDevice(bytes, async () => "signature");

// Content that is known.
device.seal(bundle, { type: "call.invite", callId, hasVideo: true });
device.seal(bundle, {
  type: "call.invite",
  callId,
  hasVideo: true,
  offer: undefined,
  "x-extra": [1, { a: null }],
});
device.seal(bundle, {
  type: "call.invite",
  callId,
  hasVideo: true,
  handle: { type: "generic", value: "a", "x-more": 1 },
});
device.seal(bundle, { type: "call.answer", callId, ring: date, answer: "v=0" });
device.seal(bundle, { type: "call.end", callId, reason: "cancelled" });
device.seal(bundle, { type: "call.end", callId, reason: "declined", caller: bytes, ring: date });
device.seal(bundle, { type: "call.end", callId, reason: "answeredElsewhere", device: bytes });
device.seal(bundle, { type: "call.negotiate", callId, description: { type: "rollback" } });
device.seal(bundle, { type: "call.negotiate", callId, description: fromDescription(null) });
device.seal(bundle, {
  type: "call.candidates",
  callId,
  candidates: [{ candidate: "", sdpMid: "0" }],
});
device.seal(bundle, { type: "message", data: [bytes, null] }, { messageId: "00" });
device.sealMany([bundle], { type: "cover" });
measure({ type: "message", body: "hello" });
const invite: CallInvite = { type: "call.invite", callId, hasVideo: false };
const content: Content = invite;
device.seal(bundle, content);
// @ts-expect-error: callId is required
device.seal(bundle, { type: "call.invite", hasVideo: true });
// @ts-expect-error: hasVideo is a boolean
device.seal(bundle, { type: "call.invite", callId, hasVideo: 1 });
// @ts-expect-error: null is not SDP
device.seal(bundle, { type: "call.invite", callId, hasVideo: true, offer: null });
// @ts-expect-error: no such handle
measure({ type: "call.invite", callId, hasVideo: true, handle: { type: "email", value: "a" } });
// @ts-expect-error: no such reason
device.seal(bundle, { type: "call.end", callId, reason: "bored" });
// @ts-expect-error: caller and ring, or device, are required
device.seal(bundle, { type: "call.end", callId, reason: "answeredElsewhere" });
// @ts-expect-error: a callee names the ring
device.seal(bundle, { type: "call.end", callId, reason: "declined", caller: bytes });
// @ts-expect-error: a caller does not decline
device.seal(bundle, { type: "call.end", callId, reason: "declined" });
// @ts-expect-error: device excludes caller
measure({ type: "call.end", callId, reason: "answeredElsewhere", device: bytes, caller: bytes });
// @ts-expect-error: ring is required
device.seal(bundle, { type: "call.answer", callId });
// @ts-expect-error: ring is a Date
device.seal(bundle, { type: "call.answer", callId, ring: date.getTime() });
// @ts-expect-error: only a rollback has no sdp
device.seal(bundle, { type: "call.negotiate", callId, description: { type: "offer" } });
// @ts-expect-error: a Date is not a Value
device.seal(bundle, { type: "message", data: new Date() });
// @ts-expect-error: nor deep inside
device.seal(bundle, { type: "message", data: { at: [new Date()] } });
// @ts-expect-error: nor among the members that nobody knows
device.seal(bundle, { type: "message", "x-extra": new Date() });
// @ts-expect-error: nor is a bigint
device.seal(bundle, { type: "message", "x-extra": 1n });
// @ts-expect-error: nor a Map, deep inside
device.seal(bundle, { type: "message", data: { list: [new Map()] } });
// @ts-expect-error: candidates is an array
measure({ type: "call.candidates", callId, candidates: {} });
// @ts-expect-error: a type is needed
device.seal(bundle, { body: "hello" });
// @ts-expect-error: misspelt
device.seal(bundle, { type: "call.invite", callId, hasVideo: true, callrName: "Alice" });
// @ts-expect-error: misspelt
device.seal(bundle, { type: "message", bodi: "hello" });
// @ts-expect-error: misspelt
measure({ type: "call.candidates", callId, candidates: [{ candidate: "", sdpMId: "0" }] });
// @ts-expect-error: misspelt, beside an interface as data
device.seal(bundle, { type: "message", bodi: "hello", data: description });
// @ts-expect-error: misspelt, in the handle
measure({ type: "call.invite", callId, hasVideo: true, handle: { type: "generic", valeu: "a" } });

// Interfaces of one's own have no index signature.
interface SessionDescription {
  type: "offer" | "answer";
  sdp?: string;
}
declare const description: SessionDescription;
interface Poll {
  type: "app.poll";
  options: { text: string; votes?: number | undefined }[];
  description?: SessionDescription;
}
declare const ownPoll: Poll;
interface Reminder {
  type: "app.reminder";
  at: Date;
}
declare const reminder: Reminder;
device.seal(bundle, ownPoll);
device.sealMany([bundle], ownPoll);
measure(ownPoll);
device.seal(bundle, { type: "message", data: description });
device.seal(bundle, { type: "call.invite", callId, hasVideo: true, data: { list: [description] } });
device.seal(bundle, { type: "call.answer", callId, ring: date, "x-description": description });
device.seal(bundle, { type: "app.offer", description });
export const promised: Promise<Bytes> = external.seal(bundle, ownPoll);
// @ts-expect-error: a Date is not a Value
device.seal(bundle, reminder);
// @ts-expect-error: nor is a function
device.seal(bundle, { type: "app.poll", run: () => 1 });
// @ts-expect-error: undefined is not one in an array
device.seal(bundle, { type: "app.poll", options: [undefined] });
// @ts-expect-error: a known type keeps its members
device.seal(bundle, { type: "call.invite", callId, data: description });

// Content that is unknown.
device.seal(bundle, { type: "app.poll", options: ["a", "b"] });
device.sealMany([bundle], { type: "call.hold", callId, held: true });
const poll: UnknownContent<"app.poll"> = { type: "app.poll", options: ["a", "b"] };
measure(poll);
// @ts-expect-error: its members are Values too
device.seal(bundle, { type: "app.poll", at: new Date() });
// @ts-expect-error: a known type is not one of the unknown ones
export const disguised: UnknownContent<"message"> = { type: "message" };

// Content that is received.
const inbox = new Inbox(device);
const event = inbox.receive(bytes, { now: date });
yes<Equal<typeof event.sentAt, Date>>();
if ("content" in event) event.content satisfies ReceivedContent;
export function show(received: ReceivedContent): string {
  switch (received.type) {
    case "call.invite":
      yes<Equal<typeof received, CallInvite>>();
      return `${received.callId} ${received.hasVideo} ${received.handle?.value}`;
    case "call.end":
      if (received.device !== undefined) yes<Equal<typeof received.reason, "answeredElsewhere">>();
      if (received.caller !== undefined) yes<Equal<typeof received.ring, Date>>();
      return received.reason;
    case "message":
      // @ts-expect-error: the body is text
      received.body satisfies number | undefined;
      return received.body ?? "";
    case "cover":
    case "call.answer":
    case "call.candidates":
    case "call.negotiate":
      return "";
    default:
      yes<Equal<typeof received, UnknownContent>>();
      received["options"] satisfies Value | undefined;
      return received.type.toUpperCase();
  }
}
export function act(received: InboxEvent): string {
  switch (received.action) {
    case "ring":
      yes<Equal<typeof received.content, CallInvite>>();
      yes<Equal<typeof received.callKit, CallKitPayload>>();
      received.crossed satisfies string | undefined;
      return JSON.stringify(received.callKit) + received.expiresAt.toISOString();
    case "missed":
      received.reason satisfies "ended" | "expired" | "certificate" | "clock";
      return `${received.age} ${received.claimed.callerName}`;
    case "end":
      yes<Equal<typeof received.content, CallEnd>>();
      received.endedReason satisfies 1 | 2 | 3 | 4 | 5;
      received.remaining satisfies number | undefined;
      return received.callUUID;
    case "second":
      yes<Equal<typeof received.content, CallAnswer>>();
      yes<Equal<typeof received.taken, Bytes>>();
      return received.callUUID;
    case "signal":
      // @ts-expect-error: a message is not a signal
      if (received.content.type === "message") return "";
      return received.content.type === "call.answer" ? (received.content.answer ?? "") : "";
    case "notify":
      if (received.known) {
        yes<Equal<typeof received.content, Message>>();
        return received.content.body ?? "";
      }
      yes<Equal<typeof received.content, UnknownContent>>();
      return received.content.type;
    case "drop":
      // @ts-expect-error: no content
      received.content;
      // @ts-expect-error: no such reason
      return received.reason === "expired" ? "" : received.reason;
    default:
      received satisfies never;
      return "";
  }
}
export function count(envelope: Uint8Array): number {
  const received = inbox.receive<"app.poll" | "app.vote" | "call.hold">(envelope);
  if (received.action === "signal") return received.content.type === "call.hold" ? 1 : 0;
  if (received.action !== "notify") return 0;
  const { content } = received;
  switch (content.type) {
    case "app.poll":
      yes<Equal<typeof content, UnknownContent<"app.poll">>>();
      return Array.isArray(content["options"]) ? content["options"].length : 0;
    case "app.vote":
      return 1;
    case "message":
      return content.body?.length ?? 0;
    default:
      return 0;
  }
}
export function isPing(received: ReceivedContent): boolean {
  const type: string = received.type;
  return type === "app.ping";
}
export function again(received: ReceivedContent): Bytes {
  return device.seal(bundle, received);
}

// The inbox.
new Inbox(external).free();
Inbox.load(external, inbox.save()) satisfies Inbox;
inbox.trust(bytes, { handle: { type: "emailAddress", value: "a" }, displayName: "A", now: date });
inbox.trust(bytes, event.sender);
for (const each of inbox.pending()) inbox.acknowledge(each) satisfies boolean;
inbox.acknowledge({ sender: { account: bytes }, messageId: "00" });
yes<Equal<ReturnType<Inbox["placeCall"]>, Date>>();
inbox.placeCall(callId, [bytes], { now: date });
yes<Equal<ReturnType<Inbox["answered"]>, Date>>();
inbox.answered({ caller: bytes, callId });
inbox.left({ caller: bytes, callId });
inbox.left({ callId });
inbox.left({ callId, accounts: [bytes] });
inbox.joined({ caller: bytes, callId, accounts: [bytes], now: date }) satisfies InboxEvent[];
// @ts-expect-error: whose call?
inbox.answered({ callId });
// @ts-expect-error: an event is not a reference
inbox.answered(event);
inbox.block(bytes);
inbox.unblock(bytes, { now: date });
inbox.isBlocked(bytes) satisfies boolean;
inbox.discard(bytes) satisfies number;
inbox.release({ now: date }) satisfies InboxEvent[];
for (const held of inbox.held()) yes<Equal<typeof held.reason, HeldReason>>();
for (const held of inbox.heldAccounts()) held satisfies { count: number; earliest: Date };
export const now: Bytes[] = inbox.publish(device, [], { now: date });
export const soon: Promise<Bytes[]> = inbox.publish(external, []);
const explanation = inbox.explain(bytes);
explanation.code satisfies ErrorCode | undefined;
yes<Equal<typeof explanation.stoppedAt, Check | undefined>>();
yes<Equal<(typeof explanation.checks)[number]["check"], Check>>();
yes<Equal<typeof explanation.action, InboxEvent["action"] | undefined>>();
export const stopped: boolean = explanation.stoppedAt === "replay";
// @ts-expect-error: no such check
explanation.stoppedAt === "replays";
yes<Equal<(typeof inbox.prekeys)[number]["suite"], Suite>>();
// @ts-expect-error: a name is text
inbox.trust(bytes, { displayName: null });
// @ts-expect-error: no such handle
inbox.trust(bytes, { handle: { type: "email", value: "a" } });
// @ts-expect-error: an account is bytes
inbox.acknowledge({ sender: { account: "00" }, messageId: "00" });
// @ts-expect-error: read-only
event.messageId = "00";
// @ts-expect-error: read-only
inbox.prekeys.push(inbox.prekeys[0]);

// Bundles.
const all = PrekeyBundle.verifyAll([bytes], bytes, { lastPublished: undefined });
all.lastPublished satisfies Bytes;
all.rejected[0]?.error.code satisfies ErrorCode | undefined;
all.rejectedRevocations[0]?.error.code satisfies ErrorCode | undefined;
const { revocations } = all;
PrekeyBundle.verifyAll([bytes], bytes, { lastPublished: all.lastPublished, revocations });
PrekeyBundle.verify(bytes, bytes, { revocations: [bytes, bytes] });
PrekeyBundle.choose(all.bundles, { except: device.publicKey }).targets satisfies PrekeyBundle[];
PrekeyBundle.verify(bytes, bytes, {
  // @ts-expect-error: what verifyAll returned, as it is
  lastPublished: [all.lastPublished],
});

// Revocations.
account.revokeDevice(bytes, date, { now: date }) satisfies Bytes;
yes<Equal<ReturnType<typeof verifyRevocation>, RevocationFloor>>();
verifyRevocation(bytes, bytes).device satisfies Uint8Array | undefined;

// Candidates, and what fits.
const fitted = fit(invite, "xwing");
yes<Equal<typeof fitted.content, CallInvite>>();
fitted.dropped satisfies string[];
fromIceCandidate({ candidate: "", sdpMid: null }).candidate satisfies string;
measure({ type: "call.candidates", callId, candidates: fromIceCandidates([null, undefined, {}]) });
yes<Equal<ReturnType<typeof fromDescription>, Description>>();
// @ts-expect-error: a message has no candidates, and is content all the same
fit({ type: "message" }, "xwing").content satisfies CallInvite;

// The time.
const clock = new ServerClock({ system: () => 0, monotonic: () => 0 });
clock.add({ serverTime: date, roundTrip: 12, at: 0.5 });
inbox.receive(bytes, { now: clock.now() });
// @ts-expect-error: a Date
clock.add({ serverTime: 0, roundTrip: 12 });

// Errors.
export function codeOf(error: unknown): ErrorCode | undefined {
  return HushringError.is(error) ? error.code : undefined;
}
export function ageOf(error: HushringError): number | undefined {
  return error.code === "too_old" ? error.age : undefined;
}
yes<Equal<ReturnType<typeof HushringError.from>, HushringError | undefined>>();
new HushringError("trapped", "x", {}, { cause: 7 }).cause satisfies unknown;
yes<Equal<ReturnType<HushringError["toJSON"]>, ErrorJson>>();
// @ts-expect-error: no such code
"bad_luck" satisfies ErrorCode;

// The wasm.
declare const response: { ok: boolean; status: number; arrayBuffer(): Promise<ArrayBuffer> };
initSlim(bytes);
initSlim(new ArrayBuffer(8));
initSlim(Promise.resolve(response));
initSlim({});
initSlim(wasm);
// @ts-expect-error: not a path
initSlim("hushring.wasm");
// @ts-expect-error: nothing
initSlim();

// The relay.
const push: ApnsRequest = apnsRequest(bytes, { deviceToken: "00", topic: "a" });
yes<Equal<ApnsRequest["headers"]["apns-priority"], "10">>();
yes<Equal<ReturnType<typeof auditApnsRequests>, ApnsRequest[]>>();
for (const { path, headers, body } of auditApnsRequests([push])) {
  [path, headers["apns-topic"], body] satisfies string[];
}
yes<Equal<ReturnType<typeof readHeader>["suite"], Suite | number>>();
push.headers satisfies Record<string, string>;

account.free();
