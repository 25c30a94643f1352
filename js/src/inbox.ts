import type { Bytes } from "./bytes.js";
import {
  type AnsweredOptions,
  type CallReference,
  type JoinedOptions,
  type OwnCallReference,
  readAnswered,
  readJoined,
  readLeft,
} from "./calls.js";
import { type Device, deviceHandle } from "./device.js";
import { HushringError } from "./error.js";
import type { InboxEvent } from "./event.js";
import type { Explanation } from "./explanation.js";
import { deviceSigner, type ExternalDevice, externalSigner, signEach } from "./external.js";
import * as glue from "./glue.js";
import type { HeldAccount, HeldEnvelope } from "./held.js";
import { type NowOption, readNow } from "./now.js";
import { readTrust, type TrustOptions } from "./pinned.js";
import { type Prekey, prekeyHandle, withPrekeys } from "./prekey.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { nameClass } from "./untrusted/describe.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  maxLength,
  mustBe,
  requireArray,
  requireBytes,
  requireCallId,
  requireManyBytes,
  requireMessageId,
} from "./untrusted/require.js";
import { isBytes, isObject, lengthOf } from "./untrusted/slots.js";
import type { Suite } from "./vocabulary.js";

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

/** Options of {@link Inbox.load}. */
export interface LoadOptions {
  /** The {@link Inbox.revision} that the state must have at least. */
  readonly atLeast?: number | undefined;
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
    call(() => own(this, withCertificate(device, newInbox), glue.Inbox, "new Inbox()"));
  }

  static {
    nameClass(Inbox, "Inbox");
  }

  /**
   * Loads the state that {@link Inbox.save} returned. Prekeys are not in it: add them again. The
   * device's certificate may have been renewed since. Throws `bad_state`, `state_too_new` if a
   * later version of this package saved it, `wrong_account`, `wrong_device`, and
   * `state_rolled_back` if an older copy has taken its place (`atLeast`). Keep state that is
   * refused, and do not go on without it.
   */
  static load(device: Device | ExternalDevice, state: Uint8Array, options?: LoadOptions): Inbox {
    return callWith(
      () => requireRevision(readOptions(options, loadNames).atLeast),
      (atLeast) => {
        if (isBytes(state) && lengthOf(state) > maxState) {
          throw new HushringError("bad_state", "no inbox saves as much as this");
        }
        const copy = requireBytes(state, "state", maxState);
        const handle = withCertificate(device, (certificate) =>
          glue.Inbox.load(certificate, copy, atLeast),
        );
        const inbox: Inbox = Object.create(Inbox.prototype);
        own(inbox, handle, glue.Inbox, "Inbox.load()");
        return inbox;
      },
    );
  }

  /**
   * Returns the state: usually some kilobytes, and 3.4 MB with everything at its bounds. It
   * contains no private key, but the plaintext of pending and held messages: keep it encrypted at
   * rest, and out of backups. A state that has not changed gives the same bytes.
   */
  save(): Bytes {
    return call(() => inboxHandle(this).save());
  }

  /**
   * The revision of the state that was saved or loaded last, and 0 before. It rises by one with
   * each state that differs from the one before (spec/inbox.md, Saved state). Keep it where no
   * backup restores it, once the state is stored, and pass it to {@link Inbox.load} as `atLeast`:
   * so state that was restored from a copy is found, which would accept replays.
   */
  get revision(): number {
    return call(() => inboxHandle(this).revision());
  }

  /**
   * Adds a prekey to open envelopes with. Add the older ones too, until {@link Inbox.prune} names
   * them. It is copied, so you may free it. One that is there already changes nothing. Throws
   * `inbox_full` beyond 256.
   */
  addPrekey(prekey: Prekey): void {
    call(() => inboxHandle(this).addPrekey(prekeyHandle(prekey)));
  }

  /**
   * Adds the device's current prekeys, and signs a bundle for each, for the server to hand out, in
   * their order: 259 bytes (`x25519`) or 1,443 (`xwing`). Pass all prekeys of the publication at
   * once, because each bundle says which suites were published together. Save the inbox and store
   * the prekeys, then upload the bundles.
   *
   * The time of the publication is kept in the saved state. The next one is at least a second
   * newer, whatever the clock does, so that no sender takes it for an older one. A bundle expires
   * with its prekey or with the certificate, whichever is first.
   *
   * Throws `wrong_device` if it is not this inbox's device, `no_prekeys`, `certificate_expired`,
   * `certificate_not_yet_valid`, `duplicate_suite`, `clock` if the last publication is more than 10
   * minutes ahead, `prekey_expired`, `bad_lifetime` beyond 90 days, and `inbox_full` beyond 256
   * prekeys. For an ExternalDevice the promise rejects with these, `bad_signature` and
   * `invalid_signer`; after a signature that failed, publish again.
   */
  publish(device: Device, prekeys: readonly Prekey[], options?: NowOption): Bytes[];
  publish(
    device: ExternalDevice,
    prekeys: readonly Prekey[],
    options?: NowOption,
  ): Promise<Bytes[]>;
  publish(
    device: Device | ExternalDevice,
    prekeys: readonly Prekey[],
    options?: NowOption,
  ): Bytes[] | Promise<Bytes[]> {
    const external = externalSigner(device);
    if (external !== undefined) return publishExternal(this, device, prekeys, options);
    return callWith(
      () => ({ list: requireArray(prekeys, "prekeys"), now: readNow(options) }),
      ({ list, now }) =>
        withPrekeys(list, (handles) =>
          inboxHandle(this).publish(deviceHandle(device), handles, now),
        ),
    );
  }

  /** The prekeys, in the order in which they were added. */
  get prekeys(): readonly InboxPrekey[] {
    return call(() => inboxHandle(this).prekeys());
  }

  /**
   * Deletes prekeys 30 days after their expiry, message ids, calls and held envelopes of more than
   * 30 days ago, signals whose invitation has not come in 2 minutes, revocation floors of more than
   * 397 days ago, and what was kept of accounts that are neither trusted nor blocked, once it is
   * older than 30 days. Call it about once a day, with a trusted clock, because whatever it deletes
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
   * Trusting it again replaces both, or unpins those that are left out. Characters that deceive
   * are taken out of both, and one of which nothing visible is left counts as none (spec/inbox.md,
   * Names). A blocked account is unblocked first.
   *
   * Held envelopes of the account are received now: the events are returned, and pending. Throws
   * `bad_content` with `member` (`handle.type`, `handle.value`, `displayName`), `bad_key`,
   * `weak_key`, those of {@link Inbox.revoke} for `revocations` and `wrong_account`, and
   * `inbox_full` beyond 4,096 accounts or 262,144 bytes of handles and names of all, or if the held
   * envelopes do not all find room.
   */
  trust<Type extends string = never>(
    account: Uint8Array,
    options?: TrustOptions,
  ): InboxEvent<Type>[] {
    return callWith(
      () => readTrust(options),
      ({ pinned, revocations, now }) =>
        inboxHandle(this).trust(
          requireBytes(account, "account"),
          pinned,
          revocations,
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
   * Blocks an account (its public key, 32 bytes): ends the trust in it, and deletes what is held of
   * it and its pending events. Nothing of it is held or shown until it is unblocked or trusted.
   * Blocking the own account changes nothing. Throws `bad_key`, `weak_key`, and `inbox_full` beyond
   * 4,096 accounts.
   */
  block(account: Uint8Array): void {
    call(() => inboxHandle(this).block(requireBytes(account, "account")));
  }

  /**
   * Ends the block of an account (its public key, 32 bytes), which is untrusted then. What it has
   * dated at or before `now` is never received. What it has dated later is, once it is trusted, if
   * it comes after the block. Changes nothing if it is not blocked. Throws `bad_key`, `weak_key`.
   */
  unblock(account: Uint8Array, options?: NowOption): void {
    callWith(
      () => readNow(options),
      (now) => inboxHandle(this).unblock(requireBytes(account, "account"), now),
    );
  }

  /**
   * Returns whether an account (its public key, 32 bytes) is blocked. Throws `bad_key`, `weak_key`.
   */
  isBlocked(account: Uint8Array): boolean {
    return call(() => inboxHandle(this).isBlocked(requireBytes(account, "account")));
  }

  /**
   * Takes a revocation statement (105 bytes, or 137 for one device; spec/envelope.md, Revocation)
   * of any account. From now on, envelopes of its revoked devices are refused, also those that they
   * sent before they were lost: receive what has been fetched first. Pending events stay.
   *
   * Returns whether the account is known here: trusted now or earlier, blocked, or the own one. If
   * it is not, nothing was kept: keep the statement, and pass it to {@link Inbox.trust} should the
   * account be trusted. Throws `bad_length`, `unsupported_version`, `bad_key`, `weak_key`,
   * `bad_signature`, `clock` if its floor is more than 10 minutes ahead, and `inbox_full` beyond 64
   * devices of one account, or 2,048 of all.
   */
  revoke(statement: Uint8Array, options?: NowOption): boolean {
    return callWith(
      () => readNow(options),
      (now) => inboxHandle(this).revoke(requireBytes(statement, "statement"), now),
    );
  }

  /**
   * Registers a call of one's own, before its invitation is sealed: its `callId` (a UUID) and the
   * public keys of the accounts that are called, 32 bytes each. Returns the time to seal the
   * invitation at: pass it to `seal` as `now`. From now on, their answers, candidates and ends are
   * events of this call; those of others are dropped.
   *
   * The same `callId` again begins the call anew for the accounts that are named, and leaves the
   * others as they are: so accounts are added, and one that did not answer is rung again. Of more
   * than 64 calls the oldest is forgotten. Throws `bad_call_id`, `bad_key`, `weak_key`, `clock` if
   * the clock went back so far since that the time would be more than 10 minutes ahead of `now`
   * (place the call with a new `callId`), and `inbox_full` beyond 256 accounts.
   */
  placeCall(callId: string, accounts: readonly Uint8Array[], options?: NowOption): Date {
    return callWith(
      () => ({ keys: requireManyBytes(accounts, "accounts"), now: readNow(options) }),
      ({ keys, now }) => inboxHandle(this).placeCall(requireCallId(callId), keys, now),
    );
  }

  /**
   * Notes that this device answers a call that rings, before the answer is sealed, and returns the
   * `ring` to name in it. Save the inbox before anything is sent. From then on the account's other
   * devices cannot end the call. Again, it returns the same, so that an answer can be sealed again
   * after a crash. Throws `call_over` if the call does not ring anymore, or its `expiresAt` is past:
   * then seal nothing. Throws also `bad_call_id`, `bad_key`, `weak_key`.
   */
  answered(options: AnsweredOptions): Date {
    return callWith(
      () => readAnswered(options),
      ({ caller, callId, now }) => inboxHandle(this).answered(caller, callId, now),
    );
  }

  /**
   * Notes that this device has left a call, after its decline or hang-up was posted; or that a call
   * of one's own has ended, for all accounts or for these, after the end was posted to them. Returns
   * whether the call was known here: false where `caller` or `callId` are those of something else,
   * or `caller` was left out of a call that others placed. Throws `bad_call_id`, `bad_key`,
   * `weak_key`.
   */
  left(reference: CallReference | OwnCallReference): boolean {
    return callWith(
      () => readLeft(reference),
      ({ caller, callId, accounts }) => {
        const handle = inboxHandle(this);
        return caller === undefined
          ? handle.leftOwn(callId, accounts)
          : handle.left(caller, callId);
      },
    );
  }

  /**
   * Notes which accounts take part in a call that was answered or placed here, in place of those
   * noted before: their signals for it count, under the same CallKit UUID. Returns the events of
   * signals that had come before; they are pending as well. Throws `call_over` if the call is
   * neither answered nor placed here, `inbox_full` beyond 256 accounts, `bad_call_id`, `bad_key`,
   * `weak_key`.
   */
  joined<Type extends string = never>(options: JoinedOptions): InboxEvent<Type>[] {
    return callWith(
      () => readJoined(options),
      ({ caller, callId, accounts, now }) =>
        inboxHandle(this).joined(caller, callId, accounts, now) as InboxEvent<Type>[],
    );
  }

  /**
   * Receives one envelope (2,880 bytes; spec/envelope.md, Opening; spec/inbox.md, Order of the
   * checks). Every event except `drop` is pending from then on. Act on {@link Inbox.pending}
   * instead of on the event that is returned here, so that nothing is lost in a crash between
   * saving and acting.
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
   * After `inbox_full` (256 events are pending, or 64 of this account) confirm nothing of this page
   * to the relay; act, acknowledge, and receive the page again. An `untrusted` envelope is held until
   * {@link Inbox.trust}, and one of a trusted account that is `clock`, at most 24 hours ahead,
   * until {@link Inbox.release}: of each kind at most 64, and 8 of one account. All others are done
   * with.
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
   * Iterates over the events that are not acknowledged, in the order in which they were received. A
   * call that no longer rings is `missed` here, or a `drop` if another device has answered or
   * declined it. Acknowledge each, that `drop` too.
   *
   * Each event is read when its turn comes, and stands as it is then, at this `now`: an event may
   * take a megabyte, and 320 may wait. Events may be acknowledged and received meanwhile.
   */
  pending<Type extends string = never>(options?: NowOption): IterableIterator<InboxEvent<Type>> {
    const now = callWith(
      () => readNow(options),
      (read) => {
        inboxHandle(this);
        return read;
      },
    );
    let last: number | undefined;
    return {
      next: () => {
        const next = call(() => inboxHandle(this).pendingAfter(last, now));
        last = next?.position ?? last;
        return next === undefined
          ? { done: true, value: undefined }
          : { done: false, value: next.event as InboxEvent<Type> };
      },
      [Symbol.iterator]() {
        return this;
      },
    };
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

  /** Returns the envelopes that are held, in the order in which they came. */
  held(): HeldEnvelope[] {
    return call(() => inboxHandle(this).held());
  }

  /**
   * Returns the accounts of which envelopes are held, for whichever reason, in the order of their
   * first.
   */
  heldAccounts(): HeldAccount[] {
    return call(() => inboxHandle(this).heldAccounts());
  }

  /**
   * Deletes what is held of an account (its public key, 32 bytes), and returns how many envelopes
   * that were. Throws `bad_key`, `weak_key`.
   */
  discard(account: Uint8Array): number {
    return call(() => inboxHandle(this).discard(requireBytes(account, "account")));
  }

  /**
   * Receives the held envelopes that were dated ahead and whose time has come. Call it whenever the
   * app wakes, before saving. The events are returned, and pending; an invitation among them is
   * `missed`. Those that are refused now are gone, except where there is no room for their events.
   */
  release<Type extends string = never>(options?: NowOption): InboxEvent<Type>[] {
    return callWith(
      () => readNow(options),
      (now) => inboxHandle(this).release(now) as InboxEvent<Type>[],
    );
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
const maxState = 8_388_608;

const loadNames: Names<LoadOptions> = { atLeast: true };

function requireRevision(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw mustBe("atLeast", "a revision: a whole number from 0", value);
}

function inboxHandle(inbox: Inbox): glue.Inbox {
  return handleOf(inbox, glue.Inbox, "this", "Inbox");
}

async function publishExternal(
  inbox: Inbox,
  device: unknown,
  prekeys: unknown,
  options: NowOption | undefined,
): Promise<Bytes[]> {
  const { sign, steps } = callWith(
    () => ({ list: requireArray(prekeys, "prekeys"), now: readNow(options) }),
    ({ list, now }) => {
      const { certificate, sign } = deviceSigner(device);
      const steps = withPrekeys(list, (handles) =>
        inboxHandle(inbox).publishUnsigned(certificate, handles, now),
      );
      return { sign, steps };
    },
  );
  return signEach(steps, sign);
}

function newInbox(certificate: glue.Certificate): glue.Inbox {
  return new glue.Inbox(certificate);
}

/** Lends the device's certificate, which was checked when the device was made. */
function withCertificate<T>(device: unknown, body: (certificate: glue.Certificate) => T): T {
  const external = externalSigner(device);
  if (external !== undefined) return body(external.certificate);
  const handle = handleOf(device, glue.Device, "device", "Device", "ExternalDevice");
  return lend(handle.certificate(), body);
}

function readReference(event: unknown): { account: Bytes; messageId: Bytes } {
  if (!isObject(event)) throw mustBe("event", "an event of an Inbox", event);
  const { sender, messageId } = event as Partial<EventReference>;
  if (!isObject(sender)) throw mustBe("event.sender", "an object", sender);
  const { account } = sender;
  return {
    account: requireBytes(account, "event.sender.account"),
    messageId: requireMessageId(messageId),
  };
}
