import { useMemo, useState } from "preact/hooks";
import "../ui/theme.css";
import "./server.css";
import { count } from "../ui/format.js";
import { Day } from "./Day.js";
import { Envelopes } from "./Envelopes.js";
import { type Feed, useFeed } from "./feed.js";
import { Game } from "./Game.js";
import { HistogramChart } from "./HistogramChart.js";
import { Request } from "./Request.js";
import type { Truth } from "./rounds.js";

export interface ServerViewProps {
  /**
   * What the desk knows of its own envelopes, by tag. Only the game asks it, and only after a
   * guess. Give a new map when it grows.
   */
  readonly truth: Truth;
  /** Sends further calls and messages for the game, as real as all others. */
  readonly onMore?: (() => void) | undefined;
  readonly url?: string | undefined;
}

/** What the server sees: drawn from the relay's own rows and requests, and from nothing else. */
export function ServerView({ truth, onMore, url = "/v1/seen" }: ServerViewProps) {
  const feed = useFeed(url);
  const [chosen, setChosen] = useState<number | null>(null);
  const { envelopes } = feed;
  const shown = envelopes.find(({ n }) => n === chosen) ?? envelopes.at(-1);
  const hundred = useMemo(() => envelopes.slice(-100), [envelopes]);
  return (
    <div class="server">
      <header class="server-head">
        <h2>What the server sees</h2>
        <p class={feed.state === "lost" ? "lamp is-bad" : "lamp is-good"} role="status">
          {stateTexts[feed.state]}
        </p>
        <Totals feed={feed} />
      </header>
      <div class="server-grid">
        <div class="server-column">
          <Envelopes envelopes={envelopes} shown={shown?.n ?? null} onShow={setChosen} />
          <Request seen={shown} hundred={hundred} />
        </div>
        <div class="server-column">
          <Game envelopes={envelopes} truth={truth} onMore={onMore} />
          <HistogramChart hundred={hundred} />
        </div>
        <Day sightings={feed.sightings} />
      </div>
    </div>
  );
}

const stateTexts = { connecting: "Connecting", live: "Live", lost: "Connection lost" } as const;

function Totals({ feed }: { readonly feed: Feed }) {
  const total = feed.sightings.length;
  const lengths = [...new Set(feed.envelopes.map(({ envelope }) => envelope.length))];
  return (
    <dl class="totals">
      <div>
        <dt>Envelopes</dt>
        <dd>{count(total)}</dd>
      </div>
      <div>
        <dt>Bytes each</dt>
        <dd>{lengths.map(count).join(", ") || "–"}</dd>
      </div>
      <div>
        <dt>Calls</dt>
        <Unknown />
      </div>
      <div>
        <dt>Messages</dt>
        <Unknown />
      </div>
    </dl>
  );
}

const Unknown = () => (
  <dd>
    <span aria-hidden="true">?</span>
    <span class="visually-hidden">cannot be told</span>
  </dd>
);
