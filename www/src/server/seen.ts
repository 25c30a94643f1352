import { type ApnsRequest, envelopeTag } from "hushring/relay";

/** One envelope as the relay stored it, with the push request that it sent for it. */
export interface Seen {
  /** The relay's own number, which rises. */
  readonly n: number;
  /** Milliseconds since 1970, by the relay's clock. */
  readonly time: number;
  /** The mailbox of the device that posted it, in hex, if the relay knows it. */
  readonly poster: string | null;
  /** The mailbox that it was posted to, in hex. */
  readonly mailbox: string;
  readonly envelope: Uint8Array;
  readonly push: ApnsRequest;
  /** 8 hex digits, from the envelope's bytes alone. */
  readonly tag: string;
}

/** What stays of an envelope for the timeline when its bytes are forgotten. */
export type Sighting = Pick<Seen, "time" | "poster" | "mailbox">;

/** Reads one event of `GET /v1/seen`. Rejects if it is not one; headers are left to the audit. */
export async function readSeen(data: string): Promise<Seen> {
  const event: unknown = JSON.parse(data);
  if (!isEvent(event)) throw new TypeError("not an event of /v1/seen");
  const { n, time, poster, mailbox, push } = event;
  const envelope = Uint8Array.from(atob(event.envelope), (letter) => letter.charCodeAt(0));
  return { n, time, poster, mailbox, push, envelope, tag: await envelopeTag(envelope) };
}

type SeenEvent = Omit<Seen, "envelope" | "tag"> & { readonly envelope: string };

function isEvent(value: unknown): value is SeenEvent {
  if (!isRecord(value)) return false;
  const { n, time, poster, mailbox, envelope, push } = value;
  return (
    typeof n === "number" &&
    typeof time === "number" &&
    (poster === null || typeof poster === "string") &&
    typeof mailbox === "string" &&
    typeof envelope === "string" &&
    isRecord(push) &&
    typeof push["path"] === "string" &&
    typeof push["body"] === "string" &&
    isRecord(push["headers"])
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
