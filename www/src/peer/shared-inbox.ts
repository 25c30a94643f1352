// One inbox for a page and its service worker, as an app and its extension have one
// (spec/sharing.md, section 2): lock, load, work, save, unlock. Nobody keeps an inbox in memory,
// because the other process would overwrite what it saved.

import { ExternalDevice, HushringError, Inbox, Prekey, type ServerClock } from "hushring";
import { PeerError } from "./errors.js";
import { pace } from "./pace.js";
import type { Identity, Records } from "./records.js";
import type { Changes, RecordName, Vault } from "./vault.js";

/** What one holder of the lock sees and changes. */
export interface Session {
  readonly inbox: Inbox;
  readonly device: ExternalDevice;
  readonly identity: Identity;
  /** The time of the server. */
  readonly now: Date;
  /** A record, as this session has left it. */
  read<Name extends RecordName>(name: Name): Promise<Records[Name] | undefined>;
  /** Changes a record. It is stored with the inbox, in one transaction, when the work is done. */
  write<Name extends RecordName>(name: Name, value: Records[Name] | undefined): void;
}

export class SharedInbox {
  constructor(
    readonly vault: Vault,
    readonly clock: ServerClock,
    /** How long to wait for the lock, in milliseconds. */
    private readonly patience: number = pace.lock,
  ) {}

  /**
   * Runs work on the inbox while nobody else does, and saves. If the work throws, nothing is saved.
   * It may await the session's records and nothing else: no network, no user, no signer.
   */
  run<Result>(work: (session: Session) => Promise<Result> | Result): Promise<Result> {
    return this.exclusively(async () => {
      const identity = await this.vault.read("identity");
      if (identity === undefined) {
        throw new HushringError("bad_state", "this installation has no identity");
      }
      const { vault } = this;
      const changes: Changes = {};
      const device = new ExternalDevice(identity.certificate, vault.signing.sign);
      const inbox = await load(vault, device);
      const session: Session = {
        inbox,
        device,
        identity,
        now: this.clock.now(),
        read: async (name) => (name in changes ? changes[name] : vault.read(name)),
        write: (name, value) => {
          changes[name] = value;
        },
      };
      const result = await work(session);
      await vault.write({ ...changes, inbox: inbox.save(), held: inbox.heldAccounts() });
      inbox.free();
      return result;
    });
  }

  /**
   * Holds the lock, which goes with the page or the worker that has it. Throws `busy` if the other
   * one does not give it back: a page that is frozen keeps it for as long as it is.
   */
  async exclusively<Result>(work: () => Promise<Result>): Promise<Result> {
    const signal = AbortSignal.timeout(this.patience);
    try {
      return await navigator.locks.request(`${this.vault.name}:inbox`, { signal }, work);
    } catch (error) {
      if (error !== signal.reason) throw error;
      throw new PeerError("busy", "Another page or worker of this installation keeps its inbox.");
    }
  }
}

/** Always anew: the other process may have saved since. */
async function load(vault: Vault, device: ExternalDevice): Promise<Inbox> {
  const [state, prekeys] = await Promise.all([vault.read("inbox"), vault.read("prekeys")]);
  // An empty inbox in place of a lost one would accept every envelope of 30 days again.
  if (state === undefined) throw new HushringError("bad_state", "the state of the inbox is lost");
  const inbox = Inbox.load(device, state);
  for (const { exported } of prekeys ?? []) {
    const prekey = Prekey.import(exported);
    inbox.addPrekey(prekey);
    prekey.free();
  }
  return inbox;
}
