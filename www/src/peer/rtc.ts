// The connection of a call. There is no ICE server here. One that has some asks none of them before
// the callee has answered (DEP11, DEP12): the offer goes out before anything is gathered, the callee
// gathers once its user has answered, and its candidates are in the answer. The caller gathers then,
// too; behind NATs it sends its own in one `call.candidates`.

import type { Candidate } from "hushring";
import { pace } from "./pace.js";

/** What was counted in the last second. */
export interface Flow {
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly framesReceived: number;
}

export interface ConnectionEvents {
  readonly onConnected: () => void;
  /** The other side hung up, over the connection. */
  readonly onHungUp: () => void;
  /** Nothing has come for too long. */
  readonly onSilent: () => void;
  readonly onFlow: (flow: Flow) => void;
}

/** The only message on the control channel. */
const hangUp = "hang up";

export class Connection {
  /** What comes from the other side. */
  readonly remote = new MediaStream();
  readonly #peer = new RTCPeerConnection({ iceServers: [] });
  readonly #control = this.#peer.createDataChannel("control", { negotiated: true, id: 0 });
  readonly #events: ConnectionEvents;
  #timer: ReturnType<typeof setInterval> | undefined;
  #offer: RTCSessionDescriptionInit | undefined;

  constructor(
    readonly local: MediaStream,
    events: ConnectionEvents,
  ) {
    this.#events = events;
    this.#peer.addEventListener("track", ({ track }) => this.remote.addTrack(track));
    this.#peer.addEventListener("connectionstatechange", () => {
      if (this.#peer.connectionState === "connected" && this.#timer === undefined) {
        this.#watch();
        events.onConnected();
      }
    });
    this.#control.addEventListener("message", ({ data }) => {
      if (data === hangUp) events.onHungUp();
    });
  }

  /** The caller's first step. Nothing is gathered, and nobody is contacted. */
  async offer(hasVideo: boolean): Promise<string> {
    this.#addTracks(hasVideo ? ["audio", "video"] : ["audio"]);
    this.#offer = await this.#peer.createOffer();
    return sdpOf(this.#offer);
  }

  /** The caller's second step: only now it gathers. */
  async accept(answer: string): Promise<void> {
    if (this.#offer === undefined || this.#peer.signalingState !== "stable") return;
    await this.#peer.setLocalDescription(this.#offer);
    await this.#peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** The callee's step, after its user has answered: the answer has its candidates. */
  async answer(offer: string): Promise<string> {
    await this.#peer.setRemoteDescription({ type: "offer", sdp: offer });
    const tracks = this.local.getTracks();
    for (const transceiver of this.#peer.getTransceivers()) {
      const track = tracks.find(({ kind }) => kind === transceiver.receiver.track.kind);
      transceiver.direction = track === undefined ? "recvonly" : "sendrecv";
      await transceiver.sender.replaceTrack(track ?? null);
    }
    await this.#peer.setLocalDescription(await this.#peer.createAnswer());
    await this.#gathered();
    return sdpOf(this.#peer.localDescription);
  }

  async addCandidates(candidates: readonly Candidate[]): Promise<void> {
    for (const { candidate, sdpMid, sdpMLineIndex, usernameFragment } of candidates) {
      await this.#peer.addIceCandidate({
        candidate,
        sdpMid: sdpMid ?? null,
        sdpMLineIndex: sdpMLineIndex ?? null,
        usernameFragment: usernameFragment ?? null,
      });
    }
  }

  /** Tells the other side. Returns false if the connection does not stand. */
  async hangUp(): Promise<boolean> {
    if (this.#control.readyState !== "open" || this.#peer.connectionState !== "connected") {
      return false;
    }
    this.#control.send(hangUp);
    // Closing the connection drops what has not left yet.
    const deadline = performance.now() + 500;
    while (this.#control.bufferedAmount > 0 && performance.now() < deadline) await pause(20);
    await pause(100);
    return true;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#control.close();
    this.#peer.close();
    for (const track of this.local.getTracks()) track.stop();
  }

  #addTracks(kinds: readonly ("audio" | "video")[]): void {
    const tracks = this.local.getTracks();
    for (const kind of kinds) {
      const track = tracks.find((found) => found.kind === kind);
      this.#peer.addTransceiver(track ?? kind, {
        direction: track === undefined ? "recvonly" : "sendrecv",
        streams: [this.local],
      });
    }
  }

  #gathered(): Promise<void> {
    const peer = this.#peer;
    return new Promise((resolve) => {
      const look = () => peer.iceGatheringState === "complete" && resolve();
      peer.addEventListener("icegatheringstatechange", look);
      setTimeout(resolve, 2_000); // what has been found by then is in the description
      look();
    });
  }

  /** Looks once a second at what flows. */
  #watch(): void {
    let before = { received: 0, sent: 0, frames: 0 };
    let heard = performance.now();
    this.#timer = setInterval(async () => {
      const now = counted(await this.#peer.getStats());
      if (now.received > before.received) heard = performance.now();
      this.#events.onFlow({
        bytesReceived: now.received - before.received,
        bytesSent: now.sent - before.sent,
        framesReceived: now.frames - before.frames,
      });
      before = now;
      if (performance.now() - heard > pace.silence) this.#events.onSilent();
    }, 1_000);
  }
}

/** Microphone and camera, as far as they are there and allowed. */
export async function openMedia(hasVideo: boolean): Promise<MediaStream> {
  for (const video of hasVideo ? [true, false] : [false]) {
    try {
      return await navigator.mediaDevices.getUserMedia({ audio: true, video });
    } catch {
      // Refused, or not there: with less, or listening only.
    }
  }
  return new MediaStream();
}

function counted(report: RTCStatsReport): { received: number; sent: number; frames: number } {
  const sum = { received: 0, sent: 0, frames: 0 };
  // A report is a map of objects whose members its type does not name.
  for (const entry of report.values() as Iterable<Readonly<Record<string, unknown>>>) {
    if (entry["type"] === "inbound-rtp") {
      sum.received += numberOf(entry["bytesReceived"]);
      sum.frames += numberOf(entry["framesDecoded"]);
    }
    if (entry["type"] === "outbound-rtp") sum.sent += numberOf(entry["bytesSent"]);
  }
  return sum;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function sdpOf(description: RTCSessionDescriptionInit | RTCSessionDescription | null): string {
  return description?.sdp ?? "";
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
