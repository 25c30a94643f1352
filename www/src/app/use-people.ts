import { useEffect, useState } from "preact/hooks";
import { readInvitation } from "../peer/contacts.js";
import { type LinkCode, readLinkCode } from "../peer/link.js";
import type { ContactCardProps } from "../ui/Contact.js";
import type { ThreadProps } from "../ui/Thread.js";
import type { AppProps } from "./Page.js";
import { contactBy, contactViews, threadItems } from "./props.js";

/** The acts that concern one contact, which both pages offer in the same way. */
export function useContact({ peer, state, notices }: AppProps) {
  const [selected, setSelected] = useState<string | null>(null);
  const [seen, setSeen] = useState<ReadonlyMap<string, number>>(new Map());
  const contact = selected === null ? undefined : contactBy(state, selected);
  const views = contactViews(state, seen);
  const view = views.find(({ account }) => account === selected);

  // What is on the screen has been seen.
  const newest = state.history.at(-1)?.at.getTime() ?? 0;
  useEffect(() => {
    if (selected !== null) setSeen((seen) => new Map([...seen, [selected, newest]]));
  }, [selected, newest]);

  const compared = (same: boolean) => {
    if (contact === undefined) return;
    const done = same ? peer.trust(contact.account, contact.name) : peer.remove(contact.account);
    done
      .then(() => {
        if (!same) notices.add("warning", "They differ, so the contact is removed.");
      })
      .catch(notices.problem);
  };
  const card: ContactCardProps | null =
    contact === undefined || view === undefined
      ? null
      : {
          contact: view,
          ownFingerprint: state.identity?.fingerprint ?? "",
          busy: state.calls.some(({ phase }) => phase !== "ending" && phase !== "ringing"),
          onCompared: compared,
          onCall: (hasVideo) => {
            peer.calls.place(contact.account, hasVideo).catch(notices.problem);
          },
        };
  const thread: ThreadProps | null =
    contact === undefined || !contact.isTrusted
      ? null
      : {
          name: contact.name,
          items: threadItems(state, contact.account),
          onSend: (text) => {
            peer.message(contact.account, text).catch(notices.problem);
          },
          blocked: contact.bundles.length > 0 ? undefined : "Waiting for their keys",
        };
  return { contacts: views, selected, select: setSelected, contact: card, thread };
}

/** What a code in the page's address asks for, once: it is taken out of the address. */
export type Asked =
  | { readonly kind: "invite"; readonly code: string; readonly name: string }
  | { readonly kind: "link"; readonly code: LinkCode };

export function useAsked(): Asked | undefined {
  const [asked, setAsked] = useState<Asked>();
  useEffect(() => {
    const look = () => {
      const found = askedBy(location.href);
      if (found === undefined) return;
      setAsked(found);
      history.replaceState(null, "", location.pathname + location.search);
    };
    look();
    addEventListener("hashchange", look);
    return () => removeEventListener("hashchange", look);
  }, []);
  return asked;
}

function askedBy(address: string): Asked | undefined {
  const invitation = readInvitation(address);
  if (invitation !== undefined) return { kind: "invite", code: address, name: invitation.name };
  const code = readLinkCode(address);
  return code && { kind: "link", code };
}
