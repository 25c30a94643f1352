import { useEffect, useState } from "preact/hooks";
import { frameOf } from "../app/frame.js";
import type { AppProps } from "../app/Page.js";
import { AddPanel, DevicesPanel, RequestsPanel } from "../app/panels.js";
import {
  callView,
  contactBy,
  currentCall,
  explanationViews,
  missedCalls,
  nameOf,
  ringingCall,
} from "../app/props.js";
import { useAsked, useContact } from "../app/use-people.js";
import { toHex } from "../peer/bytes.js";
import type { PeerState } from "../peer/peer.js";
import { Button } from "../ui/Button.js";
import { Call } from "../ui/Call.js";
import { ContactCard, ContactList } from "../ui/Contact.js";
import { Explanations } from "../ui/Explanations.js";
import { IncomingCall } from "../ui/IncomingCall.js";
import { LockScreen } from "../ui/LockScreen.js";
import { MissedCalls } from "../ui/MissedCalls.js";
import { Phone, PhoneApp, type PhoneTab } from "../ui/Phone.js";
import { Thread } from "../ui/Thread.js";
import type { NotificationView } from "../ui/types.js";

/** The phone. Its inbox runs in the service worker; this page is the app that it wakes. */
export function PhonePage(props: AppProps) {
  const { setup, ...frame } = frameOf(props, "phone", "Bob");
  return <Phone {...frame} screen={setup ?? <Screen {...props} />} />;
}

function Screen(props: AppProps) {
  const { peer, state, notices, ended } = props;
  const [isLocked, setLocked] = useState(false);
  const [lockedAt, setLockedAt] = useState(0);
  const [tab, setTab] = useState<PhoneTab>("people");
  const people = useContact(props);
  const ringing = ringingCall(state);
  const call = currentCall(state, ended);
  if (ringing !== undefined) {
    return (
      <IncomingCall
        name={nameOf(state, ringing.account)}
        hasVideo={ringing.hasVideo}
        onAnswer={() => peer.calls.answer(ringing.uuid).catch(notices.problem)}
        onDecline={() => peer.calls.decline(ringing.uuid).catch(notices.problem)}
      />
    );
  }
  if (call !== undefined) {
    return (
      <Call
        call={callView(state, peer, call, ended)}
        onHangUp={() => peer.calls.hangUp(call.uuid).catch(notices.problem)}
        onMute={(muted) => peer.calls.turn(call.uuid, "audio", !muted)}
        onCamera={(off) => peer.calls.turn(call.uuid, "video", !off)}
      />
    );
  }
  if (isLocked) {
    const notifications = notificationsSince(state, lockedAt);
    const open = (id?: string) => {
      const opened = notifications.find((notification) => notification.id === id);
      if (opened !== undefined) setTab(opened.kind === "message" ? "messages" : "calls");
      setLocked(false);
    };
    return <LockScreen notifications={notifications} onOpen={open} />;
  }
  const lock = () => {
    setLockedAt(Date.now());
    setLocked(true);
  };
  return <App {...props} people={people} initial={tab} onLock={lock} />;
}

interface UnlockedProps extends AppProps {
  readonly people: ReturnType<typeof useContact>;
  readonly initial: PhoneTab;
  readonly onLock: () => void;
}

function App(props: UnlockedProps) {
  const { peer, state, notices, people, initial, onLock } = props;
  const asked = useAsked();
  const [adds, setAdds] = useState(false);
  useEffect(() => {
    if (asked?.kind !== "invite") return;
    peer
      .addContact(asked.code)
      .then(({ account }) => people.select(toHex(account)))
      .catch(notices.problem);
  }, [asked, peer, people.select, notices]);
  const callBack = (account: string) => {
    const contact = contactBy(state, account);
    if (contact !== undefined) peer.calls.place(contact.account, false).catch(notices.problem);
  };
  const list = (
    <ContactList contacts={people.contacts} selected={people.selected} onSelect={people.select} />
  );
  const unread = people.contacts.reduce((sum, contact) => sum + contact.unread, 0);
  return (
    <PhoneApp
      initial={asked?.kind === "link" ? "device" : initial}
      onLock={onLock}
      badges={{ messages: unread }}
      views={{
        calls: <MissedCalls calls={missedCalls(state)} onCallBack={callBack} />,
        messages: (
          <>
            {list}
            {people.thread && <Thread {...people.thread} />}
          </>
        ),
        people: (
          <>
            {list}
            {people.contact && <ContactCard {...people.contact} />}
            {adds || state.contacts.length === 0 ? (
              <AddPanel
                {...props}
                suggestedName="Alice"
                onAdded={(account) => {
                  people.select(toHex(account));
                  setAdds(false);
                }}
                onCancel={adds ? () => setAdds(false) : undefined}
              />
            ) : (
              <Button onPress={() => setAdds(true)}>Add a contact</Button>
            )}
            <RequestsPanel {...props} />
          </>
        ),
        silent: <Explanations explanations={explanationViews(state)} />,
        device: <DevicesPanel {...props} code={asked?.kind === "link" ? asked.code : undefined} />,
      }}
    />
  );
}

/** What the lock screen shows: what has come since the phone was locked, the newest first. */
function notificationsSince(state: PeerState, since: number): NotificationView[] {
  return state.history
    .flatMap((item): NotificationView[] => {
      const time = item.at.getTime();
      if (item.isOutgoing || time < since) return [];
      const { id } = item;
      const title = nameOf(state, item.account);
      if (item.kind === "message") return [{ id, kind: "message", title, body: item.text, time }];
      return item.outcome === "missed"
        ? [{ id, kind: "missed", title, body: "Missed call", time }]
        : [];
    })
    .reverse();
}
