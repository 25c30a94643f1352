// How a page and its service worker talk. The worker of an installation is named in the address of
// its script, so that each installation has a worker of its own.

/** From the page: take the mailbox, and this envelope before it. The port hears when it is done. */
export interface WakeMessage {
  readonly kind: "wake";
  readonly pushed?: Uint8Array | undefined;
}

export function isWakeMessage(data: unknown): data is WakeMessage {
  return typeof data === "object" && data !== null && "kind" in data && data.kind === "wake";
}

/** What the worker says of a wake that has worked. Else it says why not. */
export const done = "done";

/** Twenty pages on their grid take less than a minute. */
const longestWake = 90_000;

/** The page's side. */
export class WorkerLink {
  private constructor(
    readonly registration: ServiceWorkerRegistration,
    private readonly worker: ServiceWorker,
  ) {}

  static async register(script: string | URL, scope: string): Promise<WorkerLink> {
    const registration = await navigator.serviceWorker.register(script, { scope });
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker === null) throw new Error("the service worker does not start");
    await activated(worker);
    return new WorkerLink(registration, registration.active ?? worker);
  }

  /** Resolves when the wake is over; rejects if it failed. */
  wake(pushed?: Uint8Array): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      // A browser may end a worker at any time, and then nothing is ever heard of this wake.
      const timer = setTimeout(() => end("the service worker does not answer"), longestWake);
      const end = (said: unknown) => {
        clearTimeout(timer);
        port1.close();
        if (said === done) resolve();
        else reject(new Error(String(said)));
      };
      port1.onmessage = ({ data }) => end(data);
      const message: WakeMessage = { kind: "wake", pushed };
      (this.registration.active ?? this.worker).postMessage(message, [port2]);
    });
  }
}

function activated(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the service worker does not start"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}
