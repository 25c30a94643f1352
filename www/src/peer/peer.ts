// The app of one installation, as pages use it: it brings the parts together, and says what it is in
// as plain data. There is no DOM here.

import { fingerprint, init, ServerClock } from "hushring";
import { Bundles } from "./bundles.js";
import { sameBytes, toHex } from "./bytes.js";
import { Calls, type LiveCall, Patience } from "./calls.js";
import {
  contactOf,
  contactsContent,
  contactsOfOne,
  type Invitation,
  noteContact,
  readInvitation,
  removeContact,
  trustContact,
} from "./contacts.js";
import { makeAccount } from "./enroll.js";
import { PeerError } from "./errors.js";
import { type Effect, takeEvents } from "./events.js";
import { changed } from "./extension.js";
import { remembered } from "./history.js";
import { keepHouse, upload } from "./housekeeping.js";
import { grant, Joining, type LinkCode, readLinkCode, revokeDevice } from "./link.js";
import { Mailbox } from "./mailbox.js";
import { endRing } from "./notifications.js";
import { Observable } from "./observable.js";
import { type Kind, Outbox } from "./outbox.js";
import { pace } from "./pace.js";
import { askToKeep, isKept } from "./platform.js";
import { envelopeOf, type Stirring, stream, subscribe } from "./pushes.js";
import type {
  CallOutcome,
  CallRecord,
  Contact,
  ExplainedEnvelope,
  HistoryItem,
  KnownBundles,
  Records,
} from "./records.js";
import { Relay } from "./relay.js";
import { type Session, SharedInbox } from "./shared-inbox.js";
import { Vault } from "./vault.js";
import type { WorkerLink } from "./worker-link.js";

/** What a page shows. */
export interface PeerState {
  /** Nothing, before this installation is a device. */
  readonly identity: (Records["identity"] & { readonly fingerprint: string }) | undefined;
  readonly holdsAccountKey: boolean;
  readonly isConnected: boolean;
  readonly isTimeKnown: boolean;
  /** Whether the browser has promised to keep what is stored. Nothing until it has answered. */
  readonly isKept: boolean | undefined;
  readonly contacts: readonly Contact[];
  readonly calls: readonly CallRecord[];
  readonly history: readonly HistoryItem[];
  readonly explanations: readonly ExplainedEnvelope[];
  readonly held: Records["held"];
  /** The bundles of the own account's devices. */
  readonly own: KnownBundles;
  /** The devices that this one has removed. */
  readonly revoked: readonly Uint8Array[];
}

const emptyState: PeerState = {
  identity: undefined,
  holdsAccountKey: false,
  isConnected: false,
  isTimeKnown: false,
  isKept: undefined,
  contacts: [],
  calls: [],
  history: [],
  explanations: [],
  held: [],
  own: { revocations: [], bundles: [] },
  revoked: [],
};

export interface PeerEvents {
  /** A call ended, and why: for a notice. */
  readonly onEnded: (call: CallRecord, outcome: CallOutcome) => void;
  readonly onProblem: (error: unknown) => void;
}

export class Peer {
  readonly state = new Observable<PeerState>(emptyState);
  /** What this page has sealed, by envelope tag: what the relay cannot know. */
  readonly truth = new Observable<ReadonlyMap<string, Kind>>(new Map());
  readonly calls: Calls;
  readonly #vault: Vault;
  readonly #relay: Relay;
  readonly #inbox: SharedInbox;
  readonly #bundles: Bundles;
  readonly #outbox: Outbox;
  readonly #events: PeerEvents;
  readonly #worker: WorkerLink | undefined;
  readonly #mailbox: Mailbox;
  readonly #stop = new AbortController();
  readonly #stirs = new EventTarget();
  readonly #patience = new Patience(() => this.#take().catch(() => {}));
  /** When the last message was written. */
  #written = 0;
  /** Events that this page acts upon, and which stay in the journal meanwhile. */
  readonly #atWork = new Set<string>();

