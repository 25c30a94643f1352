import { type NowOption, nowOf } from "./account.js";
import type { Bytes } from "./bytes.js";
import {
  arrayOf,
  bytesOf,
  currentMillisOf,
  dateOf,
  invalid,
  isBytes,
  isObject,
  isPlainObject,
  isWellFormed,
  lengthOf,
  maxLength,
  optionsOf,
  textOf,
} from "./check.js";
import { callIdOf, type Handle, messageIdBytes } from "./content.js";
import type { Device } from "./device.js";
import { type ErrorCode, HushringError } from "./error.js";
import {
  type BindingEvent,
  eventFrom,
  type HeldEnvelope,
  type InboxEvent,
  type SenderKeys,
} from "./event.js";
import { type ExternalDevice, externalCertificate } from "./external.js";
import * as glue from "./glue.js";
import { type Prekey, prekeyHandle } from "./prekey.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import type { Suite } from "./suite.js";

/** Options of {@link Inbox.trust}: what is pinned for the account, in place of what was. */
export interface TrustOptions extends NowOption {
  /** How the system finds the caller among the user's contacts. Its value: at most 128 bytes. */
  readonly handle?: Handle | undefined;
  /** What the user calls them. At most 128 bytes. */
  readonly displayName?: string | undefined;
}

/** Options of {@link Inbox.pending}. */
export interface PendingOptions extends NowOption {
  /** How many events to give at most, a whole number; all by default. */
  readonly limit?: number | undefined;
}

/** What {@link Inbox.acknowledge} reads of an event. */
export interface EventReference {
  readonly sender: { readonly account: Uint8Array };
  readonly messageId: string;
}

/** A prekey of an inbox, without its secret. */
export interface InboxPrekey {
  /** 16 hex digits. */
  readonly id: string;
  readonly suite: Suite;
  /** When senders must have stopped using it, in whole seconds. */
  readonly expiresAt: Date;
}

/** One check that {@link Inbox.explain} tells of. */
export interface ExplainedCheck {
  /**
   * `length`, `version`, `suite`, `prekey`, `decryption`, `contentLength`, `padding`,
   * `certificate`, `signature`, `trust`, `replay`, `sentAt`, `revocation`, `certificateTimes`,
   * `room`, `inflation`, `cbor`, `members`, `call`: the steps of spec/envelope.md, Opening and
   * Receiving, in their order.
   */
  readonly check: string;
  readonly outcome: "passed" | "stopped" | "notReached";
}

/** What {@link Inbox.explain} gives. Nothing in it comes from the content but action and reason. */
export interface Explanation {
  /** The 8 hex digits of {@link envelopeTag}, unless the length is wrong. */
  readonly envelopeTag?: string;
  /** All checks, in the order in which they are made. */
  readonly checks: ExplainedCheck[];
  /** The check that the envelope does not get past: `replay` also if it is a `duplicate`. */
  readonly stoppedAt?: string;
  /** Who sent it, once that is proved. */
  readonly sender?: SenderKeys;
  /** 32 hex digits. */
  readonly messageId?: string;
  /** By the sender's clock. */
  readonly sentAt?: Date;
  /** How long ago it was sent, in milliseconds by both clocks. Negative if it is dated ahead. */
  readonly age?: number;
  /** The `action` of the event that {@link Inbox.receive} would give. */
  readonly action?: InboxEvent["action"];
  /** The `reason` of that event, if it would have one. */
  readonly reason?: string;
  /** The `code` that {@link Inbox.receive} would throw instead. */
  readonly code?: ErrorCode;
  /** All of this for people: a line for each check. */
  readonly text: string;
}

/**
 * What one device knows of what it has received, so that nothing is taken twice and only what
 * should ring rings (spec/envelope.md, Receiving). It takes envelopes and gives
 * {@link InboxEvent}s, and keeps those until they are acknowledged.
 *
 * In this order nothing is lost (spec/sharing.md): receive, {@link Inbox.save} and store, tell the
 * relay, act on what is {@link Inbox.pending}, acknowledge, save and store again. Load, use and
 * save it in one process at a time. What is refused changes nothing.
 */
