import type { Bytes } from "./bytes.js";
import type { Handle } from "./content.js";
import type { Device } from "./device.js";
import { HushringError } from "./error.js";
import type { HeldEnvelope, InboxEvent } from "./event.js";
import type { Explanation } from "./explanation.js";
import { type ExternalDevice, externalCertificate } from "./external.js";
import * as glue from "./glue.js";
import { type NowOption, readNow } from "./now.js";
import { type Prekey, prekeyHandle } from "./prekey.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  invalid,
  maxLength,
  requireArray,
  requireBytes,
  requireCallId,
  requireMessageId,
  requireNow,
  requireText,
} from "./untrusted/require.js";
import { isBytes, isObject, isWellFormed, lengthOf } from "./untrusted/slots.js";
import { type HandleType, handleTypes, maxNameLength, type Suite } from "./vocabulary.js";

/** Options of {@link Inbox.trust}: they replace what was pinned for the account. */
export interface TrustOptions extends NowOption {
  /** How the system finds the caller among the user's contacts. Its value: at most 128 bytes. */
  readonly handle?: Pick<Handle, "type" | "value"> | undefined;
  /** The name that the user gave them, at most 128 bytes. */
  readonly displayName?: string | undefined;
}

/** Options of {@link Inbox.pending}. */
export interface PendingOptions extends NowOption {
  /** How many events to return at most, a whole number; all by default. */
  readonly limit?: number | undefined;
}

/** The part of an event that {@link Inbox.acknowledge} reads. */
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

/**
 * The receiving side of one device (spec/inbox.md). It takes envelopes and returns
 * {@link InboxEvent}s, so that nothing is taken twice and only what should ring rings. It keeps
 * events until they are acknowledged.
 *
 * In this order nothing is lost (spec/sharing.md): receive, {@link Inbox.save} and store, confirm
 * to the relay, act on what is {@link Inbox.pending}, acknowledge, save and store again. Load, use
 * and save it in one process at a time. A refused envelope changes nothing.
 */
export class Inbox extends Resource {
  /**
   * Creates an empty inbox, for a new device alone. In place of state that was lost, or that
   * {@link Inbox.load} refuses, it would accept replays. The device may be freed afterwards.
   */
  constructor(device: Device | ExternalDevice) {
    super();
    call(() => own(this, withCertificate(device, newInbox), glue.Inbox));
  }

  /**
   * Loads the state that {@link Inbox.save} returned. Prekeys are not in it: add them again. The
   * device's certificate may have been renewed since. Throws `bad_state`, `state_too_new` if a
   * later version of this package saved it, `wrong_account`, `wrong_device`. Keep state that is
   * refused, and do not go on without it.
   */
  static load(device: Device | ExternalDevice, state: Uint8Array): Inbox {
    return call(() => {
      if (isBytes(state) && lengthOf(state) > maxState) {
        throw new HushringError("bad_state", "no inbox saves as much as this");
      }
      const copy = requireBytes(state, "state", maxState);
      const handle = withCertificate(device, (certificate) => glue.Inbox.load(certificate, copy));
      const inbox: Inbox = Object.create(Inbox.prototype);
      own(inbox, handle, glue.Inbox);
      return inbox;
    });
  }

  /**
   * Returns the state: usually a few kilobytes, and hundreds of megabytes with everything at its
   * bounds. It contains no private key, but the plaintext of pending and held messages: keep it
   * encrypted at rest, and out of backups. Equal states give equal bytes.
   */
  save(): Bytes {
    return call(() => inboxHandle(this).save());
  }

  /**
   * Adds a prekey to open envelopes with. Add the older ones too, until {@link Inbox.prune} names
   * them. It is copied, so you may free it. One that is there already changes nothing. Throws
   * `inbox_full` beyond 256.
   */
  addPrekey(prekey: Prekey): void {
    call(() => inboxHandle(this).addPrekey(prekeyHandle(prekey)));
  }

  /** The prekeys, in the order in which they were added. */
  get prekeys(): readonly InboxPrekey[] {
    return call(() => inboxHandle(this).prekeys());
  }

