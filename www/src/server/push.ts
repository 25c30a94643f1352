import { auditApnsRequests } from "hushring/relay";
import type { Seen } from "./seen.js";

/** A push request as text, in parts: what is one's own of this request, and what all have. */
export interface RequestPart {
  readonly text: string;
  /** The device token or the envelope in base64: the audit lets nothing else differ. */
  readonly own: boolean;
}

/** The request that was sent, to the letter. */
export function partsOf({ push, envelope }: Pick<Seen, "push" | "envelope">): RequestPart[] {
  const headers = Object.entries(push.headers).map(([name, value]) => `${name}: ${value}\n`);
  const text = `${headers.join("")}\n${push.body}`;
  const token = push.path.slice(push.path.lastIndexOf("/") + 1);
  const path = push.path.slice(0, push.path.length - token.length);
  const base64 = btoa(String.fromCharCode(...envelope));
  const at = text.indexOf(base64);
  const rest =
    at < 0
      ? [shared(text)]
      : [shared(text.slice(0, at)), own(base64), shared(text.slice(at + base64.length))];
  return [shared(`POST ${path}`), own(token), shared("\n"), ...rest];
}

/** Runs the package's own audit over these requests. */
export function auditOf(seen: readonly Pick<Seen, "push">[]): "passed" | Error {
  try {
    auditApnsRequests(seen.map(({ push }) => push));
    return "passed";
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const shared = (text: string): RequestPart => ({ text, own: false });
const own = (text: string): RequestPart => ({ text, own: true });
