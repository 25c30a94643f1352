// Relays that are processes of their own, so that they can be killed.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Place } from "./stores.js";

const main = fileURLToPath(new URL("../../src/main.js", import.meta.url));

export class RelayProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(place: Place, env: Record<string, string> = {}): Promise<RelayProcess> {
    const child = spawn(process.execPath, [main], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        PORT: "0",
        LOG_LEVEL: "error",
        DATA: place.data,
        DATABASE_URL: place.databaseUrl ?? "",
        STANDIN_DELAY_MS: "0",
        ...env,
      },
    });
    // Read to the end: a relay whose log nobody takes would stand still.
    const url = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout?.on("data", (piece: Buffer) => {
        text += piece;
        const [, found] = /listening on (\S+)/.exec(text) ?? [];
        if (found !== undefined) resolve(found);
      });
      child.on("exit", () => reject(new Error(`the relay did not start: ${text}`)));
    });
    return new RelayProcess(child, url);
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** From now on nobody takes what it logs. */
  ignoreLog(): void {
    this.#child.stdout?.pause();
  }

  /** Ends it, and returns its exit code: null if a signal killed it. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = once(this.#child, "exit");
    this.#child.kill(signal);
    const [code] = await ended;
    return code as number | null;
  }
}