export class Inbox extends Resource {
  /**
   * An empty inbox: for a new device alone. In place of state that was lost, or that
   * {@link Inbox.load} refuses, it would accept replays. The device may be freed afterwards.
   */
  constructor(device: Device | ExternalDevice) {
    super();
    call(() => own(this, withCertificate(device, newInbox), glue.Inbox));
  }

  /**
   * The inbox of the state that {@link Inbox.save} gave. Prekeys are not in it: add them again. The
   * device's certificate may have been renewed since. Throws `bad_state`, `state_too_new` if a
   * later version of this package saved it, `wrong_account`, `wrong_device`. Keep state that is
   * refused, and do not go on without it.
   */
  static load(device: Device | ExternalDevice, state: Uint8Array): Inbox {
    return call(() => {
      if (isBytes(state) && lengthOf(state) > maxState) {
        throw new HushringError("bad_state", "no inbox saves as much as this");
      }
      const copy = bytesOf(state, "state", maxState);
      const handle = withCertificate(device, (certificate) => glue.Inbox.load(certificate, copy));
      const inbox = Object.create(Inbox.prototype) as Inbox;
      own(inbox, handle, glue.Inbox);
      return inbox;
    });
  }

  /**
   * The state: a few kilobytes as a rule, and hundreds of megabytes with everything at its bounds.
   * It holds no private key, but the plaintext of what is pending and held: keep it encrypted at
   * rest, and out of backups. Equal states give equal bytes.
   */
  save(): Bytes {
    return call(() => inboxHandle(this).save());
  }

  /**
   * Adds a prekey to open with, the older ones too, until {@link Inbox.prune} names them. It is
   * copied: the Prekey stays yours to free. One that is there already changes nothing. Throws
   * `inbox_full` beyond 256.
   */
  addPrekey(prekey: Prekey): void {
    call(() => inboxHandle(this).addPrekey(prekeyHandle(prekey)));
  }

  /** The prekeys, in the order in which they were added. */
  get prekeys(): readonly InboxPrekey[] {
    return call(() =>
      (inboxHandle(this).prekeys() as BindingPrekey[]).map((prekey) => ({
        ...prekey,
        expiresAt: dateOf(prekey.expiresAt),
      })),
    );
  }

  /**
   * Forgets what has had its time: prekeys 30 days after their expiry, and message ids, calls and
   * held envelopes of more than 30 days ago. To be called daily or so, with a clock that is sure:
   * what it deletes does not come back. Gives the ids of the prekeys: delete them in your store
   * too.
   */
  prune(options?: NowOption): string[] {
    return callWith(
      () => nowOf(options),
      (now) => inboxHandle(this).prune(now),
    );
  }

  /**
   * Trusts an account (its public key, 32 bytes, whose fingerprint was compared), and pins a handle
   * and a name for it. Both are what the system shows when it calls; the sender's own are never
   * used. Trusting it again replaces both, or unpins what is left out.
   *
   * What is held of it is received now: the events are returned, and pending. Throws `bad_content`
   * with `member` (`handle.type`, `handle.value`, `displayName`), `bad_key`, `weak_key`, and
   * `inbox_full` beyond 16,384 accounts, or if not all that is held would find room.
   */
  trust<Type extends string = never>(
    account: Uint8Array,
    options?: TrustOptions,
  ): InboxEvent<Type>[] {
    return callWith(
      () => trustOptions(options),
      ({ handle, displayName, now }) =>
        (
          inboxHandle(this).trust(
            bytesOf(account, "account"),
            handle?.type,
            handle?.value,
            displayName,
            now,
          ) as BindingEvent[]
        ).map(eventFrom<Type>),
    );
  }

  /**
   * Ends the trust in an account (its public key, 32 bytes). What is pending of it stays, and what
   * it has sent before is not accepted again should it be trusted later. Throws `bad_key`,
   * `weak_key`.
   */
  untrust(account: Uint8Array): void {
    call(() => inboxHandle(this).untrust(bytesOf(account, "account")));
  }

  /**
   * Takes a revocation statement (105 bytes, spec/envelope.md, Revocation) of any account: what its
   * revoked devices send from now on is refused. What is pending stays. Throws `bad_length`,
   * `unsupported_version`, `bad_key`, `weak_key`, `bad_signature`, `clock` if its floor is more
   * than 10 minutes ahead, and `inbox_full` beyond 16,384 accounts.
   */
  revoke(statement: Uint8Array, options?: NowOption): void {
    callWith(
      () => nowOf(options),
      (now) => inboxHandle(this).revoke(bytesOf(statement, "statement"), now),
    );
  }

