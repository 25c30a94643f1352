import type { Bytes } from "./bytes.js";
import type { NowOption } from "./now.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  invalid,
  requireBytes,
  requireCallId,
  requireManyBytes,
  requireNow,
} from "./untrusted/require.js";

/** A call by the account that placed it and its id. */
export interface CallReference {
  /** The public key of the caller's account, 32 bytes: `event.sender.account` of its `ring`. */
  readonly caller: Uint8Array;
  /** The `callId` of its invitation, not the UUID that CallKit uses. */
  readonly callId: string;
}

/** A call of one's own, or some accounts of it. */
export interface OwnCallReference {
  readonly callId: string;
  /** The public keys of the accounts that the end was posted to; all by default. */
  readonly accounts?: readonly Uint8Array[] | undefined;
}

/** Options of {@link Inbox.joined}. */
export interface JoinedOptions extends CallReference, NowOption {
  /** The public keys of the accounts that take part, 32 bytes each, at most 256. */
  readonly accounts: readonly Uint8Array[];
}

/** A call to answer. */
export interface AnsweredOptions extends CallReference, NowOption {}

/** @internal */
export function readAnswered(value: AnsweredOptions): {
  caller: Bytes;
  callId: string;
  now: number;
} {
  const { caller, callId, now } = readOptions(value, answeredNames);
  return {
    caller: requireBytes(caller, "caller"),
    callId: requireCallId(callId),
    now: requireNow(now),
  };
}

/** @internal */
export function readLeft(value: CallReference | OwnCallReference): {
  caller: Bytes | undefined;
  callId: string;
  accounts: Bytes[] | undefined;
} {
  const { accounts, caller, callId } = readOptions<LeftOptions>(value, leftNames);
  if (accounts !== undefined && caller !== undefined) {
    throw invalid("accounts are those of an own call, which has no caller");
  }
  return {
    caller: caller === undefined ? undefined : requireBytes(caller, "caller"),
    callId: requireCallId(callId),
    accounts: accounts === undefined ? undefined : requireManyBytes(accounts, "accounts"),
  };
}

/** @internal */
export function readJoined(value: JoinedOptions): {
  caller: Bytes;
  callId: string;
  accounts: Bytes[];
  now: number;
} {
  const { accounts, caller, callId, now } = readOptions(value, joinedNames);
  return {
    caller: requireBytes(caller, "caller"),
    callId: requireCallId(callId),
    accounts: requireManyBytes(accounts, "accounts"),
    now: requireNow(now),
  };
}

type LeftOptions = Partial<CallReference> & OwnCallReference;

const callNames: Names<CallReference> = { callId: true, caller: true };
const answeredNames: Names<AnsweredOptions> = { ...callNames, now: true };
const leftNames: Names<LeftOptions> = { ...callNames, accounts: true };
const joinedNames: Names<JoinedOptions> = { ...callNames, accounts: true, now: true };
