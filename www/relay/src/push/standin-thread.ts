// The stand-in in a thread of its own: a relay whose pushes go to Apple does not do Apple's work
// either.

import { Worker } from "node:worker_threads";
import type { ThreadMessage, ThreadOptions, ThreadRequest } from "./standin-worker.js";

export class StandInThread {
  readonly origin: string;
  readonly #worker: Worker;

  static async start(
    options: ThreadOptions,
    deliver: (token: string, body: string) => void,
    onError: (error: unknown) => void,
  ): Promise<StandInThread> {
    const worker = new Worker(new URL("./standin-worker.js", import.meta.url), {
      workerData: options,
    });
    const origin = await new Promise<string>((resolve, reject) => {
      worker.on("error", (error) => {
        reject(error);
        onError(error);
      });
      worker.on("message", (message: ThreadMessage) => {
        if ("origin" in message) resolve(message.origin);
        else deliver(message.to, message.body);
      });
    });
    worker.unref();
    return new StandInThread(worker, origin);
  }

  private constructor(worker: Worker, origin: string) {
    this.#worker = worker;
    this.origin = origin;
  }

  /** The app was removed from the device: pushes are answered with 410 from now on. */
  unregister(deviceToken: string): void {
    this.#worker.postMessage({ unregister: deviceToken } satisfies ThreadRequest);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
