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
import { sameBytes } from "./bytes.js";
import { callsWithout } from "./call-records.js";
import { contactOf, type SyncedContacts } from "./contacts.js";
import { PeerError } from "./errors.js";
import { pace, sleep } from "./pace.js";
import type { AfterPosting, OutboxEntry, QueuedPost } from "./records.js";
import { type Relay, RelayError } from "./relay.js";
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

  async #seal({ to, content, own = { type: "cover" }, now }: Act): Promise<QueuedPost[]> {
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
    return [...toThem.map((post) => ({ ...post, to })), ...toOwn];
  }

  async #sealFor(
    device: ExternalDevice,
    targets: readonly Target[],
    content: Sendable,
    now: Date,
  ): Promise<QueuedPost[]> {
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
      const refused = await this.#postOne(entry.posts);
      await this.inbox.run((session) => finish(session, entry, refused));
      this.uses.onPosted();
    }
  }

  /**
   * Resolves once the relay has it, or refuses it for good, with what it refuses. Nothing waits for
   * a mailbox that is full: that of a lost phone stays so. Pauses do not depend on what is posted
   * (DEP5).
   */
  async #postOne(posts: readonly QueuedPost[]): Promise<readonly QueuedPost[]> {
    let left = posts;
    const full: QueuedPost[] = [];
    for (let pause: number = pace.retry; left.length > 0; ) {
      try {
        await this.relay.post(left);
        break;
      } catch (error) {
        if (!(error instanceof RelayError)) throw error;
        if (error.code === "already_posted" && error.details["all"] === true) break;
        if (error.code === "unknown_mailbox" || error.code === "mailbox_full") {
          const others = withoutMailboxes(left, error.details["mailboxes"]);
          if (error.code === "mailbox_full") {
            full.push(...left.filter((post) => !others.includes(post)));
          }
          left = others;
          continue;
        }
        if (!error.isTemporary) {
          this.uses.onProblem(error);
          return posts;
        }
        await sleep(error.retryAfter ?? pause);
        pause = Math.min(2 * pause, pace.longestRetry);
      }
    }
    if (full.length > 0) await this.#tellFull(posts, full);
    return full;
  }

  /** Says who does not get what was posted. */
  async #tellFull(posts: readonly QueuedPost[], full: readonly QueuedPost[]): Promise<void> {
    const contacts = await this.inbox.vault.read("contacts");
    const texts = full.map(({ to }) => {
      if (to === undefined) return "A device of yours does not get this: its mailbox is full.";
      const name = contactOf(contacts, to)?.name ?? "that account";
      return isDelivered(posts, full, to)
        ? `A device of ${name} does not get what you sent: its mailbox is full.`
        : `What you sent to ${name} is not delivered: the mailbox is full.`;
    });
    for (const text of new Set(texts)) this.uses.onProblem(new PeerError("mailbox_full", text));
  }
}

/** A device that was removed has no mailbox, and that of another is full; the others get theirs. */
function withoutMailboxes(posts: readonly QueuedPost[], gone: unknown): readonly QueuedPost[] {
  const without = new Set(Array.isArray(gone) ? gone : []);
  const left = posts.filter(({ mailbox }) => !without.has(mailbox));
  return left.length < posts.length ? left : []; // else it would be refused again and again
}

/** Whether a device of that account gets it; or of any other's than the own, if none is named. */
function isDelivered(
  posts: readonly QueuedPost[],
  refused: readonly QueuedPost[],
  to?: Uint8Array,
): boolean {
  return posts.some((post) => {
    if (post.to === undefined || refused.includes(post)) return false;
    return to === undefined || sameBytes(post.to, to);
  });
}

/** In one transaction: what is to be done after posting, and that it was posted. */
async function finish(
  session: Session,
  { id, after, posts }: OutboxEntry,
  refused: readonly QueuedPost[],
): Promise<void> {
  const isPosted = refused.length === 0 || isDelivered(posts, refused);
  for (const { callId, caller } of after?.leave ?? []) {
    session.inbox.left(caller === undefined ? { callId } : { callId, caller });
  }
  if (after?.forget !== undefined) {
    session.write("calls", callsWithout(await session.read("calls"), after.forget));
  }
  if (after?.message !== undefined) {
    const history = (await session.read("history")) ?? [];
    session.write(
      "history",
      history.map((item) =>
        item.kind === "message" && item.id === after.message
          ? { ...item, isPosted, isRefused: !isPosted }
          : item,
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
