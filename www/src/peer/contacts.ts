// Contacts. Trust stands in the inbox, with the name that is shown for them; the list here has what
// is needed to send to them.

import type { Value } from "hushring";
import { fromBase64Url, sameBytes, toBase64Url } from "./bytes.js";
import type { Contact } from "./records.js";
import type { Session } from "./shared-inbox.js";

/** What somebody says of their own account: to be believed once fingerprints were compared. */
export interface Invitation {
  readonly account: Uint8Array;
  readonly name: string;
}

export function contactOf(
  contacts: readonly Contact[] | undefined,
  account: Uint8Array,
): Contact | undefined {
  return contacts?.find((contact) => sameBytes(contact.account, account));
}

/** Puts an account into the list, whose fingerprint is still to be compared. */
export async function noteContact(session: Session, invitation: Invitation): Promise<void> {
  const { account, name } = invitation;
  const contacts = (await session.read("contacts")) ?? [];
  if (contactOf(contacts, account) !== undefined) return;
  const contact = { account, name, isTrusted: false, revocations: [], bundles: [] };
  session.write("contacts", [...contacts, contact]);
}

/**
 * Trusts an account whose fingerprint was compared, pins the name, and receives what is held of it.
 * Statements that were kept of it take effect before.
 */
export async function trustContact(session: Session, invitation: Invitation): Promise<void> {
  const { account, name } = invitation;
  await noteContact(session, invitation);
  const contacts = (await session.read("contacts")) ?? [];
  const revocations = contactOf(contacts, account)?.revocations ?? [];
  session.inbox.trust(account, { displayName: name, revocations, now: session.now });
  session.write(
    "contacts",
    contacts.map((contact) =>
      sameBytes(contact.account, account) ? { ...contact, name, isTrusted: true } : contact,
    ),
  );
}

/** Takes an account out of the list, and ends the trust in it. */
export async function removeContact(session: Session, account: Uint8Array): Promise<void> {
  session.inbox.untrust(account);
  const contacts = (await session.read("contacts")) ?? [];
  session.write(
    "contacts",
    contacts.filter((contact) => !sameBytes(contact.account, account)),
  );
}

/** The link by which somebody is invited: `#invite=<account>.<name>`, behind the page's address. */
export function invitationLink(page: string, { account, name }: Invitation): string {
  return `${page}#invite=${toBase64Url(account)}.${encodeURIComponent(name)}`;
}

/** Reads an invitation from a link, or from its part behind `#`. */
export function readInvitation(text: string): Invitation | undefined {
  const [, key, name] = /#invite=([\w-]{43})\.(\S*)$/.exec(text.trim()) ?? [];
  const account = key === undefined ? undefined : fromBase64Url(key);
  if (account?.length !== 32 || name === undefined) return undefined;
  try {
    return { account, name: decodeURIComponent(name).slice(0, 60) };
  } catch {
    return undefined; // a % without two digits
  }
}

/** A type of this app's own: what a device tells the other devices of its account. */
const contactsType = "demo.contacts";

/** How many contacts fit one envelope of either suite, with names of 60 characters. */
export const contactsOfOne = 10;

/** The own devices keep their contacts in step: each trusts whom one of them has compared. */
export function contactsContent(contacts: readonly Contact[]): SyncedContacts {
  return {
    type: contactsType,
    contacts: contacts.map(({ account, name }) => ({ account, name })),
  };
}

export interface SyncedContacts {
  readonly type: typeof contactsType;
  readonly contacts: readonly { readonly account: Uint8Array; readonly name: string }[];
}

/** Reads such content. The sender has to be a device of the own account. */
export function readContacts(content: { readonly [member: string]: unknown }): Invitation[] {
  if (content["type"] !== contactsType || !Array.isArray(content["contacts"])) return [];
  return (content["contacts"] as readonly Value[]).flatMap((item) => {
    if (typeof item !== "object" || item === null || !("account" in item)) return [];
    const { account, name } = item as { account: unknown; name?: unknown };
    const isGood = account instanceof Uint8Array && account.length === 32;
    return isGood && typeof name === "string" ? [{ account, name }] : [];
  });
}
