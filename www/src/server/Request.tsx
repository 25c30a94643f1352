import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count } from "../ui/format.js";
import { auditOf, partsOf } from "./push.js";
import type { Seen } from "./seen.js";

export interface RequestProps {
  readonly seen: Seen | undefined;
  /** The newest hundred, which the audit compares. */
  readonly hundred: readonly Seen[];
}

/** The push request that was sent for an envelope, to the letter. */
export function Request({ seen, hundred }: RequestProps) {
  const parts = useMemo(() => (seen === undefined ? [] : partsOf(seen)), [seen]);
  const audit = useAudit(hundred);
  return (
    <section class="panel request" aria-labelledby="request-title">
      <h3 id="request-title">
        Its push request
        {seen && <span class="panel-figure">{`${count(seen.push.body.length)} bytes`}</span>}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre class="request-text mono" tabIndex={0}>
        {parts.map(({ text, own }, i) => (own ? <mark key={i}>{text}</mark> : text))}
      </pre>
      <p class="request-audit">
        {audit === "passed" && (
          <>
            Only what is <mark>marked</mark> differs in the last hundred requests:{" "}
            <span class="mono">auditApnsRequests</span> passes.
          </>
        )}
        {audit instanceof Error && (
          <strong class="is-bad">The audit does not pass: {audit.message}</strong>
        )}
      </p>
    </section>
  );
}

/** An audit of a hundred takes some 20 ms: twice a second is often enough. */
const auditInterval = 500;

function useAudit(requests: readonly Seen[]): "passed" | Error | undefined {
  const [found, setFound] = useState<"passed" | Error>();
  const last = useRef(0);
  useEffect(() => {
    if (requests.length === 0) return;
    const audit = () => {
      last.current = performance.now();
      setFound(auditOf(requests));
    };
    const wait = Math.max(0, last.current + auditInterval - performance.now());
    const timer = setTimeout(audit, wait);
    return () => clearTimeout(timer);
  }, [requests]);
  return found;
}
