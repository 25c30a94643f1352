import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import "./theme.css";
import "./parts.css";
import "./talk.css";
import "./incoming.css";
import "./phone.css";
import { DeviceIcon, LockIcon, MessageIcon, PersonIcon, PhoneIcon, SearchIcon } from "./icons.js";

export interface PhoneProps {
  /** "Bob’s phone". */
  readonly title: string;
  readonly connection: { readonly ok: boolean; readonly text: string };
  /** The screen: {@link LockScreen}, {@link IncomingCall}, {@link Call} or {@link PhoneApp}. */
  readonly screen: ComponentChildren;
  /** {@link Notices}. */
  readonly notices?: ComponentChildren;
}

/** A phone: on a laptop drawn as one, on a phone the whole screen. */
export function Phone({ title, connection, screen, notices }: PhoneProps) {
  return (
    <main class="phone" aria-labelledby="phone-title">
      <header class="phone-label">
        <h1 id="phone-title">{title}</h1>
        <p class={connection.ok ? "lamp is-good" : "lamp is-bad"} role="status">
          {connection.text}
        </p>
      </header>
      <div class="phone-case">
        <div class="phone-screen">{screen}</div>
      </div>
      {notices}
    </main>
  );
}

export type PhoneTab = keyof typeof tabs;

export interface PhoneAppProps {
  readonly initial?: PhoneTab | undefined;
  readonly onLock: () => void;
  /** One view for each tab: {@link MissedCalls}, conversations, {@link Requests}, … */
  readonly views: Readonly<Record<PhoneTab, ComponentChildren>>;
  readonly badges?: Readonly<Partial<Record<PhoneTab, number>>> | undefined;
}

/** The app on the unlocked phone. */
export function PhoneApp({ initial = "calls", onLock, views, badges = {} }: PhoneAppProps) {
  const [tab, setTab] = useState(initial);
  return (
    <div class="app">
      <header class="app-head">
        <h2>{tabs[tab].title}</h2>
        <button type="button" class="app-lock" onClick={() => onLock()}>
          <LockIcon />
          <span class="visually-hidden">Lock the phone</span>
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <section class="app-view" aria-label={tabs[tab].title} tabIndex={0}>
        {views[tab]}
      </section>
      <nav class="app-tabs" aria-label="Views">
        {(Object.keys(tabs) as PhoneTab[]).map((name) => {
          const { label, Icon } = tabs[name];
          const waiting = badges[name] ?? 0;
          return (
            <button
              key={name}
              type="button"
              class="app-tab"
              aria-current={name === tab ? "page" : undefined}
              onClick={() => setTab(name)}
            >
              <Icon />
              <span>{label}</span>
              {waiting > 0 && (
                <span class="badge">
                  {waiting}
                  <span class="visually-hidden"> new</span>
                </span>
              )}
            </button>
          );
        })}
      </nav>
    </div>
  );
}

const tabs = {
  calls: { label: "Calls", title: "Calls", Icon: PhoneIcon },
  messages: { label: "Messages", title: "Messages", Icon: MessageIcon },
  people: { label: "People", title: "People", Icon: PersonIcon },
  silent: { label: "Silent", title: "What did not ring", Icon: SearchIcon },
  device: { label: "Device", title: "This device", Icon: DeviceIcon },
} as const;