  /**
   * Deletes prekeys 30 days after their expiry, and message ids, calls and held envelopes of more
   * than 30 days ago. Call it about once a day, with a trusted clock, because whatever it deletes
   * does not come back. Returns the ids of the prekeys: delete them in your store too.
   */
  prune(options?: NowOption): string[] {
    return callWith(
      () => readNow(options),
      (now) => inboxHandle(this).prune(now),
    );
  }

  /**
   * Trusts an account (its public key, 32 bytes, after its fingerprint was compared), and pins a
   * handle and a name for it. The system shows both when it calls, and never the sender's own.
   * Trusting it again replaces both, or unpins those that are left out.
   *
   * Held envelopes of the account are received now: the events are returned, and pending. Throws
   * `bad_content` with `member` (`handle.type`, `handle.value`, `displayName`), `bad_key`,
   * `weak_key`, and `inbox_full` beyond 16,384 accounts, or if the held envelopes do not all find
   * room.
   */
  trust<Type extends string = never>(
    account: Uint8Array,
    options?: TrustOptions,
  ): InboxEvent<Type>[] {
    return callWith(
      () => readTrust(options),
      ({ pinned, now }) =>
        inboxHandle(this).trust(
          requireBytes(account, "account"),
          pinned,
          now,
        ) as InboxEvent<Type>[],
    );
  }

  /**
   * Ends the trust in an account (its public key, 32 bytes). Its pending events stay, and envelopes
   * that it sent before are not accepted again if it is trusted later. Throws `bad_key`,
   * `weak_key`.
   */
  untrust(account: Uint8Array): void {
    call(() => inboxHandle(this).untrust(requireBytes(account, "account")));
  }

  /**
   * Takes a revocation statement (105 bytes, spec/envelope.md, Revocation) of any account. From now
   * on, envelopes of its revoked devices are refused. Pending events stay. Throws `bad_length`,
   * `unsupported_version`, `bad_key`, `weak_key`, `bad_signature`, `clock` if its floor is more
   * than 10 minutes ahead, and `inbox_full` beyond 16,384 accounts.
   */
  revoke(statement: Uint8Array, options?: NowOption): void {
    callWith(
      () => readNow(options),
      (now) => inboxHandle(this).revoke(requireBytes(statement, "statement"), now),
    );
  }

  /**
   * Registers a call of one's own, before its invitation is sealed: its `callId` (a UUID) and the
   * public keys of the accounts that are called, 32 bytes each. From now on, their answers,
   * candidates and ends are signals of this call; those of others are dropped. The same `callId`
   * again replaces the accounts. Of more than 64 calls the oldest is forgotten. Throws
   * `bad_call_id`, `bad_key`, `weak_key`, and `inbox_full` beyond 256 accounts.
   */
  placeCall(callId: string, accounts: readonly Uint8Array[], options?: NowOption): void {
    callWith(
      () => ({ list: requireArray(accounts, "accounts"), now: readNow(options) }),
      ({ list, now }) => {
        const keys = list.map((key, index) => requireBytes(key, `accounts[${index}]`));
        inboxHandle(this).placeCall(requireCallId(callId), keys, now);
      },
    );
  }

  /**
   * Receives one envelope (2,880 bytes, spec/envelope.md, Opening; spec/inbox.md, Receiving). Every
   * event except `drop` is pending from then on. Act on {@link Inbox.pending} instead of on the
   * event that is returned here, so that nothing is lost in a crash between saving and acting.
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
   * After `inbox_full` (1,024 events are pending, or 128 of this account) confirm nothing to the
   * relay; act, acknowledge, and receive the mailbox again. An `untrusted` envelope is held, at
   * most 64 and 8 of one account, until {@link Inbox.trust}. All others are done with.
   */
  receive<Type extends string = never>(
    envelope: Uint8Array,
    options?: NowOption,
  ): InboxEvent<Type> {
    return callWith(
      () => readNow(options),
      (now) =>
        inboxHandle(this).receive(requireBytes(envelope, "envelope"), now) as InboxEvent<Type>,
    );
  }

