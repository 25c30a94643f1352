// Whom to seal to. The bundles of every contact, and of the own account, are fetched on a schedule
// and kept: never because somebody is about to call (DEP6, DEP7).

import { PrekeyBundle } from "hushring";
import { sameBytes, toBase64, toHex } from "./bytes.js";
import { contactOf } from "./contacts.js";
import { PeerError } from "./errors.js";
import { pace, sleep } from "./pace.js";
import type { KnownBundles } from "./records.js";
import type { Published, Relay } from "./relay.js";
import type { Session, SharedInbox } from "./shared-inbox.js";

/** One device to seal to. */
export interface Target {
  readonly bundle: PrekeyBundle;
  readonly mailbox: string;
}

const nothing: KnownBundles = { revocations: [], bundles: [] };

export class Bundles {
  /** The accounts whose bundles are fetched, by their hex digits. */
  readonly #scheduled = new Map<string, AbortController>();

  constructor(
    private readonly inbox: SharedInbox,
    private readonly relay: Relay,
    private readonly uses: {
      /** Takes one wake: what a device sent before it was lost is received before it is revoked. */
      readonly drain: () => Promise<void>;
      /** The bundles of an account were fetched, and are stored. */
      readonly onFetched: (account: Uint8Array, known: KnownBundles, before: KnownBundles) => void;
    },
  ) {}

  /** Fetches the bundles of these accounts from now on, each at moments of its own. */
  schedule(accounts: readonly Uint8Array[]): void {
    const wanted = new Map(accounts.map((account) => [toHex(account), account]));
    for (const [name, stop] of this.#scheduled) {
      if (wanted.has(name)) continue;
      stop.abort();
      this.#scheduled.delete(name);
    }
    for (const [name, account] of wanted) {
      if (this.#scheduled.has(name)) continue;
      const stop = new AbortController();
      this.#scheduled.set(name, stop);
      this.#fetchRegularly(account, stop.signal).catch(() => {}); // it is aborted
    }
  }

  stop(): void {
    this.schedule([]);
  }

  /** Fetches and verifies what an account published, and keeps what counts. */
  async refresh(account: Uint8Array): Promise<void> {
    const published = await this.relay.bundlesOf(account);
    const statements = new Set((await this.#known(account)).revocations.map(toBase64));
    if (published.revocations.some((statement) => !statements.has(toBase64(statement)))) {
      await this.uses.drain();
    }
    const { known, before } = await this.inbox.run(async (session) => {
      const before = await knownOf(session, account);
      const known = verified(published, account, before, session.now);
      for (const statement of known.revocations) {
        session.inbox.revoke(statement, { now: session.now });
      }
      await keep(session, account, known);
      return { known, before };
    });
    this.uses.onFetched(account, known, before);
  }

  /** The devices of a contact. */
  async targets(account: Uint8Array): Promise<Target[]> {
    return chosen(await this.#known(account), account, this.inbox.clock.now());
  }

  /** The own account's other devices. */
  async siblings(): Promise<Target[]> {
    const { vault, clock } = this.inbox;
    const [identity, own] = await Promise.all([vault.read("identity"), vault.read("own")]);
    if (identity === undefined || own === undefined) return [];
    return chosen(own, identity.account, clock.now(), vault.signing.publicKey);
  }

  async #known(account: Uint8Array): Promise<KnownBundles> {
    return knownOf(this.inbox.vault, account);
  }

  async #fetchRegularly(account: Uint8Array, signal: AbortSignal): Promise<never> {
    await sleep(Math.random() * pace.firstBundles, signal);
    while (true) {
      const end = performance.now() + pace.bundles;
      await this.refresh(account).catch(() => {}); // the next moment comes
      await sleep(Math.max(0, end - performance.now()), signal);
      // A random moment, so that two requests are not seen to belong together.
      await sleep(Math.random() * pace.bundles, signal);
    }
  }
}

type Reader = Pick<Session, "read">;

async function knownOf(records: Reader, account: Uint8Array): Promise<KnownBundles> {
  const identity = await records.read("identity");
  if (identity !== undefined && sameBytes(identity.account, account)) {
    return (await records.read("own")) ?? nothing;
  }
  return contactOf(await records.read("contacts"), account) ?? nothing;
}

async function keep(session: Session, account: Uint8Array, known: KnownBundles): Promise<void> {
  if (sameBytes(session.identity.account, account)) return session.write("own", known);
  const contacts = (await session.read("contacts")) ?? [];
  session.write(
    "contacts",
    contacts.map((contact) =>
      sameBytes(contact.account, account) ? { ...contact, ...known } : contact,
    ),
  );
}

function verified(
  published: Published,
  account: Uint8Array,
  before: KnownBundles,
  now: Date,
): KnownBundles {
  const mailboxes = new Map(
    published.devices.flatMap(({ mailbox, bundles }) =>
      bundles.map((bundle) => [toBase64(bundle), mailbox] as const),
    ),
  );
  const list = published.devices.flatMap(({ bundles }) => bundles);
  const { bundles, lastPublished, revocations } = PrekeyBundle.verifyAll(list, account, {
    lastPublished: before.lastPublished,
    revocations: [...before.revocations, ...published.revocations],
    now,
  });
  return {
    lastPublished,
    revocations,
    bundles: bundles.flatMap((bundle) => {
      const bytes = bundle.toBytes();
      bundle.free();
      const mailbox = mailboxes.get(toBase64(bytes));
      return mailbox === undefined ? [] : [{ bundle: bytes, mailbox }];
    }),
  };
}

/** The strongest bundle of each device. They are verified again, because certificates end. */
function chosen(
  { bundles, lastPublished, revocations }: KnownBundles,
  account: Uint8Array,
  now: Date,
  except?: Uint8Array,
): Target[] {
  const mailboxes = new Map(bundles.map(({ bundle, mailbox }) => [toBase64(bundle), mailbox]));
  const list = bundles.map(({ bundle }) => bundle);
  const verified = PrekeyBundle.verifyAll(list, account, { lastPublished, revocations, now });
  const { targets, downgraded } = PrekeyBundle.choose(verified.bundles, { except, now });
  if (downgraded.length > 0) {
    throw new PeerError(
      "downgraded",
      "The relay withholds a stronger key of one of their devices.",
    );
  }
  return targets.flatMap((bundle) => {
    const mailbox = mailboxes.get(toBase64(bundle.toBytes()));
    return mailbox === undefined ? [] : [{ bundle, mailbox }];
  });
}
