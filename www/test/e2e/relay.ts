// A relay in a process of its own, as `make serve` starts it, which tests may kill.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `www/`, from where the compiled tests run. */
export const root = fileURLToPath(new URL("../../../../", import.meta.url));

export class TestRelay {
  readonly #folder = mkdtempSync(join(tmpdir(), "hushring-relay-"));
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  static async start(env: NodeJS.ProcessEnv = {}): Promise<TestRelay> {
    const relay = new TestRelay(env);
    await relay.start();
    return relay;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Starts it, again on the same port and with the same store. */
  async start(): Promise<void> {
    const started = spawn(process.execPath, [join(root, "build/relay/src/main.js")], {
      env: {
        ...process.env,
        NODE_NO_WARNINGS: "1",
        DATA: join(this.#folder, "relay.sqlite"),
        LOG_LEVEL: "error",
        RELAY_SHOW: "1",
        ...this.#env,
        PORT: String(this.#port),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = started;
    this.#port = await new Promise((resolve, reject) => {
      started.once("exit", (code) => reject(new Error(`the relay has ended with ${code}`)));
      started.stdout.on("data", (text) => {
        const port = /listening on http:\/\/[^:]+:(\d+)/.exec(String(text))?.[1];
        if (port !== undefined) resolve(Number(port));
      });
    });
  }

  /** As a machine that loses its power: nothing is said to anybody. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await this.kill("SIGTERM");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What `/v1/seen` repeats: the newest 300 envelopes. */
  async seen(): Promise<Seen[]> {
    const stop = new AbortController();
    const response = await fetch(`${this.url}/v1/seen`, { signal: stop.signal });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const end = setTimeout(() => stop.abort(), 300);
    try {
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        text += read.value;
        end.refresh();
      }
    } catch {
      // It goes on for ever; it is quiet now.
    }
    const lines = text.split("\n").filter((line) => line.startsWith("data:"));
    return lines.map((line) => JSON.parse(line.slice(5)) as Seen);
  }

  /** How often a page has violated its content security policy. */
  async violations(): Promise<number> {
    const answer: unknown = await (await fetch(`${this.url}/v1/csp-reports`)).json();
    return (answer as { count: number }).count;
  }
}

export interface Seen {
  readonly n: number;
  readonly poster: string | null;
  readonly mailbox: string;
  /** In base64. */
  readonly envelope: string;
}
