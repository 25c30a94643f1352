import { type ComponentChildren, render } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { Peer, PeerState } from "../peer/peer.js";
import { Notices, SecondTab } from "../ui/Notices.js";
import { NoticeList, outcomeText, textOf } from "./notices.js";
import type { EndedCall } from "./props.js";
import { type Place, start } from "./start.js";
import { useValue } from "./use.js";

/** What a page's own container is given once the peer is open. */
export interface AppProps {
  readonly peer: Peer;
  readonly state: PeerState;
  readonly notices: NoticeList;
  readonly ended: EndedCall | undefined;
}

interface PageProps {
  readonly place: Place;
  /** The container. */
  readonly app: (props: AppProps) => ComponentChildren;
}

/** Renders a page into its element. */
export function renderPage(place: Place, app: PageProps["app"]): void {
  const element = document.getElementById("page");
  if (element !== null) render(<Page place={place} app={app} />, element);
}

/** How long a call that has ended stays on the screen. */
const farewell = 2_500;

function Page({ place, app: App }: PageProps) {
  const [ended, setEnded] = useState<EndedCall>();
  const [stage, notices] = useMemo(() => {
    const notices = new NoticeList();
    const stage = start(place, {
      onProblem: notices.problem,
      onEnded: (call, outcome) => {
        if (call.phase === "ringing") {
          notices.add("info", outcomeText(outcome, call.isOutgoing));
          return;
        }
        const shown = { call, outcome };
        setEnded(shown);
        setTimeout(() => setEnded((now) => (now === shown ? undefined : now)), farewell);
      },
    });
    return [stage, notices] as const;
  }, [place]);
  const now = useValue(stage);
  switch (now.name) {
    case "starting":
      return <Plain title="One moment …" />;
    case "missing":
      return (
        <Plain title="This browser lacks something">
          <p role="alert">{now.text}</p>
          <p>A current browser has it.</p>
        </Plain>
      );
    case "failed":
      return (
        <Plain title={`This ${place} does not start`}>
          <p role="alert">{textOf(now.error)}</p>
        </Plain>
      );
    case "elsewhere":
      return <SecondTab place={place} onUseHere={now.takeOver} />;
    case "open":
      return <Open peer={now.peer} notices={notices} ended={ended} App={App} />;
  }
}

interface OpenProps {
  readonly peer: Peer;
  readonly notices: NoticeList;
  readonly ended: EndedCall | undefined;
  readonly App: PageProps["app"];
}

function Open({ peer, notices, ended, App }: OpenProps) {
  const state = useValue(peer.state);
  return <App peer={peer} state={state} notices={notices} ended={ended} />;
}

export function NoticeArea({ notices }: Pick<AppProps, "notices">) {
  return <Notices notices={useValue(notices.shown)} onClose={notices.close} />;
}

/** Whether the relay is reached, and the time known. */
export function connectionOf(state: PeerState): { ok: boolean; text: string } {
  if (!state.isConnected) return { ok: false, text: "Connecting" };
  if (!state.isTimeKnown) return { ok: false, text: "Set this device’s clock" };
  return { ok: true, text: "Connected" };
}

function Plain({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <main class="second-tab">
      <h1>{title}</h1>
      {children}
    </main>
  );
}
