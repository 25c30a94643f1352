import { parentPort, workerData } from "node:worker_threads";
import { StandIn } from "./standin.js";

export interface ThreadOptions {
  readonly topic: string;
  readonly delay: number;
}

export type ThreadMessage =
  | { readonly origin: string }
  | { readonly to: string; readonly body: string };

export interface ThreadRequest {
  readonly unregister: string;
}

const say = (message: ThreadMessage) => parentPort?.postMessage(message);

const standIn = new StandIn({
  ...(workerData as ThreadOptions),
  now: Date.now,
  deliver: (to, body) => say({ to, body }),
});
parentPort?.on("message", ({ unregister }: ThreadRequest) => standIn.unregister(unregister));
say({ origin: await standIn.listen() });
