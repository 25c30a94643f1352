import { readHeader } from "hushring/relay";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { timeWithSeconds } from "../ui/format.js";
import { Bytes } from "./Bytes.js";
import { stripLayout } from "./paint.js";
import type { Seen } from "./seen.js";

export interface EnvelopesProps {
  /** Oldest first. */
  readonly envelopes: readonly Seen[];
  readonly shown: number | null;
  /** Null: the newest, whichever it is. */
  readonly onShow: (n: number | null) => void;
}

/** As CSS has it. */
const rowHeight = 52;

/**
 * Calls and messages in one list, the newest on top. Rows stand at places of their own, and only
 * those in sight exist: so 300 cost as much as ten, and a new one moves the others without a
 * layout.
 */
export function Envelopes({ envelopes, shown, onShow }: EnvelopesProps) {
  const newest = useMemo(() => envelopes.toReversed(), [envelopes]);
  const list = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  useHeldPlace(list, newest);
  const first = Math.max(0, Math.floor(top / rowHeight) - 2);
  const rows = newest.slice(first, first + 16);
  // Whoever chooses the newest follows what comes.
  const choose = (n: number) => onShow(n === newest[0]?.n ? null : n);
  const move = (index: number) => {
    const target = newest[Math.min(Math.max(index, 0), newest.length - 1)];
    if (target === undefined || list.current === null) return;
    choose(target.n);
    reveal(list.current, newest.indexOf(target));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const index = newest.findIndex(({ n }) => n === shown);
    const to = targetOf(event.key, index, newest.length);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };
  return (
    <section class="panel envelopes" aria-labelledby="envelopes-title">
      <h3 id="envelopes-title">
        Every envelope
        <span class="panel-figure">when, from → to, tag</span>
      </h3>
      <div
        class="envelopes-list"
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-labelledby="envelopes-title"
        aria-activedescendant={rows.some(({ n }) => n === shown) ? `envelope-${shown}` : undefined}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
      >
        <div class="envelopes-space" style={{ height: `${newest.length * rowHeight}px` }}>
          {rows.map((seen, i) => (
            <Row
              key={seen.n}
              seen={seen}
              index={first + i}
              of={newest.length}
              isShown={seen.n === shown}
              onShow={choose}
            />
          ))}
        </div>
        {newest.length === 0 && (
          <p class="envelopes-none">Nothing yet. Call or write, and it comes here.</p>
        )}
      </div>
      <Header seen={newest.find(({ n }) => n === shown)} />
    </section>
  );
}

/** What an envelope has in clear: as the strip shows it, its first column. */
function Header({ seen }: { readonly seen: Seen | undefined }) {
  if (seen === undefined) return <p class="envelopes-header">&nbsp;</p>;
  const { version, suite, prekeyId } = readHeader(seen.envelope);
  return (
    <p class="envelopes-header">
      <mark>In clear</mark>: version {version}, {suite}, prekey <span class="mono">{prekeyId}</span>
      . The rest is sealed.
    </p>
  );
}

interface RowProps {
  readonly seen: Seen;
  readonly index: number;
  readonly of: number;
  readonly isShown: boolean;
  readonly onShow: (n: number) => void;
}

function Row({ seen, index, of, isShown, onShow }: RowProps) {
  const { n, time, poster, mailbox, envelope, tag } = seen;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
    <div
      class="envelope"
      id={`envelope-${n}`}
      role="option"
      tabIndex={-1}
      aria-selected={isShown}
      aria-setsize={of}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${index * rowHeight}px)` }}
      onClick={() => onShow(n)}
    >
      <Bytes bytes={envelope} layout={stripLayout} />
      <p class="envelope-line mono">
        <span>{timeWithSeconds(time)}</span>
        <span>
          {short(poster)} → {short(mailbox)}
        </span>
        <span class="envelope-tag">{tag}</span>
      </p>
    </div>
  );
}

/** The first six digits tell mailboxes of a demonstration apart. */
export const short = (mailbox: string | null) => mailbox?.slice(0, 6) ?? "nobody";

function targetOf(key: string, index: number, length: number): number | undefined {
  if (key === "ArrowDown") return index + 1;
  if (key === "ArrowUp") return index - 1;
  if (key === "PageDown") return index + 6;
  if (key === "PageUp") return index - 6;
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  return undefined;
}

function reveal(list: HTMLElement, index: number): void {
  const [start, end] = [index * rowHeight, (index + 1) * rowHeight];
  if (start < list.scrollTop) list.scrollTop = start;
  else if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight;
}

/** Whoever has scrolled down keeps looking at the same rows when new ones come on top. */
function useHeldPlace(list: { readonly current: HTMLElement | null }, newest: readonly Seen[]) {
  const before = useRef(newest[0]?.n);
  useLayoutEffect(() => {
    const { current } = list;
    const came = newest.findIndex(({ n }) => n === before.current);
    before.current = newest[0]?.n;
    if (current !== null && current.scrollTop > 0 && came > 0)
      current.scrollTop += came * rowHeight;
  }, [list, newest]);
}
