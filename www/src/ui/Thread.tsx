import { useEffect, useRef } from "preact/hooks";
import { useForm } from "./form.js";
import { timeOfDay } from "./format.js";
import { MissedIcon, PhoneIcon, SendIcon } from "./icons.js";
import type { ThreadItem } from "./types.js";

export interface ThreadProps {
  readonly name: string;
  readonly items: readonly ThreadItem[];
  readonly onSend: (text: string) => void;
  /** Why nothing can be sent now, such as missing bundles. */
  readonly blocked?: string | undefined;
}

/** A conversation: messages, and the calls between them. */
export function Thread({ name, items, onSend, blocked }: ThreadProps) {
  const end = useRef<HTMLOListElement>(null);
  const last = items.at(-1)?.id;
  useEffect(() => {
    end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [last]);
  const send = useForm(({ text }) => {
    if (text !== "") onSend(text ?? "");
  });
  return (
    <section class="thread" aria-label={`Messages with ${name}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <ol class="thread-items" ref={end} aria-live="polite" aria-label="Messages" tabIndex={0}>
        {items.map((item) => (
          <Item key={item.id} item={item} name={name} />
        ))}
        {items.length === 0 && <li class="thread-empty">Nothing said yet</li>}
      </ol>
      <form class="composer" onSubmit={send}>
        <label>
          <span class="visually-hidden">Message to {name}</span>
          <input
            name="text"
            class="input"
            placeholder={blocked ?? "Message"}
            maxLength={1000}
            autocomplete="off"
            disabled={blocked !== undefined}
          />
        </label>
        <button class="round round-primary" type="submit" disabled={blocked !== undefined}>
          <span class="round-face">
            <SendIcon />
          </span>
          <span class="visually-hidden">Send</span>
        </button>
      </form>
    </section>
  );
}

function Item({ item, name }: { readonly item: ThreadItem; readonly name: string }) {
  const by = item.own ? "You" : name;
  return (
    <li class={`said said-${item.kind} ${item.own ? "is-own" : ""}`}>
      <p class="said-text">
        {item.kind === "call" && <PhoneIcon />}
        {item.kind === "missed" && <MissedIcon />}
        <span class="visually-hidden">{by}: </span>
        {item.text}
      </p>
      <p class="said-time">
        {timeOfDay(item.time)}
        {item.state !== undefined && ` · ${stateTexts[item.state]}`}
      </p>
    </li>
  );
}

const stateTexts = { posting: "Sending", posted: "Sent", failed: "Not sent" } as const;
