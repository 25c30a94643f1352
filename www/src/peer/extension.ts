// What runs in the service worker: the wake, as an app's notification service extension does it. It
// receives, saves and shows; calls and what else needs the app it leaves in the journal.

import { init, ServerClock } from "hushring";
import { type Effect, takeEvents } from "./events.js";
import { Mailbox } from "./mailbox.js";
import { pace } from "./pace.js";
import { subscribe } from "./pushes.js";
import { Relay } from "./relay.js";
import { SharedInbox } from "./shared-inbox.js";
import { Vault } from "./vault.js";

export class Extension {
  readonly #relay: Relay;
  readonly #mailbox: Mailbox;
  readonly #channel: BroadcastChannel;

  private constructor(vault: Vault, token: string, show: (effect: Effect) => Promise<void>) {
    const relay = new Relay(new ServerClock(), token);
    const inbox = new SharedInbox(vault, relay.clock, pace.extensionLock);
    this.#relay = relay;
    this.#channel = new BroadcastChannel(vault.name);
    this.#mailbox = new Mailbox({
      relay,
      inbox,
      takePending: async () => {
        const effects = await inbox.run((session) => takeEvents(session, "extension"));
        this.#channel.postMessage(changed);
        for (const effect of effects) await show(effect);
      },
    });
  }

  /** Nothing, if the installation is not a device yet. */
  static async open(
    installation: string,
    show: (effect: Effect) => Promise<void>,
  ): Promise<Extension | undefined> {
    await init();
    const vault = await Vault.open(installation);
    const identity = await vault.read("identity");
    if (identity === undefined) {
      vault.close();
      return undefined;
    }
    return new Extension(vault, identity.token, show);
  }

  /** Takes the mailbox, and the pushed envelope before it. */
  wake(pushed?: Uint8Array): Promise<void> {
    return this.#mailbox.wake(pushed);
  }

  /** Subscribes to Web Push anew, and tells the relay. */
  async subscribe(registration: ServiceWorkerRegistration): Promise<void> {
    await subscribe(this.#relay, registration);
  }
}

/** What the worker tells the pages of its installation: look at the journal and the records. */
export const changed = "changed";