  /**
   * Registers a call of one's own, before its invitation is sealed: its `callId` (a UUID) and the
   * public keys of the accounts that are called, 32 bytes each. Their answers, candidates and ends
   * are signals of this call then, and those of others are dropped. The same `callId` again
   * replaces the accounts. Of more than 64 calls the oldest is forgotten. Throws `bad_call_id`,
   * `bad_key`, `weak_key`, and `inbox_full` beyond 256 accounts.
   */
  placed(callId: string, accounts: readonly Uint8Array[], options?: NowOption): void {
    callWith(
      () => ({ list: arrayOf(accounts, "accounts"), now: nowOf(options) }),
      ({ list, now }) => {
        const keys = list.map((key, index) => bytesOf(key, `accounts[${index}]`));
        inboxHandle(this).placed(callIdOf(callId), keys, now);
      },
    );
  }

  /**
   * Receives one envelope (2,880 bytes, spec/envelope.md, Opening and Receiving). Every event but
   * `drop` is pending from then on; act on {@link Inbox.pending} rather than on what is returned
   * here, so that nothing is lost in a crash between saving and acting.
   *
   * `Type` may name the application's own content types, see {@link ReceivedContent}.
   *
   * Throws the code of the first check that fails: `bad_length`, `unsupported_version`,
   * `unsupported_suite`, `unknown_prekey`, `decryption_failed`, `bad_content_length`,
   * `bad_padding`, `bad_certificate`, `bad_signature`, `untrusted` with `account`, `replayed`,
   * `clock` and `too_old` with `age`, `revoked`, `certificate_not_yet_valid`,
   * `certificate_expired`, `inbox_full`, `bad_compression`, `too_long`, `bad_cbor`, `too_deep`,
   * `too_many`, `bad_content` with `member`, `call_id_taken`.
   *
   * After `inbox_full` (1,024 events are pending, or 128 of this account) tell the relay nothing;
   * act, acknowledge, and receive the mailbox again. An `untrusted` envelope is held, at most 64
   * and 8 of one account, until {@link Inbox.trust}. All others are done with.
   */
  receive<Type extends string = never>(
    envelope: Uint8Array,
    options?: NowOption,
  ): InboxEvent<Type> {
    return callWith(
      () => nowOf(options),
      (now) => {
        const event = inboxHandle(this).receive(bytesOf(envelope, "envelope"), now);
        return eventFrom<Type>(event as BindingEvent);
      },
    );
  }

  /**
   * What was received and not acknowledged, in the order in which it was. A call that does not ring
   * any more is `missed` here, or a `drop` if another device has taken or declined it. Acknowledge
   * each, that `drop` too. An event may take half a megabyte; with a `limit`, as many are in memory at a
   * time.
   */
  pending<Type extends string = never>(options?: PendingOptions): InboxEvent<Type>[] {
    return callWith(
      () => pendingOptions(options),
      ({ limit, now }) =>
        (inboxHandle(this).pending(limit, now) as BindingEvent[]).map(eventFrom<Type>),
    );
  }

  /**
   * The app has acted on this event: it is pending no more. Reads the account of its `sender` and
   * its `messageId`, so that a copy is as good. Says whether it was pending. Throws `bad_key`,
   * `weak_key`, `invalid_argument`.
   */
  acknowledge(event: EventReference): boolean {
    return callWith(
      () => eventReference(event),
      ({ account, messageId }) => inboxHandle(this).acknowledge(account, messageId),
    );
  }

  /** The envelopes of accounts that are not trusted, in the order in which they came. */
  held(): HeldEnvelope[] {
    return call(() =>
      (inboxHandle(this).held() as BindingHeld[]).map((held) => ({
        ...held,
        sentAt: dateOf(held.sentAt),
      })),
    );
  }

