// Tokens. A device has one of 32 random bytes; the relay keeps its SHA-256 alone, and looks that up.
// Whoever tries tokens learns nothing from the time: what is compared is a hash that they cannot aim.

import type { FastifyRequest } from "fastify";
import { sha256 } from "./bundles.js";
import type { Context } from "./context.js";
import { Refusal } from "./refusal.js";

const scheme = /^Bearer ([A-Za-z0-9_-]{43})$/i;

/** Returns the mailbox of the device that asks. */
export async function authenticate(context: Context, request: FastifyRequest): Promise<Buffer> {
  const [, token] = scheme.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined) throw new Refusal("unauthenticated", "a token is needed");
  const mailbox = await context.store.mailboxOf(hashOf(token));
  if (mailbox === undefined) throw new Refusal("unauthenticated", "this token is not known");
  return mailbox;
}

export function hashOf(token: string): Buffer {
  return sha256(Buffer.from(token, "base64url"));
}
