import type { ComponentChildren } from "preact";
import "./theme.css";
import "./parts.css";
import "./talk.css";
import "./incoming.css";
import "./desk.css";
import { Button } from "./Button.js";
import { ContactCard, type ContactCardProps, ContactList } from "./Contact.js";
import { PlusIcon } from "./icons.js";
import { Thread, type ThreadProps } from "./Thread.js";
import type { ContactView } from "./types.js";

export interface DeskProps {
  /** "Alice’s desk". */
  readonly title: string;
  /** Whether the relay is reached: "Connected", or what is wrong. */
  readonly connection: { readonly ok: boolean; readonly text: string };
  /** The app: {@link DeskApp}, or what comes before it. */
  readonly app: ComponentChildren;
  /** What the server sees. */
  readonly server: ComponentChildren;
  /** {@link Notices}. */
  readonly notices?: ComponentChildren;
}

export interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Holds what the desk shows in place of a conversation, such as {@link Devices}. */
export function Panel({ title, onClose, children }: PanelProps) {
  return (
    <section class="desk-panel" aria-label={title}>
      <header class="desk-panel-head">
        <h2>{title}</h2>
        <Button onPress={onClose}>Close</Button>
      </header>
      {children}
    </section>
  );
}

/** The page: a person's app on the left, and on the right what the server sees of it. */
export function Desk({ title, connection, app, server, notices }: DeskProps) {
  return (
    <div class="desk">
      <a class="skip" href="#server">
        Skip to what the server sees
      </a>
      <main class="desk-app" aria-label={title}>
        <header class="desk-head">
          <p class="wordmark">hushring</p>
          <h1>{title}</h1>
          <p class={connection.ok ? "lamp is-good" : "lamp is-bad"} role="status">
            {connection.text}
          </p>
        </header>
        {app}
      </main>
      <aside class="desk-server" id="server" aria-label="What the server sees" tabIndex={-1}>
        {server}
      </aside>
      {notices}
    </div>
  );
}

export interface DeskAppProps {
  readonly contacts: readonly ContactView[];
  readonly selected: string | null;
  readonly onSelect: (account: string) => void;
  readonly onAdd: () => void;
  /** Opens the devices of the own account. */
  readonly onDevices: () => void;
  /** How many strangers wait, and what opens them. */
  readonly requests: number;
  readonly onRequests: () => void;
  /** Of the contact that is selected. */
  readonly contact: ContactCardProps | null;
  readonly thread: ThreadProps | null;
  /** {@link Call}, while one is up. */
  readonly call?: ComponentChildren;
  /** In place of the conversation: {@link Panel}, or linking, or adding a contact. */
  readonly panel?: ComponentChildren;
}

export function DeskApp(props: DeskAppProps) {
  const { contacts, selected, onSelect, contact, thread, call, panel } = props;
  return (
    <div class="desk-columns">
      <nav class="desk-nav" aria-label="People and devices">
        <ContactList contacts={contacts} selected={selected} onSelect={onSelect} />
        <div class="desk-tools">
          <Button onPress={props.onAdd}>
            <PlusIcon />
            <span>
              Add<span class="visually-hidden"> a contact</span>
            </span>
          </Button>
          <Button onPress={props.onRequests}>
            Requests
            {props.requests > 0 && <span class="badge">{props.requests}</span>}
          </Button>
          <Button onPress={props.onDevices}>Devices</Button>
        </div>
      </nav>
      <div class="desk-stage">
        {call}
        {panel ?? (
          <>
            {contact && <ContactCard {...contact} />}
            {thread && <Thread {...thread} />}
          </>
        )}
      </div>
    </div>
  );
}
