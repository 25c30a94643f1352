import type { Bytes } from "./bytes.js";
import type { Handle } from "./content.js";
import { HushringError } from "./error.js";
import type * as glue from "./glue.js";
import type { NowOption } from "./now.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  count,
  maxLength,
  requireManyBytes,
  requireNow,
  requireText,
} from "./untrusted/require.js";
import { isWellFormed } from "./untrusted/slots.js";
import { type HandleType, handleTypes } from "./vocabulary.js";

/** Options of {@link Inbox.trust}: they replace what was pinned for the account. */
export interface TrustOptions extends NowOption {
  /**
   * How the system finds the caller among the user's contacts. Its value has at most 255 bytes. A
   * `phoneNumber` has the digits 0 to 9 and `+*#()-./,;` and spaces: normalise others before.
   */
  readonly handle?: Pick<Handle, "type" | "value"> | undefined;
  /** The name that the user gave them, at most 256 bytes. */
  readonly displayName?: string | undefined;
  /**
   * The account's revocation statements that the application has kept, 105 or 137 bytes each. They
   * take effect before what is held of the account is received.
   */
  readonly revocations?: readonly Uint8Array[] | undefined;
}

/** @internal */
export function readTrust(value: TrustOptions | undefined): {
  pinned: glue.Pinned;
  revocations: Bytes[];
  now: number;
} {
  const { displayName, handle, now, revocations = [] } = readOptions(value, trustNames);
  const pinned = {
    ...readHandle(handle),
    displayName: displayName === undefined ? undefined : requireName(displayName, "displayName"),
  };
  return {
    pinned,
    revocations: requireManyBytes(revocations, "revocations"),
    now: requireNow(now),
  };
}

const trustNames: Names<TrustOptions> = {
  displayName: true,
  handle: true,
  now: true,
  revocations: true,
};
const handleNames: Names<Pick<Handle, "type" | "value">> = { type: true, value: true };

function readHandle(handle: unknown): Omit<glue.Pinned, "displayName"> {
  if (handle === undefined) return { handleType: undefined, handle: undefined };
  const { type, value } = readOptions(handle as Handle, handleNames, "handle.");
  if (!isHandleType(type)) {
    throw pinError("handle.type", `must be one of ${handleTypes.join(", ")}`);
  }
  return { handleType: type, handle: requireName(value, "handle.value") };
}

function isHandleType(type: unknown): type is HandleType {
  return handleTypes.some((known) => known === type);
}

/** The wasm counts the bytes; this refuses strings that must not reach it. */
function requireName(value: unknown, member: string): string {
  const text = requireText(value, member);
  if (text.length > maxLength) {
    throw pinError(member, `is much too long: it has more than ${count(maxLength)} bytes`);
  }
  if (!isWellFormed(text)) throw pinError(member, "holds a lone surrogate");
  return text;
}

function pinError(member: string, what: string): HushringError {
  return new HushringError("bad_content", `${member} ${what}`, { member });
}
