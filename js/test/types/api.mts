// Compiled, never run: what TypeScript users may and may not write.

import {
  Account,
  type Bytes,
  type CallEnd,
  type CallInvite,
  type CallKitPayload,
  type Content,
  Device,
  type ErrorCode,
  ExternalAccount,
  ExternalDevice,
  HushringError,
  Inbox,
  type InboxEvent,
  type init,
  type Message,
  measure,
  type Newest,
  type PendingDevice,
  Prekey,
  PrekeyBundle,
  type ReceivedContent,
  type Suite,
  type UnknownContent,
  type Value,
} from "hushring";
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
yes<Equal<ReturnType<typeof Device.generate>, PendingDevice>>();
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
// @ts-expect-error: bytes are no bundle
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
// @ts-expect-error: a Date, no number
Device.enroll(account, { expiresAt: Date.now() });
// @ts-expect-error: no such suite
Prekey.generate("kyber", { expiresAt: date });
// @ts-expect-error: no such option
Prekey.generate("xwing", { expiresAt: date, expires: date });
// @ts-expect-error: request is required
ExternalDevice.activate(bytes, async () => bytes, { grant: bytes, secret: bytes });

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
  handle: { type: "generic", value: "a", more: 1 },
});
device.seal(bundle, { type: "call.end", callId, reason: "busy" });
device.seal(bundle, { type: "call.end", callId, reason: "answeredElsewhere", caller: bytes });
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
// @ts-expect-error: null is no SDP
device.seal(bundle, { type: "call.invite", callId, hasVideo: true, offer: null });
// @ts-expect-error: no such handle
device.seal(bundle, {
  type: "call.invite",
  callId,
  hasVideo: true,
  handle: { type: "email", value: "a" },
});
// @ts-expect-error: no such reason
device.seal(bundle, { type: "call.end", callId, reason: "bored" });
// @ts-expect-error: caller is required
device.seal(bundle, { type: "call.end", callId, reason: "answeredElsewhere" });
// @ts-expect-error: a Date is no Value
device.seal(bundle, { type: "message", data: new Date() });
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

// Content that is unknown.
device.seal(bundle, { type: "app.poll", options: ["a", "b"] });
device.sealMany([bundle], { type: "call.hold", callId, held: true });
const poll: UnknownContent<"app.poll"> = { type: "app.poll", options: ["a", "b"] };
measure(poll);
// @ts-expect-error: its members are Values too
device.seal(bundle, { type: "app.poll", at: new Date() });
// @ts-expect-error: a known type is none of the unknown ones
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
      if (received.reason === "answeredElsewhere") yes<Equal<typeof received.caller, Uint8Array>>();
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
      return JSON.stringify(received.callKit) + received.expiresAt.toISOString();
    case "missed":
      received.reason satisfies "ended" | "expired" | "certificate";
      return `${received.age} ${received.claimed.callerName}`;
    case "end":
      yes<Equal<typeof received.content, CallEnd>>();
      received.endedReason satisfies 1 | 2 | 3 | 4 | 5;
      return received.callUUID;
    case "signal":
      // @ts-expect-error: an invitation is no signal
      if (received.content.type === "call.invite") return "";
      return received.content.type === "call.answer" ? (received.content.answer ?? "") : "";
    case "notify":
      if (received.content.type === "message") {
        yes<Equal<typeof received.content, Message>>();
        return received.content.body ?? "";
      }
      return received.known ? "" : received.content.type;
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
inbox.placed(callId, [bytes]);
inbox.explain(bytes).code satisfies ErrorCode | undefined;
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
const newest: Newest[] = [{ device: bytes, issuedAt: date }];
const all = PrekeyBundle.verifyAll([bytes], bytes, { newest });
all.rejected[0]?.error.code satisfies ErrorCode | undefined;
PrekeyBundle.verifyAll([bytes], bytes, { newest: all.newest });
PrekeyBundle.choose(all.bundles).targets satisfies PrekeyBundle[];

// Errors.
export function codeOf(error: unknown): ErrorCode | undefined {
  return HushringError.is(error) ? error.code : undefined;
}
// @ts-expect-error: no such code
"bad_luck" satisfies ErrorCode;

// The wasm.
declare const response: { ok: boolean; status: number; arrayBuffer(): Promise<ArrayBuffer> };
initSlim(bytes);
initSlim(new ArrayBuffer(8));
initSlim(Promise.resolve(response));
initSlim({});
// @ts-expect-error: no path
initSlim("hushring.wasm");
// @ts-expect-error: nothing
initSlim();

// The relay.
const push: ApnsRequest = apnsRequest(bytes, { deviceToken: "00", topic: "a" });
yes<Equal<ApnsRequest["headers"]["apns-priority"], "10">>();
auditApnsRequests([push]);
yes<Equal<ReturnType<typeof readHeader>["suite"], Suite | number>>();
push.headers satisfies Record<string, string>;

account.free();
