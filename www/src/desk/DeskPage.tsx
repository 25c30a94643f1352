import { useEffect, useState } from "preact/hooks";
import { frameOf } from "../app/frame.js";
import type { AppProps } from "../app/Page.js";
import { AddPanel, DevicesPanel, RequestsPanel } from "../app/panels.js";
import { callView, currentCall, nameOf, requestViews, ringingCall } from "../app/props.js";
import { useValue } from "../app/use.js";
import { useAsked, useContact } from "../app/use-people.js";
import { toHex } from "../peer/bytes.js";
import type { Peer } from "../peer/peer.js";
import type { Contact } from "../peer/records.js";
import { ServerView } from "../server/ServerView.js";
import { Call } from "../ui/Call.js";
import { Desk, DeskApp, Panel } from "../ui/Desk.js";
import { IncomingCall } from "../ui/IncomingCall.js";

/** The desk: the app of one person, and beside it what the server sees of everybody. */
export function DeskPage(props: AppProps) {
  const { setup, ...frame } = frameOf(props, "desk", "Alice");
  return <Desk {...frame} app={setup ?? <App {...props} />} server={<Server {...props} />} />;
}

type PanelName = "add" | "devices" | "requests";

function App(props: AppProps) {
  const { state } = props;
  const [panel, setPanel] = useState<PanelName>();
  const people = useContact(props);
  const asked = useAsked();
  useEffect(() => {
    if (asked !== undefined) setPanel(asked.kind === "invite" ? "add" : "devices");
  }, [asked]);
  const select = (account: string) => {
    people.select(account);
    setPanel(undefined);
  };
  const panels = {
    add: (
      <AddPanel
        {...props}
        suggestedName="Bob"
        onAdded={(account) => select(toHex(account))}
        onCancel={() => setPanel(undefined)}
      />
    ),
    devices: (
      <Panel title="Devices" onClose={() => setPanel(undefined)}>
        <DevicesPanel {...props} code={asked?.kind === "link" ? asked.code : undefined} />
      </Panel>
    ),
    requests: (
      <Panel title="Requests" onClose={() => setPanel(undefined)}>
        <RequestsPanel {...props} />
      </Panel>
    ),
  };
  return (
    <DeskApp
      contacts={people.contacts}
      selected={people.selected}
      onSelect={select}
      onAdd={() => setPanel("add")}
      onDevices={() => setPanel("devices")}
      onRequests={() => setPanel("requests")}
      requests={requestViews(state).length}
      contact={people.contact}
      thread={people.thread}
      call={<CallArea {...props} />}
      panel={panel && panels[panel]}
    />
  );
}

function CallArea({ peer, state, notices, ended }: AppProps) {
  const ringing = ringingCall(state);
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
  const call = currentCall(state, ended);
  if (call === undefined) return null;
  return (
    <Call
      call={callView(state, peer, call, ended)}
      onHangUp={() => peer.calls.hangUp(call.uuid).catch(notices.problem)}
      onMute={(muted) => peer.calls.turn(call.uuid, "audio", !muted)}
      onCamera={(off) => peer.calls.turn(call.uuid, "video", !off)}
    />
  );
}

function Server({ peer, state, notices }: AppProps) {
  const truth = useValue(peer.truth);
  const contact = state.contacts.find(({ isTrusted, bundles }) => isTrusted && bundles.length > 0);
  const more = (of: Contact) => () => {
    sendMore(peer, of).catch(notices.problem);
  };
  return <ServerView truth={truth} onMore={contact && more(contact)} />;
}

/** Ten messages, and ten calls that are given up at once: as real as all others. */
async function sendMore(peer: Peer, { account }: Contact): Promise<void> {
  for (let round = 1; round <= 10; round += 1) {
    await peer.message(account, `Message ${round} for the game`);
    await peer.calls.hangUp(await peer.calls.place(account, false));
  }
}