  /**
   * Why a phone rings, or does not: which checks an envelope (2,880 bytes) passes at this moment,
   * and where it stops. Changes nothing, and throws for arguments of the wrong type only. Ask
   * before receiving: afterwards the answer is `duplicate`.
   */
  explain(envelope: Uint8Array, options?: NowOption): Explanation {
    return callWith(
      () => nowOf(options),
      (now) => {
        // What is far too long has the wrong length as well.
        const long = isBytes(envelope) && lengthOf(envelope) > maxLength;
        const copy = long ? new Uint8Array(0) : bytesOf(envelope, "envelope");
        const explanation = inboxHandle(this).explain(copy, now) as BindingExplanation;
        const { sentAt, ...members } = explanation;
        return sentAt === undefined ? members : { ...explanation, sentAt: dateOf(sentAt) };
      },
    );
  }
}

type BindingPrekey = Omit<InboxPrekey, "expiresAt"> & { readonly expiresAt: number };
type BindingHeld = Omit<HeldEnvelope, "sentAt"> & { readonly sentAt: number };
type BindingExplanation = Omit<Explanation, "sentAt"> & { readonly sentAt?: number };

/** In bytes. With everything at its bounds an inbox saves less than half of it. */
const maxState = 536_870_912;

/** More than are ever pending. */
const maxEvents = 65_536;

const maxName = 128;
const handleTypes: readonly unknown[] = ["generic", "phoneNumber", "emailAddress"];

function inboxHandle(inbox: Inbox): glue.Inbox {
  return handleOf(inbox, glue.Inbox, "this must be an Inbox");
}

function newInbox(certificate: glue.Certificate): glue.Inbox {
  return new glue.Inbox(certificate);
}

/** Lends the device's certificate, which was checked when the device was made. */
function withCertificate<T>(device: unknown, body: (certificate: glue.Certificate) => T): T {
  const external = externalCertificate(device);
  if (external !== undefined) return body(external);
  const handle = handleOf(device, glue.Device, "device must be a Device or an ExternalDevice");
  return lend(handle.certificate(), body);
}

function trustOptions(value: TrustOptions | undefined): {
  handle: { type: string; value: string } | undefined;
  displayName: string | undefined;
  now: number;
} {
  const { handle, displayName, now, ...unknown } = optionsOf(value);
  // What is misspelt would unpin what it was to pin.
  const [name] = Object.keys(unknown);
  if (name !== undefined) throw invalid(`trust has no option ${JSON.stringify(name)}`);
  return {
    handle: handle === undefined ? undefined : pinnedHandle(handle),
    displayName: displayName === undefined ? undefined : pinnedText(displayName, "displayName"),
    now: currentMillisOf(now),
  };
}

function pendingOptions(value: PendingOptions | undefined): { limit: number; now: number } {
  const { limit = maxEvents, now } = optionsOf(value);
  if (!Number.isSafeInteger(limit) || limit < 0) throw invalid("limit must be a whole number");
  return { limit: Math.min(limit, maxEvents), now: currentMillisOf(now) };
}

function pinnedHandle(handle: unknown): { type: string; value: string } {
  if (!isPlainObject(handle)) throw invalid("handle must be a plain object");
  const { type, value } = optionsOf(handle);
  if (!handleTypes.includes(type)) {
    throw pinError("handle.type", "is none of generic, phoneNumber and emailAddress");
  }
  return { type: type as string, value: pinnedText(value, "handle.value") };
}

/** The wasm counts the bytes; here stands what must not reach it. */
function pinnedText(value: unknown, member: string): string {
  const text = textOf(value, member);
  if (text.length > maxName) throw pinError(member, "is longer than 128 bytes");
  if (!isWellFormed(text)) throw pinError(member, "holds a lone surrogate");
  return text;
}

function pinError(member: string, what: string): HushringError {
  return new HushringError("bad_content", `${member} ${what}`, { member });
}

function eventReference(event: unknown): { account: Bytes; messageId: Bytes } {
  if (!isObject(event)) throw invalid("event must be an event of an Inbox");
  const { sender, messageId } = event as Partial<EventReference>;
  if (!isObject(sender)) throw invalid("event.sender must be an object");
  const id = messageIdBytes(messageId);
  if (id === undefined) throw invalid("event.messageId is missing");
  return { account: bytesOf(sender.account, "event.sender.account"), messageId: id };
}
