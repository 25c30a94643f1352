import { useEffect, useState } from "preact/hooks";
import { readSeen, type Seen, type Sighting } from "./seen.js";

/** What the page remembers of `GET /v1/seen`. */
export interface Feed {
  readonly state: "connecting" | "live" | "lost";
  /** The newest ones, oldest first. */
  readonly envelopes: readonly Seen[];
  /** The last day, oldest first; of a very busy one, the newest that {@link most} allows. */
  readonly sightings: readonly Sighting[];
}

/** Follows the relay's feed as long as the view is there. */
export function useFeed(url: string): Feed {
  const [feed, setFeed] = useState(emptyFeed);
  useEffect(() => {
    const source = new EventSource(url);
    const set = (state: Feed["state"]) => setFeed((feed) => ({ ...feed, state }));
    source.onopen = () => set("live");
    source.onerror = () => set("lost"); // the browser connects again by itself
    const stop = inBatches(source, (seen) => setFeed((feed) => withSeen(feed, seen, Date.now())));
    return () => {
      stop();
      source.close();
    };
  }, [url]);
  return feed;
}

export const emptyFeed: Feed = { state: "connecting", envelopes: [], sightings: [] };

/** Envelopes that keep their bytes: as many as the relay repeats to a new listener. */
export const kept = 300;

/** Sightings that are kept: more than a timeline can show, and laid out within milliseconds. */
const most = 20_000;

const dayLength = 86_400_000;

/**
 * Adds what is new. After a lost connection the relay repeats its last 300, which are known here by
 * their number. A number that comes with another envelope means another relay: begin anew.
 */
export function withSeen(feed: Feed, seen: readonly Seen[], now: number): Feed {
  const known = new Map(feed.envelopes.map(({ n, tag }) => [n, tag]));
  if (seen.some(({ n, tag }) => known.has(n) && known.get(n) !== tag)) {
    return withSeen({ ...emptyFeed, state: feed.state }, seen, now);
  }
  const newest = feed.envelopes.at(-1)?.n ?? Number.NEGATIVE_INFINITY;
  const fresh = seen.filter(({ n }) => n > newest);
  if (fresh.length === 0) return feed;
  const sightings = [...feed.sightings, ...fresh.map(sightingOf)].slice(-most);
  return {
    ...feed,
    envelopes: [...feed.envelopes, ...fresh].slice(-kept),
    sightings: sightings.filter(({ time }) => time > now - dayLength),
  };
}

const sightingOf = ({ time, poster, mailbox }: Seen): Sighting => ({ time, poster, mailbox });

/**
 * Gives what came since the last turn at once: the 300 that a listener gets at first are then one
 * change of the page, and not 300. Keeps their order, although each is read on its own.
 */
function inBatches(source: EventSource, onSeen: (seen: readonly Seen[]) => void): () => void {
  let waiting: string[] = [];
  let turn = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const flush = () => {
    timer = undefined;
    const batch = waiting;
    waiting = [];
    turn = turn.then(async () => {
      const read = await Promise.all(batch.map((data) => readSeen(data).catch(() => undefined)));
      if (!stopped) onSeen(read.filter((seen) => seen !== undefined));
    });
  };
  source.onmessage = ({ data }) => {
    waiting.push(String(data));
    timer ??= setTimeout(flush, 30);
  };
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
