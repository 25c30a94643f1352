// Every push is audited before it leaves (P11, DEP13), and what is sent is what the audit returned.

import { createHash } from "node:crypto";
import { type ApnsRequest, auditApnsRequests } from "hushring/relay";

/** Requests of two days at most may be compared: older bodies are forgotten. */
const remembered = 2;

/**
 * Audits requests one after the other, as if they were one long list: each beside the one before,
 * which says topic, loc-key and expiration, and beside the hashes of all bodies of two days.
 */
export class PushAudit {
  #previous: ApnsRequest | undefined;
  /** By expiration. */
  #bodies = new Map<string, Set<string>>();

  /**
   * Returns what to send. Throws `bad_push` if the request says more than who gets which envelope.
   * One that is sent `again`, because it was not taken, may have the body that it had.
   */
  pass(request: ApnsRequest, again = false): ApnsRequest {
    const hash = createHash("sha256").update(request.body).digest("base64");
    const isKnown = [...this.#bodies.values()].some((bodies) => bodies.has(hash));
    // The audit finds by itself that two bodies are one, if it is given both.
    const before = this.#previous;
    const isBefore = before === undefined || (again && before.body === request.body);
    const list = isBefore ? [request] : [before, request];
    const audited = auditApnsRequests(isKnown && !again ? [request, request] : list);
    const passed = audited.at(-1) as ApnsRequest;

    const expires = passed.headers["apns-expiration"];
    let bodies = this.#bodies.get(expires);
    if (bodies === undefined) {
      bodies = new Set();
      this.#bodies.set(expires, bodies);
      const [oldest] = this.#bodies.keys();
      if (this.#bodies.size > remembered && oldest !== undefined) this.#bodies.delete(oldest);
    }
    bodies.add(hash);
    this.#previous = passed;
    return passed;
  }
}