  /**
   * Returns the events that are not acknowledged, in the order in which they were received. A call
   * that no longer rings is `missed` here, or a `drop` if another device has answered or declined
   * it. Acknowledge each, that `drop` too. An event may take half a megabyte; a `limit` bounds how
   * many are in memory at a time.
   */
  pending<Type extends string = never>(options?: PendingOptions): InboxEvent<Type>[] {
    return callWith(
      () => readPending(options),
      ({ limit, now }) => inboxHandle(this).pending(limit, now) as InboxEvent<Type>[],
    );
  }

  /**
   * Marks an event as done: it is not pending anymore. Reads only the account of its `sender` and
   * its `messageId`, so a copy does as well. Returns whether it was pending. Throws `bad_key`,
   * `weak_key`, `invalid_argument`.
   */
  acknowledge(event: EventReference): boolean {
    return callWith(
      () => readReference(event),
      ({ account, messageId }) => inboxHandle(this).acknowledge(account, messageId),
    );
  }

  /** Returns the envelopes of accounts that are not trusted, in the order in which they came. */
  held(): HeldEnvelope[] {
    return call(() => inboxHandle(this).held());
  }

  /**
   * Explains why a phone rings, or does not: which checks an envelope (2,880 bytes) passes at this
   * moment, and where it stops. Changes nothing, and throws only for arguments of the wrong type.
   * Call it before `receive`, because afterwards the envelope counts as a `duplicate`.
   */
  explain(envelope: Uint8Array, options?: NowOption): Explanation {
    return callWith(
      () => readNow(options),
      (now) => {
        // An envelope that is far too long has the wrong length as well.
        const long = isBytes(envelope) && lengthOf(envelope) > maxLength;
        const copy = long ? new Uint8Array(0) : requireBytes(envelope, "envelope");
        return inboxHandle(this).explain(copy, now);
      },
    );
  }
}

/** In bytes. With everything at its bounds an inbox saves less than half of it. */
const maxState = 536_870_912;

/** More than are ever pending. */
const maxEvents = 65_536;

const trustNames: Names<TrustOptions> = { displayName: true, handle: true, now: true };
const handleNames: Names<Pick<Handle, "type" | "value">> = { type: true, value: true };
const pendingNames: Names<PendingOptions> = { limit: true, now: true };

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

function readTrust(value: TrustOptions | undefined): { pinned: glue.Pinned; now: number } {
  const { displayName, handle, now } = readOptions(value, trustNames);
  const pinned = {
    ...readHandle(handle),
    displayName: displayName === undefined ? undefined : requireName(displayName, "displayName"),
  };
  return { pinned, now: requireNow(now) };
}

function readHandle(handle: unknown): Omit<glue.Pinned, "displayName"> {
  if (handle === undefined) return { handleType: undefined, handle: undefined };
  const { type, value } = readOptions(handle as Handle, handleNames, "handle.");
  if (!isHandleType(type)) {
    throw pinError("handle.type", `is not one of ${handleTypes.join(", ")}`);
  }
  return { handleType: type, handle: requireName(value, "handle.value") };
}

function isHandleType(type: unknown): type is HandleType {
  return handleTypes.some((known) => known === type);
}

function readPending(value: PendingOptions | undefined): { limit: number; now: number } {
  const { limit = maxEvents, now } = readOptions(value, pendingNames);
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 0) {
    throw invalid("limit must be a whole number");
  }
  return { limit: Math.min(limit, maxEvents), now: requireNow(now) };
}

/** The wasm counts the bytes; this refuses strings that must not reach it. */
function requireName(value: unknown, member: string): string {
  const text = requireText(value, member);
  if (text.length > maxNameLength) throw pinError(member, `is longer than ${maxNameLength} bytes`);
  if (!isWellFormed(text)) throw pinError(member, "holds a lone surrogate");
  return text;
}

function pinError(member: string, what: string): HushringError {
  return new HushringError("bad_content", `${member} ${what}`, { member });
}

function readReference(event: unknown): { account: Bytes; messageId: Bytes } {
  if (!isObject(event)) throw invalid("event must be an event of an Inbox");
  const { sender, messageId } = event as Partial<EventReference>;
  if (!isObject(sender)) throw invalid("event.sender must be an object");
  const { account } = sender;
  return {
    account: requireBytes(account, "event.sender.account"),
    messageId: requireMessageId(messageId),
  };
}
