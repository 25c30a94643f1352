import { useEffect, useState } from "preact/hooks";
import type { Granted } from "../peer/link.js";
import type { Peer } from "../peer/peer.js";
import { LinkThis } from "../ui/Link.js";
import { Onboarding } from "../ui/Onboarding.js";
import type { NoticeList } from "./notices.js";
import { codeAddress, type Place } from "./start.js";

export interface SetupProps {
  readonly peer: Peer;
  readonly place: Place;
  readonly suggestedName: string;
  readonly notices: NoticeList;
}

/** Before an installation is a device: it makes an account, or is linked to one. */
export function Setup({ peer, place, suggestedName, notices }: SetupProps) {
  const [links, setLinks] = useState(false);
  const [busy, setBusy] = useState(false);
  const make = (name: string) => {
    setBusy(true);
    if (place === "phone") askForNotifications();
    peer
      .makeAccount(name)
      .catch(notices.problem)
      .finally(() => setBusy(false));
  };
  if (links) {
    const close = () => setLinks(false);
    return <Join {...{ peer, place, suggestedName, notices }} onCancel={close} />;
  }
  return (
    <Onboarding
      place={place}
      suggestedName={suggestedName}
      busy={busy}
      onMake={make}
      onLink={() => setLinks(true)}
    />
  );
}

/** Web Push needs them, and a phone that is locked. The answer counts from the next start on. */
function askForNotifications(): void {
  if ("Notification" in globalThis) Notification.requestPermission().catch(() => {});
}

interface JoinProps extends SetupProps {
  readonly onCancel: () => void;
}

/** Shows the code, waits for the grant, and lets its account be compared. */
function Join({ peer, place, suggestedName, notices, onCancel }: JoinProps) {
  const [code, setCode] = useState<string | null>(null);
  const [granted, setGranted] = useState<Granted | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const join = async () => {
      const joining = await peer.join(codeAddress());
      setCode(joining.code);
      setGranted(await joining.granted(stop.signal));
    };
    join().catch((error) => {
      if (!stop.signal.aborted) notices.problem(error);
    });
    return () => stop.abort();
  }, [peer, notices]);
  const confirm = (same: boolean) => {
    if (!same || granted === null) return onCancel();
    if (place === "phone") askForNotifications();
    peer.joined(granted.confirm, suggestedName).catch(notices.problem);
  };
  return <LinkThis code={code} granted={granted} onConfirm={confirm} onCancel={onCancel} />;
}
