import { randomUUID } from "node:crypto";
import { Account, Device, envelopeTag, Inbox, init, Prekey, PrekeyBundle } from "hushring";
import { apnsRequest } from "hushring/relay";

/** An event of `GET /v1/seen`, as the relay sends it. */
export interface SeenEvent {
  readonly n: number;
  readonly time: number;
  readonly poster: string | null;
  readonly mailbox: string;
  readonly envelope: string;
  readonly push: ReturnType<typeof apnsRequest>;
}

export type Kind = "call" | "message" | "answer" | "cover";

/** Real envelopes of three devices, with the push requests that the package makes for them. */
export class Traffic {
  readonly events: SeenEvent[] = [];
  readonly truth = new Map<string, Kind>();

  private constructor(private readonly mailboxes: Readonly<Record<Name, Mailbox>>) {}

  static async start(): Promise<Traffic> {
    await init();
    const [alice, bob] = [Account.generate(), Account.generate()];
    return new Traffic({
      desk: mailboxOf(alice, "3fa2c4"),
      phone: mailboxOf(bob, "b81d07"),
      tablet: mailboxOf(bob, "7e40f9"),
    });
  }

  /** Seals and posts, at a time of the relay's clock. Returns what the relay shows of it. */
  post(kind: Kind, from: Name, to: Name, time = Date.now()): SeenEvent {
    const { device } = this.mailboxes[from];
    const { bundle, id, token } = this.mailboxes[to];
    const envelope = device.seal(bundle, contentOf(kind));
    this.truth.set(envelopeTag(envelope), kind);
    const event = {
      n: this.events.length + 1,
      time,
      poster: this.mailboxes[from].id,
      mailbox: id,
      envelope: Buffer.from(envelope).toString("base64"),
      push: apnsRequest(envelope, { deviceToken: token, topic: "com.example.app" }),
    };
    this.events.push(event);
    return event;
  }
}

export type Name = "desk" | "phone" | "tablet";

interface Mailbox {
  readonly id: string;
  readonly token: string;
  readonly device: Device;
  readonly bundle: PrekeyBundle;
}

function mailboxOf(account: Account, start: string): Mailbox {
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  const device = Device.enroll(account, { expiresAt: inDays(360) });
  const inbox = new Inbox(device);
  const [published] = inbox.publish(device, [Prekey.generate("xwing", { expiresAt: inDays(80) })]);
  if (published === undefined) throw new Error("nothing was published");
  const bundle = PrekeyBundle.verify(published, account.publicKey);
  return { id: start.padEnd(32, "0"), token: start.padEnd(64, "a"), device, bundle };
}

function contentOf(kind: Kind) {
  if (kind === "call") {
    const offer = `v=0\r\n${"a=candidate:1 1 udp 2113937151 192.0.2.1 54321 typ host\r\n".repeat(40)}`;
    return { type: "call.invite", callId: randomUUID(), hasVideo: true, offer } as const;
  }
  if (kind === "message") return { type: "message", body: "Are you up?" } as const;
  return { type: "cover" } as const;
}

/** A day with some talk, two calls that were answered, and enough of both kinds to play with. */
export function aDay(traffic: Traffic, now: number): void {
  const acts: [Kind, Name, Name, number][] = [];
  const toBob = (kind: Kind, secondsAgo: number) => {
    for (const device of ["phone", "tablet"] as const) {
      acts.push([kind, "desk", device, now - secondsAgo * 1000]);
    }
  };
  for (const hours of [14, 11, 9.5, 6, 3, 1.5, 0.6]) {
    for (let i = 0; i < 12; i += 1) {
      const [from, to] = i % 3 === 2 ? (["phone", "desk"] as const) : (["desk", "phone"] as const);
      acts.push([i % 4 === 0 ? "cover" : "message", from, to, now - hours * 3_600_000 + i * 9_000]);
    }
  }
  for (const secondsAgo of [260, 170, 85]) toBob("call", secondsAgo);
  for (const secondsAgo of [256, 81])
    acts.push(["answer", "phone", "desk", now - secondsAgo * 1000]);
  for (const secondsAgo of [219, 205, 111, 40, 36, 31]) toBob("message", secondsAgo);
  for (const act of acts.toSorted(([, , , a], [, , , b]) => a - b)) traffic.post(...act);
}
