// Sending. One act of the user is one fan-out, in one request: to all devices of the recipient, and
// to all other devices of the own account, which get cover if there is nothing to tell them (DEP9).
// What is sealed is stored until the relay has it, so that a relay that fails, or a page that is
// closed, loses nothing: the same bytes are posted again, in their order.

import {
  type Content,
  ExternalDevice,
  envelopeTag,
  fit,
  HushringError,
  type SealableContent,
} from "hushring";
import type { Bundles, Target } from "./bundles.js";
import { callsWithout } from "./call-records.js";
import type { SyncedContacts } from "./contacts.js";
import { PeerError } from "./errors.js";
import { pace, sleep } from "./pace.js";
import type { AfterPosting, OutboxEntry } from "./records.js";
import { type Post, type Relay, RelayError } from "./relay.js";
import type { Session, SharedInbox } from "./shared-inbox.js";

type Sendable = Content | SyncedContacts;

export interface Act {
  /** The recipient. Nobody, where only the own devices are told something. */
  readonly to?: Uint8Array | undefined;
  readonly content?: Content | undefined;
  /** For the own other devices. */
  readonly own?: Sendable | undefined;
  /** When it counts as sent. */
  readonly now?: Date | undefined;
}

export interface Sending {
  readonly after?: AfterPosting;
  readonly also?: (session: Session) => Promise<void> | void;
}

/** What the sender knows of an envelope, and the relay does not. */
export type Kind = "call" | "message" | "cover";

export class Outbox {
  #isPosting = false;
  /** Whether something was stored since the outbox was read last. */
  #isFresh = false;
  /** Acts are sealed and stored one after the other, in the order of the user's. */
  #sealing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly inbox: SharedInbox,
    private readonly relay: Relay,
    private readonly bundles: Bundles,
    private readonly uses: {
      readonly onSealed: (tag: string, kind: Kind) => void;
      readonly onPosted: () => void;
      readonly onProblem: (error: unknown) => void;
    },
  ) {}

  /**
   * Seals what an act says and stores it, together with whatever `also` changes. It is posted as
   * soon as the relay takes it; then `after` is done.
   */
  send(acts: readonly Act[], sending: Sending = {}): Promise<void> {
    const sent = this.#sealing.then(() => this.#send(acts, sending));
    this.#sealing = sent.catch(() => {}); // whoever has called hears of it
    return sent;
  }

  async #send(acts: readonly Act[], { after, also }: Sending): Promise<void> {
    const posts = (await Promise.all(acts.map((act) => this.#seal(act)))).flat();
    const entry: OutboxEntry = { id: crypto.randomUUID(), posts, after };
    await this.inbox.run(async (session) => {
      await also?.(session);
      session.write("outbox", [...((await session.read("outbox")) ?? []), entry]);
    });
    this.post();
  }

  /** Posts what is stored, until nothing is left. Called again, it goes on with what it does. */
  async post(): Promise<void> {
    this.#isFresh = true;
    if (this.#isPosting) return;
    this.#isPosting = true;
    try {
      while (this.#isFresh) {
        this.#isFresh = false;
        await this.#postAll();
      }
    } catch (error) {
      this.uses.onProblem(error);
    } finally {
      this.#isPosting = false;
    }
  }

  /** Makes content small enough for each of the recipient's devices, by leaving out candidates. */
  async fitted<Kind extends Content>(content: Kind, to: Uint8Array): Promise<Kind> {
    const targets = await this.bundles.targets(to);
    const isRoomy = targets.every(({ bundle }) => bundle.suite === "x25519");
    return fit(content, isRoomy ? "x25519" : "xwing").content;
  }

  async #seal({ to, content, own = { type: "cover" }, now }: Act): Promise<Post[]> {
    const identity = await this.inbox.vault.read("identity");
    if (identity === undefined) throw new HushringError("bad_state", "there is no identity");
    const device = new ExternalDevice(identity.certificate, this.inbox.vault.signing.sign);
    const at = now ?? this.inbox.clock.now();
    const targets = to === undefined ? [] : await this.bundles.targets(to);
    if (to !== undefined && targets.length === 0) {
      throw new PeerError("unreachable", "None of their devices can be reached yet.");
    }
    const toThem = content === undefined ? [] : await this.#sealFor(device, targets, content, at);
    const toOwn = await this.#sealFor(device, await this.bundles.siblings(), own, at);
    return [...toThem, ...toOwn];
  }

  async #sealFor(
    device: ExternalDevice,
    targets: readonly Target[],
    content: Sendable,
    now: Date,
  ): Promise<Post[]> {
    if (targets.length === 0) return [];
    const bundles = targets.map(({ bundle }) => bundle);
    const envelopes = await device.sealMany(bundles, content as SealableContent, { now });
    for (const envelope of envelopes) this.uses.onSealed(envelopeTag(envelope), kindOf(content));
    return targets.flatMap(({ bundle, mailbox }, index) => {
      bundle.free();
      const envelope = envelopes[index];
      return envelope === undefined ? [] : [{ mailbox, envelope }];
    });
  }

  async #postAll(): Promise<void> {
    while (true) {
      const [entry] = (await this.inbox.vault.read("outbox")) ?? [];
      if (entry === undefined) return;
      const isPosted = await this.#postOne(entry.posts);
      await this.inbox.run((session) => finish(session, entry, isPosted));
      this.uses.onPosted();
    }
  }

  /**
   * Returns true once the relay has it, and false if it refuses it for good. Pauses do not depend on
   * what it is (DEP5).
   */
  async #postOne(posts: readonly Post[]): Promise<boolean> {
    let left = posts;
    for (let pause: number = pace.retry; left.length > 0; ) {
      try {
        await this.relay.post(left);
        return true;
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        if (error.code === "already_posted" && error.details["all"] === true) return true;
        if (error.code === "unknown_mailbox") {
          left = withoutMailboxes(left, error.details["mailboxes"]);
          continue;
        }
        if (!error.isTemporary) {
          this.uses.onProblem(error);
          return false;
        }
        await sleep(error.retryAfter ?? pause);
        pause = Math.min(2 * pause, pace.longestRetry);
      }
    }
    return true; // there was nobody to post to
  }
}

/** A device that was removed has no mailbox; the others get theirs. */
function withoutMailboxes(posts: readonly Post[], gone: unknown): readonly Post[] {
  const unknown = new Set(Array.isArray(gone) ? gone : []);
  const left = posts.filter(({ mailbox }) => !unknown.has(mailbox));
  return left.length < posts.length ? left : []; // else it would be refused again and again
}

/** In one transaction: what is to be done after posting, and that it was posted. */
async function finish(
  session: Session,
  { id, after }: OutboxEntry,
  isPosted: boolean,
): Promise<void> {
  for (const { callId, caller } of after?.leave ?? []) {
    session.inbox.left(caller === undefined ? { callId } : { callId, caller });
  }
  if (after?.forget !== undefined) {
    session.write("calls", callsWithout(await session.read("calls"), after.forget));
  }
  if (after?.message !== undefined && isPosted) {
    const history = (await session.read("history")) ?? [];
    session.write(
      "history",
      history.map((item) =>
        item.kind === "message" && item.id === after.message ? { ...item, isPosted: true } : item,
      ),
    );
  }
  const outbox = (await session.read("outbox")) ?? [];
  session.write(
    "outbox",
    outbox.filter((entry) => entry.id !== id),
  );
}

function kindOf({ type }: Sendable): Kind {
  if (type.startsWith("call.")) return "call";
  return type === "cover" ? "cover" : "message";
}