  private constructor(vault: Vault, worker: WorkerLink | undefined, events: PeerEvents) {
    this.#vault = vault;
    this.#events = events;
    this.#worker = worker;
    this.#relay = new Relay(new ServerClock());
    this.#inbox = new SharedInbox(vault, this.#relay.clock);
    const takePending = () => this.#take();
    this.#mailbox = new Mailbox({ relay: this.#relay, inbox: this.#inbox, takePending });
    this.#bundles = new Bundles(this.#inbox, this.#relay, {
      drain: () => this.#wake(),
      onFetched: (...fetched) => this.#onFetched(...fetched),
    });
    this.#outbox = new Outbox(this.#inbox, this.#relay, this.#bundles, {
      onSealed: (tag, kind) => {
        this.truth.value = new Map([...this.truth.value, [tag, kind]]);
      },
      onPosted: () => this.#refresh(),
      onProblem: events.onProblem,
    });
    this.calls = new Calls(this.#inbox, this.#outbox, this.#bundles, {
      onChange: () => this.#refresh(),
      onRingOver: (uuid, isMissed) => this.#endRing(uuid, isMissed),
      onEnded: (call, outcome) => {
        this.#endRing(call.uuid, outcome === "missed");
        events.onEnded(call, outcome);
        this.#refresh();
        this.#take().catch(events.onProblem); // a ring may have waited for this
      },
    });
  }

  /** With a worker, that one takes the mailbox; without, the page does. */
  static async open(installation: string, events: PeerEvents, worker?: WorkerLink): Promise<Peer> {
    await init();
    const peer = new Peer(await Vault.open(installation), worker, events);
    await peer.#refresh();
    if (peer.state.value.identity !== undefined) await peer.#begin(isKept());
    return peer;
  }

  /** Stops everything: another tab has taken over. */
  close(): void {
    this.#stop.abort();
    this.#bundles.stop();
    this.calls.close();
    this.#vault.close();
  }

  /** The device may have slept: what is over ends, and a stream that is dead is opened anew. */
  stir(stirring: Stirring): void {
    this.calls.look();
    this.#stirs.dispatchEvent(new Event(stirring));
  }

  /** Makes an account, and this its first device. */
  async makeAccount(name: string): Promise<void> {
    await makeAccount(this.#vault, this.#relay, name);
    await this.#begin(askToKeep());
  }

  /** Shows the code by which a device of the account links this one. */
  join(page: string): Promise<Joining> {
    return Joining.begin(this.#vault, this.#relay, page);
  }

  /** After the user has compared the account of {@link Joining.granted}. */
  async joined(confirm: (name: string) => Promise<void>, name: string): Promise<void> {
    await confirm(name);
    await this.#begin(askToKeep());
  }

  readLinkCode(text: string): LinkCode {
    const code = readLinkCode(text);
    if (code === undefined) throw new PeerError("bad_code", "This is not a link code.");
    return code;
  }

  /** Certifies the device that asks under a code. */
  grant(code: LinkCode): Promise<void> {
    return grant(this.#vault, this.#relay, code);
  }

  /** Notes whoever a code invites to. Nothing is believed before fingerprints were compared. */
  async addContact(text: string, name?: string): Promise<Invitation> {
    const invitation = readInvitation(text);
    if (invitation === undefined) throw new PeerError("bad_code", "This is not a contact’s code.");
    const { identity } = this.state.value;
    if (identity !== undefined && sameBytes(identity.account, invitation.account)) {
      throw new PeerError("bad_code", "This is your own code. Give it to somebody else.");
    }
    const named = { ...invitation, name: name || invitation.name };
    await this.#change((session) => noteContact(session, named));
    return named;
  }

  /** Trusts an account, whose fingerprint the user has compared. */
  async trust(account: Uint8Array, name: string): Promise<void> {
    await this.#change((session) => trustContact(session, { account, name }));
    await this.#tellOwnDevices([account]);
    await this.#take();
  }

  async remove(account: Uint8Array): Promise<void> {
    await this.#change((session) => removeContact(session, account));
  }

  /** Blocks an account. What it has sent, and sends, is never seen. */
  async block(account: Uint8Array): Promise<void> {
    for (const call of this.state.value.calls) {
      if (!sameBytes(call.account, account)) continue;
      if (call.phase === "ringing") await this.calls.decline(call.uuid);
      else await this.calls.hangUp(call.uuid);
    }
    await this.#change(async (session) => {
      await removeContact(session, account);
      session.inbox.block(account);
    });
  }

  async message(account: Uint8Array, body: string): Promise<void> {
    const id = crypto.randomUUID();
    // Two within one millisecond keep their order at the other side.
    const at = new Date(Math.max(+this.#relay.clock.now(), this.#written + 1));
    this.#written = +at;
    const item = { kind: "message", id, account, isOutgoing: true, at, text: body } as const;
    await this.#outbox.send([{ to: account, content: { type: "message", body }, now: at }], {
      after: { message: id },
      also: async (session) => {
        const history = await session.read("history");
        session.write("history", remembered(history, { ...item, isPosted: false }));
      },
    });
    await this.#refresh();
  }

  /** Revokes a lost device of the own account: takes the mailbox first (spec/sharing.md, 6). */
  async removeDevice(device: Uint8Array): Promise<void> {
    await this.#wake();
    const statement = await revokeDevice(this.#vault, this.#relay, device);
    await this.#change((session) => {
      session.inbox.revoke(statement, { now: session.now });
    });
    const { identity } = this.state.value;
    if (identity !== undefined) await this.#bundles.refresh(identity.account);
  }

  /** This device's public key. */
  get device(): Uint8Array {
    return this.#vault.signing.publicKey;
  }

  live(uuid: string): LiveCall | undefined {
    return this.calls.live(uuid);
  }

  /** Starts what a device does by itself. It does not wait for the browser's promise. */
  async #begin(promise: Promise<boolean>): Promise<void> {
    promise
      .then((isKept) => {
        this.state.value = { ...this.state.value, isKept };
      })
      .catch(this.#events.onProblem);
    await this.#refresh();
    const { identity } = this.state.value;
    if (identity === undefined) return;
    this.#relay.token = identity.token;
    this.#listen();
    await upload(this.#inbox, this.#relay).catch(this.#events.onProblem);
    await this.calls.resume();
    await this.#take();
    this.#outbox.post();
    this.#schedule();
    this.#pushes().catch(this.#events.onProblem);
    const house = () => keepHouse(this.#inbox, this.#relay).catch(() => {}); // the next hour comes
    const timer = setInterval(house, pace.housekeeping);
    this.#stop.signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** The worker says when it has received something. */
  #listen(): void {
    if (this.#worker === undefined) return;
    const channel = new BroadcastChannel(this.#vault.name);
    channel.onmessage = ({ data }) => {
      if (data === changed) this.#take().catch(this.#events.onProblem);
    };
    this.#stop.signal.addEventListener("abort", () => channel.close());
  }

  async #pushes(): Promise<void> {
    const { signal } = this.#stop;
    const registration = this.#worker?.registration;
    if (registration !== undefined && (await subscribe(this.#relay, registration))) {
      this.#setConnected(true);
      return this.#wake();
    }
    await stream(
      this.#relay,
      {
        onPush: (body) => this.#wake(envelopeOf(body)).catch(this.#events.onProblem),
        onState: (isOpen) => {
          this.#setConnected(isOpen);
          if (isOpen) this.#wake().catch(this.#events.onProblem);
        },
      },
      this.#stirs,
      signal,
    );
  }

  async #wake(pushed?: Uint8Array): Promise<void> {
    if (this.#worker !== undefined) await this.#worker.wake(pushed);
    else await this.#mailbox.wake(pushed);
  }

  /** Acts on what waits in the journal. */
  async #take(): Promise<void> {
    const effects = await this.#inbox.run((session) =>
      takeEvents(session, "app", this.#patience.isPatient),
    );
    await this.#refresh();
    this.#schedule(); // an own device may have brought a contact
    for (const effect of effects) await this.#act(effect);
    if (effects.length > 0) await this.#refresh();
  }

  /** The worker may have shown that it rings. */
  #endRing(uuid: string, isMissed: boolean): void {
    const registration = this.#worker?.registration;
    if (registration) endRing(registration, uuid, isMissed).catch(this.#events.onProblem);
  }

  async #act(effect: Effect): Promise<void> {
    if (effect.kind === "over") this.#endRing(effect.callUUID, effect.isMissed);
    if (effect.kind === "shown" && effect.item.kind === "call") this.#endRing(effect.item.id, true);
    const name = "event" in effect ? nameOf(effect.event) : "";
    if (name !== "" && this.#atWork.has(name)) return;
    this.#atWork.add(name);
    try {
      await this.calls.act(effect);
    } catch (error) {
      this.#events.onProblem(error);
    } finally {
      this.#atWork.delete(name);
    }
  }

  async #change(work: (session: Session) => Promise<void> | void): Promise<void> {
    await this.#inbox.run(work);
    await this.#refresh();
    this.#schedule();
  }

  /** Bundles of whoever is trusted, and of the own account. */
  #schedule(): void {
    const { contacts, identity } = this.state.value;
    if (identity === undefined) return;
    const trusted = contacts.filter(({ isTrusted }) => isTrusted);
    this.#bundles.schedule([identity.account, ...trusted.map(({ account }) => account)]);
  }

  #onFetched(account: Uint8Array, known: KnownBundles, before: KnownBundles): void {
    const { holdsAccountKey, identity } = this.state.value;
    this.#refresh();
    if (identity === undefined || !sameBytes(account, identity.account)) return;
    const mailboxes = new Set(before.bundles.map(({ mailbox }) => mailbox));
    const isNew = known.bundles.some(({ mailbox }) => {
      return mailbox !== identity.mailbox && !mailboxes.has(mailbox);
    });
    if (isNew && holdsAccountKey) {
      const { contacts } = this.state.value;
      this.#tellOwnDevices(contacts.map((contact) => contact.account)).catch(
        this.#events.onProblem,
      );
    }
  }

  /** Tells the own other devices whom this one trusts. */
  async #tellOwnDevices(accounts: readonly Uint8Array[]): Promise<void> {
    const { contacts } = this.state.value;
    const trusted = accounts.flatMap((account) => {
      const contact = contactOf(contacts, account);
      return contact?.isTrusted ? [contact] : [];
    });
    for (let first = 0; first < trusted.length; first += contactsOfOne) {
      const own = contactsContent(trusted.slice(first, first + contactsOfOne));
      await this.#outbox.send([{ own }]);
    }
  }

  #setConnected(isConnected: boolean): void {
    this.state.value = { ...this.state.value, isConnected };
  }

  /** Reads what pages show. */
  async #refresh(): Promise<void> {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    try {
      this.state.value = await this.#read();
    } catch (error) {
      if (!signal.aborted) throw error; // else the vault was closed meanwhile
    }
  }

  async #read(): Promise<PeerState> {
    const vault = this.#vault;
    const [identity, account, contacts, calls, history, explanations, held, own] =
      await Promise.all([
        vault.read("identity"),
        vault.read("account"),
        vault.read("contacts"),
        vault.read("calls"),
        vault.read("history"),
        vault.read("explanations"),
        vault.read("held"),
        vault.read("own"),
      ]);
    return {
      ...this.state.value,
      identity: identity && { ...identity, fingerprint: fingerprint(identity.account) },
      holdsAccountKey: account !== undefined,
      isTimeKnown: this.#relay.clock.isSynchronized(),
      contacts: contacts ?? [],
      calls: calls ?? [],
      history: history ?? [],
      explanations: explanations ?? [],
      held: held ?? [],
      own: own ?? emptyState.own,
      revoked: account?.revoked.map(({ device }) => device) ?? [],
    };
  }
}

/** An event is named by its sender's account and message id, both. */
function nameOf(event: { sender: { account: Uint8Array }; messageId: string }): string {
  return `${toHex(event.sender.account)}:${event.messageId}`;
}
