// 2,000 envelopes through a real relay, calls and messages in turns that nobody can foresee, and what
// the relay and the stand-in for APNs had of each, in the form that tests/indistinguishability reads.

import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Account, Device, Inbox, init, Prekey, PrekeyBundle } from "hushring";
import { type ApnsRequest, auditApnsRequests } from "hushring/relay";
import { root, TestRelay } from "../e2e/relay.js";

/** What `/v1/seen` says of an envelope. */
interface Seen {
  readonly n: number;
  readonly time: number;
  readonly envelope: string;
  readonly push: ApnsRequest;
}

interface Recipient {
  readonly mailbox: Uint8Array;
  readonly bundle: PrekeyBundle;
}

type Kind = "call" | "message";

/** Posts so many envelopes for each half, and writes what was seen of them below `out`. */
export async function generate(out: string, count: number): Promise<void> {
  await init();
  const relay = await TestRelay.start({ LIMIT_POSTS_PER_MINUTE: "100000" });
  try {
    const audited: ApnsRequest[] = [];
    for (const half of ["train", "test"]) {
      audited.push(...(await generateHalf(relay, join(out, half), count)));
    }
    auditApnsRequests(audited); // all of them together, as they were sent
  } finally {
    await relay.close();
  }
}

async function generateHalf(
  relay: TestRelay,
  directory: string,
  count: number,
): Promise<ApnsRequest[]> {
  const expiresAt = new Date(Date.now() + 80 * 86_400_000);
  const senders = await Promise.all(
    Array.from({ length: 5 }, async () => ({
      device: Device.enroll(Account.generate(), { expiresAt }),
      token: (await register(relay)).token,
    })),
  );
  const recipients = await Promise.all(
    Array.from({ length: 20 }, () => newRecipient(relay, expiresAt)),
  );
  const feed = await Feed.open(relay);
  const kinds: Kind[] = [];
  const seen: Seen[] = [];
  for (let index = 0; index < count; index += 1) {
    const kind = randomInt(2) === 0 ? "call" : "message";
    const sender = pick(senders);
    const { bundle, mailbox } = pick(recipients);
    const envelope = sender.device.seal(bundle, kind === "call" ? call() : message());
    const response = await fetch(`${relay.url}/v1/envelopes`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sender.token}`,
        "content-type": "application/octet-stream",
      },
      body: Buffer.concat([mailbox, envelope]),
    });
    if (response.status !== 201) throw new Error(`the relay refuses: ${await response.text()}`);
    kinds.push(kind);
    seen.push(await feed.next());
  }
  feed.close();
  write(directory, seen, kinds);
  return seen.map(({ push }) => push);
}

/** What the relay saw, and beside it what it could not know. */
function write(directory: string, seen: readonly Seen[], kinds: readonly Kind[]): void {
  mkdirSync(directory, { recursive: true });
  const lines = (items: readonly unknown[]) =>
    items.map((item) => `${JSON.stringify(item)}\n`).join("");
  writeFileSync(
    join(directory, "seen.ndjson"),
    lines(
      seen.map(({ time, envelope, push }, pushed) => {
        const { path, headers, body } = push;
        return { time, envelope, path, headers: Object.entries(headers), body, pushed };
      }),
    ),
  );
  writeFileSync(join(directory, "truth.ndjson"), lines(kinds.map((kind) => ({ kind }))));
  writeFileSync(join(directory, "published.json"), "{}");
}

async function register(relay: TestRelay): Promise<{ mailbox: string; token: string }> {
  const response = await fetch(`${relay.url}/v1/devices`, { method: "POST" });
  if (response.status !== 201) throw new Error(`the relay refuses: ${await response.text()}`);
  return (await response.json()) as { mailbox: string; token: string };
}

async function newRecipient(relay: TestRelay, expiresAt: Date): Promise<Recipient> {
  const { mailbox, token } = await register(relay);
  const account = Account.generate();
  const device = Device.enroll(account, { expiresAt });
  const prekey = Prekey.generate("xwing", { expiresAt });
  const [published] = new Inbox(device).publish(device, [prekey]);
  if (published === undefined) throw new Error("nothing was published");
  const response = await fetch(`${relay.url}/v1/push`, {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ kind: "stream" }),
  });
  if (response.status !== 204) throw new Error(`the relay refuses: ${await response.text()}`);
  const bundle = PrekeyBundle.verify(published, account.publicKey);
  return { mailbox: Buffer.from(mailbox, "hex"), bundle };
}

const corpus = join(root, "../dictionary/corpus/held-back");
const offers = readdirSync(corpus)
  .filter((name) => /-offer-.*\.sdp$/.test(name))
  .map((name) => readFileSync(join(corpus, name), "utf8"));
const prose = readFileSync(join(root, "../README.md"), "utf8");

function call() {
  const callId = crypto.randomUUID();
  return {
    type: "call.invite",
    callId,
    hasVideo: randomInt(2) === 0,
    offer: pick(offers),
  } as const;
}

function message() {
  const from = randomInt(prose.length - 1_000);
  return { type: "message", body: prose.slice(from, from + 1 + randomInt(900)) } as const;
}

function pick<Item>(items: readonly Item[]): Item {
  const item = items[randomInt(items.length)];
  if (item === undefined) throw new Error("there is nothing to pick");
  return item;
}

/** The relay's own feed of what it sees. */
class Feed {
  #text = "";

  private constructor(
    private readonly reader: ReadableStreamDefaultReader<string>,
    private readonly stop: AbortController,
    private last: number,
  ) {}

  static async open(relay: TestRelay): Promise<Feed> {
    const last = (await relay.seen()).at(-1)?.n ?? Number.NEGATIVE_INFINITY;
    const stop = new AbortController();
    const { body } = await fetch(`${relay.url}/v1/seen`, { signal: stop.signal });
    if (body === null) throw new Error("the feed is empty");
    return new Feed(body.pipeThrough(new TextDecoderStream()).getReader(), stop, last);
  }

  async next(): Promise<Seen> {
    while (true) {
      const end = this.#text.indexOf("\n");
      if (end < 0) {
        const { done, value } = await this.reader.read();
        if (done) throw new Error("the feed has ended");
        this.#text += value;
        continue;
      }
      const line = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 1);
      if (!line.startsWith("data:")) continue;
      const seen = JSON.parse(line.slice(5)) as Seen;
      if (seen.n <= this.last) continue; // of before
      this.last = seen.n;
      return seen;
    }
  }

  close(): void {
    this.stop.abort();
  }
}
