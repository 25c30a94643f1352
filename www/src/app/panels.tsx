// What both pages have: adding a contact, the own devices, strangers.

import { fingerprint } from "hushring";
import { useState } from "preact/hooks";
import { fromHex } from "../peer/bytes.js";
import type { LinkCode } from "../peer/link.js";
import { Devices } from "../ui/Devices.js";
import { AddContact, LinkAnother } from "../ui/Link.js";
import { Requests } from "../ui/Requests.js";
import { textOf } from "./notices.js";
import type { AppProps } from "./Page.js";
import { deviceViews, ownCode, requestViews } from "./props.js";
import { codeAddress } from "./start.js";

type PanelProps = Pick<AppProps, "peer" | "state" | "notices">;

export interface AddPanelProps extends PanelProps {
  /** A code that came with the page's address. */
  readonly onAdded: (account: Uint8Array) => void;
  readonly onCancel?: (() => void) | undefined;
  readonly suggestedName: string;
}

export function AddPanel({ peer, state, suggestedName, onAdded, onCancel }: AddPanelProps) {
  const [problem, setProblem] = useState<string>();
  const add = (code: string, name: string) => {
    peer.addContact(code, name).then(
      ({ account }) => onAdded(account),
      (error) => setProblem(textOf(error)),
    );
  };
  return (
    <AddContact
      ownCode={ownCode(state, codeAddress())}
      suggestedName={suggestedName}
      problem={problem}
      onAdd={add}
      onCancel={onCancel}
    />
  );
}

export interface DevicesPanelProps extends PanelProps {
  /** A link code that came with the page's address. */
  readonly code?: LinkCode | undefined;
}

export function DevicesPanel({ peer, state, notices, code }: DevicesPanelProps) {
  const [links, setLinks] = useState(code !== undefined);
  const remove = (device: string) => {
    const key = fromHex(device);
    if (key === undefined) return;
    peer
      .removeDevice(key)
      .then(() => notices.add("success", "The device is removed. Contacts will refuse it."))
      .catch(notices.problem);
  };
  if (links) {
    return <LinkPanel {...{ peer, state, notices, code }} onDone={() => setLinks(false)} />;
  }
  return (
    <Devices
      devices={deviceViews(state, peer.device)}
      onRemove={remove}
      onLink={state.holdsAccountKey ? () => setLinks(true) : undefined}
    />
  );
}

function LinkPanel(props: DevicesPanelProps & { readonly onDone: () => void }) {
  const { peer, state, notices, onDone } = props;
  const [code, setCode] = useState(props.code);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const read = (text: string) => {
    try {
      setCode(peer.readLinkCode(text));
    } catch (error) {
      setProblem(textOf(error));
    }
  };
  const grant = () => {
    if (code === undefined) return;
    setBusy(true);
    peer
      .grant(code)
      .then(() => notices.add("success", "Linked. Compare the fingerprint on the other device."))
      .then(onDone)
      .catch(notices.problem)
      .finally(() => setBusy(false));
  };
  return (
    <LinkAnother
      ownFingerprint={state.identity?.fingerprint ?? ""}
      request={code === undefined ? null : { fingerprint: fingerprint(code.device) }}
      problem={problem}
      busy={busy}
      onCode={read}
      onGrant={grant}
      onCancel={onDone}
    />
  );
}

export function RequestsPanel({ peer, state, notices }: PanelProps) {
  const withAccount = (work: (account: Uint8Array) => Promise<void>) => (account: string) => {
    const key = fromHex(account);
    if (key !== undefined) work(key).catch(notices.problem);
  };
  return (
    <Requests
      requests={requestViews(state)}
      onAccept={(account, name) => withAccount((key) => peer.trust(key, name))(account)}
      onBlock={withAccount((key) => peer.block(key))}
    />
  );
}
