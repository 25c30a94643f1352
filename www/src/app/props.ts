// From what the peer says to what the views show: plain functions.

import { fingerprint, PrekeyBundle } from "hushring";
import { sameBytes, toHex } from "../peer/bytes.js";
import { invitationLink } from "../peer/contacts.js";
import type { Peer, PeerState } from "../peer/peer.js";
import type {
  CallOutcome,
  CallRecord,
  Contact,
  HistoryCall,
  HistoryItem,
} from "../peer/records.js";
import type {
  CallPhase,
  CallView,
  ContactView,
  DeviceView,
  ExplanationView,
  MissedCallView,
  RequestView,
  ThreadItem,
} from "../ui/types.js";
import { outcomeText, resultText } from "./notices.js";

/** A call that is over, shown for a moment. */
export interface EndedCall {
  readonly call: CallRecord;
  readonly outcome: CallOutcome;
}

export function contactViews(state: PeerState, seen: ReadonlyMap<string, number>): ContactView[] {
  return state.contacts.map(({ account, name, isTrusted, bundles }) => {
    const key = toHex(account);
    const isUnread = (item: HistoryItem) =>
      item.kind === "message" &&
      !item.isOutgoing &&
      sameBytes(item.account, account) &&
      +item.at > (seen.get(key) ?? 0);
    return {
      account: key,
      name,
      fingerprint: fingerprint(account),
      compared: isTrusted,
      // Bundles are not fetched of accounts that are not trusted yet.
      reachable: !isTrusted || bundles.length > 0,
      unread: state.history.filter(isUnread).length,
    };
  });
}

export function threadItems(state: PeerState, account: Uint8Array): ThreadItem[] {
  return state.history.flatMap((item): ThreadItem[] => {
    if (!sameBytes(item.account, account)) return [];
    const { id, isOutgoing: own } = item;
    const time = item.at.getTime();
    if (item.kind === "message") {
      const sent = item.isPosted ? "posted" : item.isRefused ? "failed" : "posting";
      const state = own ? sent : undefined;
      return [{ id, kind: "message", own, text: item.text, time, state }];
    }
    const kind = item.outcome === "missed" ? "missed" : "call";
    return [{ id, kind, own, text: outcomeText(item.outcome, own), time }];
  });
}

/** Strangers. What is held of contacts, for the clock, and of the own account is no request. */
export function requestViews({ held, contacts, identity }: PeerState): RequestView[] {
  return held.flatMap(({ account, count, earliest, latest }) => {
    const isKnown = contacts.some((contact) => {
      return contact.isTrusted && sameBytes(contact.account, account);
    });
    if (isKnown || (identity && sameBytes(identity.account, account))) return [];
    const times = { earliest: earliest.getTime(), latest: latest.getTime() };
    return [{ account: toHex(account), fingerprint: fingerprint(account), count, ...times }];
  });
}

export function explanationViews(state: PeerState): ExplanationView[] {
  return state.explanations.map(({ tag, at, checks, text, ...what }) => ({
    id: tag,
    envelopeTag: tag,
    time: at.getTime(),
    result: resultText(what),
    checks,
    text,
  }));
}

export function missedCalls(state: PeerState): MissedCallView[] {
  return state.history
    .flatMap((item) => {
      if (item.kind !== "call" || item.outcome !== "missed") return [];
      const contact = contactBy(state, item.account);
      return {
        id: item.id,
        name: contact?.name ?? fingerprint(item.account),
        hasVideo: item.hasVideo,
        time: item.at.getTime(),
        reason: item.reason === undefined ? "It has rung" : missedTexts[item.reason],
        account: contact && toHex(item.account),
      };
    })
    .reverse();
}

const missedTexts: Readonly<Record<NonNullable<HistoryCall["reason"]>, string>> = {
  certificate: "Their device’s certificate is not valid now",
  clock: "It was dated ahead: a clock is wrong",
  ended: "They gave up",
  expired: "It came too late",
};

/** The devices of the own account that have published, and this one. */
export function deviceViews(state: PeerState, own: Uint8Array): DeviceView[] {
  const { identity, holdsAccountKey, isKept, revoked } = state;
  if (identity === undefined) return [];
  const bundles = state.own.bundles.map(({ bundle }) => bundle);
  const { lastPublished, revocations } = state.own;
  const verified = PrekeyBundle.verifyAll(bundles, identity.account, {
    lastPublished,
    revocations,
  });
  const since = new Map<string, number>();
  for (const bundle of verified.bundles) {
    since.set(toHex(bundle.device), bundle.issuedAt.getTime());
    bundle.free();
  }
  const mine = toHex(own);
  const gone = new Set(revoked.map(toHex));
  return [mine, ...since.keys()].flatMap((device, index, all) => {
    if (all.indexOf(device) !== index || gone.has(device)) return [];
    const isThis = device === mine;
    const name = `Device ${device.slice(0, 4)} ${device.slice(4, 8)}`;
    return {
      device,
      name,
      isThis,
      isKept: isThis ? isKept : undefined,
      since: since.get(device) ?? 0,
      removable: !isThis && holdsAccountKey,
    };
  });
}

/** The call that takes the screen: one that the user is in, or that has just ended. */
export function currentCall(
  state: PeerState,
  ended: EndedCall | undefined,
): CallRecord | undefined {
  const own = state.calls.filter(({ phase }) => phase !== "ringing" && phase !== "ending");
  return own.find(({ phase }) => phase !== "waiting") ?? own[0] ?? ended?.call;
}

export function ringingCall(state: PeerState): CallRecord | undefined {
  return state.calls.find(({ phase }) => phase === "ringing");
}

export function callView(
  state: PeerState,
  peer: Peer,
  call: CallRecord,
  ended: EndedCall | undefined,
): CallView {
  const live = peer.live(call.uuid);
  const isEnded = ended?.call.uuid === call.uuid;
  const isOff = (kind: "audio" | "video") =>
    live?.connection.local.getTracks().some((track) => track.kind === kind && !track.enabled) ??
    false;
  return {
    name: nameOf(state, call.account),
    phase: isEnded ? "ended" : phases[call.phase],
    hasVideo: call.hasVideo,
    since: live?.since ?? null,
    local: live?.connection.local ?? null,
    remote: live?.connection.remote ?? null,
    flow: live?.flow ?? null,
    muted: isOff("audio"),
    cameraOff: isOff("video"),
    ending: isEnded ? outcomeText(ended.outcome, call.isOutgoing) : undefined,
  };
}

const phases: Readonly<Record<CallRecord["phase"], CallPhase>> = {
  waiting: "calling",
  ringing: "calling",
  answered: "connecting",
  connected: "connected",
  ending: "ended",
};

export function nameOf(state: PeerState, account: Uint8Array): string {
  return contactBy(state, account)?.name ?? fingerprint(account);
}

export function contactBy(state: PeerState, account: Uint8Array | string): Contact | undefined {
  const key = typeof account === "string" ? account : toHex(account);
  return state.contacts.find((contact) => toHex(contact.account) === key);
}

/** What the user gives others. */
export function ownCode({ identity }: PeerState, page: string): string {
  return identity === undefined ? "" : invitationLink(page, identity);
}
