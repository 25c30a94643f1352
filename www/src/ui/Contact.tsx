import { Button, RoundButton } from "./Button.js";
import { Fingerprint } from "./Fingerprint.js";
import { CheckIcon, MessageIcon, PhoneIcon, VideoIcon } from "./icons.js";
import type { ContactView } from "./types.js";

export interface ContactListProps {
  readonly contacts: readonly ContactView[];
  readonly selected: string | null;
  readonly onSelect: (account: string) => void;
}

export function ContactList({ contacts, selected, onSelect }: ContactListProps) {
  if (contacts.length === 0) {
    return <p class="empty">Nobody yet. Add a contact by the code that their phone shows.</p>;
  }
  return (
    <ul class="rows" aria-label="Contacts">
      {contacts.map((contact) => (
        <li key={contact.account}>
          <button
            type="button"
            class="row"
            aria-current={contact.account === selected ? "true" : undefined}
            onClick={() => onSelect(contact.account)}
          >
            <Avatar name={contact.name} />
            <span class="row-text">
              <span class="row-title">{contact.name}</span>
              <span class="row-detail">{stateOf(contact)}</span>
            </span>
            {contact.unread > 0 && (
              <span class="badge">
                {contact.unread}
                <span class="visually-hidden"> unread</span>
              </span>
            )}
          </button>
        </li>
      ))}
    </ul>
  );
}

function stateOf(contact: ContactView): string {
  if (!contact.reachable) return "No bundles yet";
  return contact.compared ? "Fingerprint compared" : "Fingerprint not compared";
}

export interface ContactCardProps {
  readonly contact: ContactView;
  /** The user's own, for the other side to compare. */
  readonly ownFingerprint: string;
  readonly onCompared: (same: boolean) => void;
  readonly onCall: (hasVideo: boolean) => void;
  readonly onMessage?: (() => void) | undefined;
  /** No second call while one is up. */
  readonly busy?: boolean | undefined;
}

/** A contact: at first the fingerprints to compare, and then what one can do. */
export function ContactCard(props: ContactCardProps) {
  const { contact, ownFingerprint, onCompared, onCall, onMessage, busy } = props;
  return (
    <section class="contact" aria-label={contact.name}>
      <header class="contact-head">
        <Avatar name={contact.name} large />
        <div class="contact-name">
          <h2>{contact.name}</h2>
          {contact.compared ? (
            <p class="contact-state is-good">
              <CheckIcon /> Fingerprint compared
            </p>
          ) : (
            <p class="contact-state">Compare fingerprints first</p>
          )}
        </div>
        {contact.compared && (
          <div class="contact-actions">
            <CallButton hasVideo={false} disabled={busy || !contact.reachable} onCall={onCall} />
            <CallButton hasVideo disabled={busy || !contact.reachable} onCall={onCall} />
            {onMessage && (
              <RoundButton
                label={`Write to ${contact.name}`}
                icon={<MessageIcon />}
                disabled={!contact.reachable}
                onPress={onMessage}
              />
            )}
          </div>
        )}
      </header>
      {!contact.compared && (
        <Compare contact={contact} ownFingerprint={ownFingerprint} onCompared={onCompared} />
      )}
    </section>
  );
}

export interface CallButtonProps {
  readonly hasVideo: boolean;
  readonly disabled?: boolean | undefined;
  readonly onCall: (hasVideo: boolean) => void;
}

export function CallButton({ hasVideo, disabled, onCall }: CallButtonProps) {
  return (
    <RoundButton
      tone="call"
      label={hasVideo ? "Call with video" : "Call"}
      icon={hasVideo ? <VideoIcon /> : <PhoneIcon />}
      disabled={disabled}
      onPress={() => onCall(hasVideo)}
    />
  );
}

function Compare(props: Pick<ContactCardProps, "contact" | "ownFingerprint" | "onCompared">) {
  const { contact, ownFingerprint, onCompared } = props;
  return (
    <div class="compare">
      <p>Read these to each other, on the phone or side by side.</p>
      <div class="compare-pair">
        <Fingerprint of={`${contact.name}’s`} value={contact.fingerprint} />
        <Fingerprint of="Yours" value={ownFingerprint} />
      </div>
      <div class="actions">
        <Button tone="primary" onPress={() => onCompared(true)}>
          Both are the same
        </Button>
        <Button tone="danger" onPress={() => onCompared(false)}>
          They differ
        </Button>
      </div>
    </div>
  );
}

export function Avatar({ name, large }: { readonly name: string; readonly large?: boolean }) {
  return (
    <span class={large ? "avatar avatar-large" : "avatar"} aria-hidden="true">
      {[...name.trim()][0]?.toUpperCase() ?? "?"}
    </span>
  );
}
