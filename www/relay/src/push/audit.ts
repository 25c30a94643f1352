// Every push is audited before it leaves (P11, DEP13), and what is sent is what the audit returned.

import { createHash } from "node:crypto";
import { type ApnsRequest, auditApnsRequests } from "hushring/relay";

/** Bodies that are remembered. The store refuses an envelope that was posted in the last 30 days. */
const mostRemembered = 50_000;

/**
 * Audits requests as if all were one long list: each beside the one before, which says topic,
 * loc-key and expiration, and beside the bodies of those before. A list at once costs half as much
 * as its requests one by one.
 */
export class PushAudit {
  #previous: ApnsRequest | undefined;
  /** The path of each body, by its hash, oldest first. */
  readonly #paths = new Map<string, string>();

  /**
   * Returns what to send. Throws `bad_push` if the request says more than who gets which envelope.
   * One that is sent `again`, because it was not taken, may have the body that it had.
   */
  pass(request: ApnsRequest, again = false): ApnsRequest {
    const previous = this.#previous;
    const isKnown = this.pathOf(request) !== undefined;
    // The audit finds by itself that two bodies are one, if it is given both.
    const isAlone = previous === undefined || (again && previous.body === request.body);
    const list = isAlone ? [request] : [previous, request];
    const [passed] = auditApnsRequests(isKnown && !again ? [request, request] : list).slice(-1);
    return this.#remember(passed as ApnsRequest);
  }

  /** As `pass` for each, in their order: what to send, or why not. */
  passAll(requests: readonly ApnsRequest[], again = false): (ApnsRequest | Error)[] {
    if (!again && requests.every((request) => this.pathOf(request) === undefined)) {
      const before = this.#previous === undefined ? [] : [this.#previous];
      try {
        const audited = auditApnsRequests([...before, ...requests]).slice(before.length);
        return audited.map((request) => this.#remember(request));
      } catch {
        // One of them does not pass: which, they say one by one.
      }
    }
    return requests.map((request) => {
      try {
        return this.pass(request, again);
      } catch (error) {
        return error as Error;
      }
    });
  }

  /** The path of an earlier request with this body, if there was one. */
  pathOf({ body }: ApnsRequest): string | undefined {
    return this.#paths.get(hashOf(body));
  }

  #remember(request: ApnsRequest): ApnsRequest {
    this.#previous = request;
    this.#paths.set(hashOf(request.body), request.path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > mostRemembered && oldest !== undefined) this.#paths.delete(oldest);
    return request;
  }
}

function hashOf(body: unknown): string {
  return createHash("sha256").update(String(body)).digest("base64").slice(0, 24);
}
