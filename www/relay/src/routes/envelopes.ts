import type { FastifyInstance } from "fastify";
import { type ApnsRequest, envelopeTag, isEnvelope } from "hushring/relay";
import { authenticate } from "../auth.js";
import type { Context } from "../context.js";
import { envelopeLength, mailboxLength, maxFanOut } from "../limits.js";
import { readBytes } from "../read.js";
import { Refusal } from "../refusal.js";
import type { Posted, Stored } from "../store/store.js";

const entryLength = mailboxLength + envelopeLength;

/** Posting: one form for every kind (DEP5), one act for a whole fan-out (DEP9). */
export function envelopeRoutes(app: FastifyInstance, context: Context): void {
  const { config, store, pusher, throttle, seen, now } = context;
  const logsTags = ["debug", "trace"].includes(config.logLevel);

  app.post("/v1/envelopes", { bodyLimit: maxFanOut * entryLength }, async (request, reply) => {
    const poster = await authenticate(context, request);
    const envelopes = readEnvelopes(readBytes(request.body));
    await throttle.post(poster, envelopes.length);
    const outcome = await store.post({ poster, envelopes });
    switch (outcome.is) {
      case "posted":
        break;
      case "unauthenticated":
        throw new Refusal("unauthenticated", "this token is not known");
      case "unknown_mailbox":
        throw new Refusal("unknown_mailbox", "nothing was stored", {
          details: { mailboxes: outcome.mailboxes.map(hex) },
        });
      case "already_posted":
        throw new Refusal("already_posted", "nothing was stored", {
          details: { all: outcome.all },
        });
      case "mailbox_full":
        throw new Refusal("mailbox_full", "nothing was stored", {
          details: { mailboxes: outcome.mailboxes.map(hex) },
        });
      case "over_quota":
        throw new Refusal("too_many", "the quota of this day is used up", {
          retryAfter: untilTomorrow(now()),
        });
    }
    // It is durable now. What follows does not wait, and does not depend on what is in there.
    pusher.push(outcome.stored).then(
      (requests) => show(poster, outcome.stored, requests),
      (error: unknown) => request.log.error({ err: error }, "making pushes"),
    );
    if (logsTags) {
      for (const { envelope } of outcome.stored) {
        request.log.debug({ tag: await envelopeTag(envelope) }, "stored");
      }
    }
    return reply.code(201).send({ posted: envelopes.length, time: now() });
  });

  function show(
    poster: Buffer,
    stored: readonly Stored[],
    requests: readonly (ApnsRequest | null)[],
  ): void {
    if (seen === undefined) return;
    stored.forEach(({ mailbox, envelope }, index) => {
      seen.add({
        time: now(),
        poster: hex(poster),
        mailbox: hex(mailbox),
        envelope: envelope.toString("base64"),
        push: requests[index] ?? null,
      });
    });
  }
}

/** Cuts a body into mailboxes and envelopes. The relay does not look further (P1). */
function readEnvelopes(body: Buffer): Posted[] {
  if (body.length === 0 || body.length % entryLength !== 0) {
    throw new Refusal("bad_length", `each of 1 to ${maxFanOut} has ${entryLength} bytes`);
  }
  const envelopes: Posted[] = [];
  for (let at = 0; at < body.length; at += entryLength) {
    const mailbox = body.subarray(at, at + mailboxLength);
    const envelope = body.subarray(at + mailboxLength, at + entryLength);
    if (!isEnvelope(envelope)) throw new Refusal("bad_length", "not an envelope");
    envelopes.push({ mailbox, envelope });
  }
  // An envelope is for one device. Two pushes that carry the same would not pass the audit.
  const different = new Set(envelopes.map(({ envelope }) => envelope.toString("latin1")));
  if (different.size < envelopes.length) {
    throw new Refusal("bad_request", "an envelope is there twice");
  }
  return envelopes;
}

function hex(mailbox: Buffer): string {
  return mailbox.toString("hex");
}

function untilTomorrow(now: number): number {
  const seconds = Math.floor(now / 1_000);
  return 86_400 - (seconds % 86_400);
}
