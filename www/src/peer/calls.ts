// The steps of a call, each in the order of docs/guide.md, "Calls": what makes the inbox listen is
// saved before anything is sealed, and what makes it stop after the end is posted.

import { type Content, callKitUUID, HushringError } from "hushring";
import type { Bundles } from "./bundles.js";
import { sameBytes } from "./bytes.js";
import { endCall, putCall, rememberCall } from "./call-records.js";
import { PeerError } from "./errors.js";
import { type Effect, reference, waitsUntil } from "./events.js";
import type { Act, Outbox, Sending } from "./outbox.js";
import { pace } from "./pace.js";
import type { CallOutcome, CallRecord } from "./records.js";
import { Connection, type Flow, openMedia } from "./rtc.js";
import type { Session, SharedInbox } from "./shared-inbox.js";

/** A call with a connection, in this page. */
export interface LiveCall {
  readonly uuid: string;
  readonly connection: Connection;
  /** When it was connected. */
  since?: number;
  flow?: Flow;
}

export class Calls {
  readonly #live = new Map<string, LiveCall>();
  /** Calls that ring or wait, and their last moments. */
  readonly #watched = new Map<string, Date>();
  readonly #timer = setInterval(() => this.look(), pace.look);

  constructor(
    private readonly inbox: SharedInbox,
    private readonly outbox: Outbox,
    private readonly bundles: Bundles,
    private readonly uses: {
      readonly onChange: () => void;
      /** A call rings no longer, and goes on or has not begun: `onEnded` says the rest. */
      readonly onRingOver: (uuid: string, isMissed: boolean) => void;
      readonly onEnded: (call: CallRecord, outcome: CallOutcome) => void;
    },
  ) {}

  live(uuid: string): LiveCall | undefined {
    return this.#live.get(uuid);
  }

  /** Places a call, after an act of the user. Returns its UUID. */
  async place(account: Uint8Array, hasVideo: boolean): Promise<string> {
    const media = await openMedia(hasVideo);
    const callId = crypto.randomUUID();
    const connection = this.#connection(() => call.uuid, media);
    const offer = await connection.offer(hasVideo);
    const call = await this.inbox.run(async (session) => {
      const ring = session.inbox.placeCall(callId, [account], { now: session.now });
      const placed: CallRecord = {
        uuid: callKitUUID(session.identity.account, callId),
        callId,
        isOutgoing: true,
        account,
        ring,
        hasVideo,
        expiresAt: waitsUntil(ring),
        phase: "waiting",
      };
      await putCall(session, placed);
      return placed;
    });
    this.#live.set(call.uuid, { uuid: call.uuid, connection });
    try {
      const invite = { type: "call.invite", callId, hasVideo, offer } as const;
      const content = await this.outbox.fitted(invite, account);
      await this.outbox.send([{ to: account, content, now: call.ring }]);
      this.#watch(call);
    } catch (error) {
      await this.#leave(call, "failed"); // nothing was posted
      throw error;
    }
    this.uses.onChange();
    return call.uuid;
  }

  /** Answers a call that rings, after an act of the user. */
  async answer(uuid: string): Promise<void> {
    const ringing = await this.#record(uuid);
    if (ringing?.phase !== "ringing") throw over();
    for (const other of await this.#records()) {
      if (other.phase === "connected") await this.hangUp(other.uuid);
    }
    const call = await this.#answered(ringing);
    if (call === undefined) throw over();
    await this.#answerWith(call, await openMedia(call.hasVideo), []);
  }

  /** Declines a call that rings, after an act of the user. */
  async decline(uuid: string): Promise<void> {
    const call = await this.#record(uuid);
    if (call?.phase !== "ringing") return;
    const about = { callId: call.callId, caller: call.account, ring: call.ring };
    await this.#reach(call);
    await this.#endWith(
      call,
      "declined",
      { type: "call.end", reason: "declined", ...about },
      { type: "call.end", reason: "declinedElsewhere", ...about },
    );
  }

  /** Hangs up, or gives up calling. */
  async hangUp(uuid: string): Promise<void> {
    const call = await this.#record(uuid);
    if (call === undefined || call.phase === "ringing" || call.phase === "ending") return;
    const stands = (await this.#live.get(uuid)?.connection.hangUp()) ?? false;
    if (stands) return this.#leave(call, "ended"); // over the connection: no envelope
    if (call.phase === "waiting") return this.#giveUp(call);
    await this.#endWith(call, "ended", this.#endOf(call, "remoteEnded"));
  }

  /** Turns the microphone or the camera off, or on again. */
  turn(uuid: string, kind: "audio" | "video", isOn: boolean): void {
    for (const track of this.#live.get(uuid)?.connection.local.getTracks() ?? []) {
      if (track.kind === kind) track.enabled = isOn;
    }
    this.uses.onChange();
  }

  /** What is to be done of what came in. */
  async act(effect: Effect): Promise<void> {
    switch (effect.kind) {
      case "ring": {
        const call = await this.#record(effect.event.callUUID);
        if (call !== undefined) this.#watch(call);
        return;
      }
      case "crossed":
        return this.#cross(effect.event.content.callId, effect);
      case "signal":
        return this.#signal(effect);
      case "late":
        return this.#endLate(effect);
      case "second":
        return this.#tellTaken(effect);
      case "ended":
        this.#forget(effect.call.uuid);
        this.uses.onEnded(effect.call, effect.outcome);
        return;
      default:
        return;
    }
  }

  /** After a start: the calls of the page that is gone (spec/sharing.md, section 3). */
  async resume(): Promise<void> {
    for (const call of await this.#records()) {
      if (call.phase === "ringing") this.#watch(call);
      else if (call.phase === "waiting") await this.#giveUp(call);
      else if (call.phase !== "ending") {
        await this.#endWith(call, "failed", this.#endOf(call, "failed"));
      }
    }
  }

  close(): void {
    for (const { connection } of this.#live.values()) connection.close();
    clearInterval(this.#timer);
  }

  /**
   * Ends the rings, and a caller's patience, whose last moment has passed. A timer for that moment
   * would stand still while the machine sleeps, so the clock is looked at each second.
   */
  look(): void {
    const now = this.inbox.clock.now();
    for (const [uuid, end] of this.#watched) {
      if (+end > +now) continue;
      this.#watched.delete(uuid);
      this.#endWatched(uuid).catch(() => this.#watched.set(uuid, end)); // and looked at again
    }
  }

  // Answering.

  /** Saved before anything is sealed. Undefined if the call does not ring any more. */
  async #answered(ringing: CallRecord): Promise<CallRecord | undefined> {
    const answered = await this.inbox.run(async (session) => {
      const { account: caller, callId } = ringing;
      try {
        const ring = session.inbox.answered({ caller, callId, now: session.now });
        const call: CallRecord = { ...ringing, ring, phase: "answered" };
        await putCall(session, call);
        return call;
      } catch (error) {
        if (!HushringError.is(error) || error.code !== "call_over") throw error;
        await endCall(session, ringing, "missed");
        return undefined;
      }
    });
    this.uses.onRingOver(ringing.uuid, answered === undefined);
    return answered;
  }

  /** Seals the answer, and tells the own other devices, in one act with others. */
  async #answerWith(
    call: CallRecord,
    media: MediaStream,
    others: readonly Act[],
    sending: Sending = {},
  ): Promise<void> {
    this.#watched.delete(call.uuid);
    const { account, callId, ring, uuid } = call;
    const connection = this.#connection(() => uuid, media);
    this.#live.get(uuid)?.connection.close();
    this.#live.set(uuid, { uuid, connection });
    this.uses.onChange();
    try {
      const answer = await connection.answer(call.offer ?? "");
      await this.#reach(call);
      const said = { type: "call.answer", callId, ring, answer } as const;
      const content = await this.outbox.fitted(said, account);
      const about = { callId, ring, caller: account } as const;
      const own = { type: "call.end", reason: "answeredElsewhere", ...about } as const;
      await this.outbox.send([{ to: account, content, own }, ...others], sending);
    } catch (error) {
      // Nobody was told: the caller rings on, and the other devices may still answer.
      await this.#leave(call, "failed");
      throw error;
    }
    this.uses.onChange();
  }

  /** The device that calls may have been linked after its account's bundles were fetched (DEP7). */
  async #reach({ account, device }: CallRecord): Promise<void> {
    const targets = await this.bundles.targets(account).catch(() => []);
    const isKnown = targets.some(({ bundle }) => device && sameBytes(bundle.device, device));
    if (!isKnown) await this.bundles.refresh(account).catch(() => {});
  }

  // Ending.

  #endOf(call: CallRecord, reason: "failed" | "remoteEnded"): Content {
    const { account: caller, callId, isOutgoing, ring } = call;
    return isOutgoing
      ? { type: "call.end", callId, reason }
      : { type: "call.end", callId, reason, caller, ring };
  }

  /** Gives up a call that waits. If it has run out by itself, nothing is posted. */
  async #giveUp(call: CallRecord): Promise<void> {
    if (+call.expiresAt <= +this.inbox.clock.now()) return this.#runOut(call);
    const { callId } = call;
    await this.#endWith(call, "cancelled", { type: "call.end", callId, reason: "cancelled" });
  }

  /** Posts an end, and then leaves. */
  async #endWith(
    call: CallRecord,
    outcome: CallOutcome,
    content: Content,
    own?: Content,
  ): Promise<void> {
    this.#forget(call.uuid);
    const { uuid: forget } = call;
    await this.outbox
      .send([{ to: call.account, content, own, now: endTime(call, this.inbox.clock.now()) }], {
        after: { leave: [reference(call)], forget },
        also: (session) => this.#ending(session, call, outcome),
      })
      .catch(() => this.#leave(call, outcome)); // there is nobody to tell
    this.uses.onEnded(call, outcome);
  }

  async #ending(session: Session, call: CallRecord, outcome: CallOutcome): Promise<void> {
    await putCall(session, { ...call, phase: "ending" });
    await rememberCall(session, call, outcome);
  }

  /** Leaves a call of which nobody has to be told. */
  async #leave(call: CallRecord, outcome: CallOutcome): Promise<void> {
    this.#forget(call.uuid);
    await this.inbox.run(async (session) => {
      session.inbox.left(reference(call));
      await endCall(session, call, outcome);
    });
    this.uses.onEnded(call, outcome);
  }

  /** A ring, or the patience of a caller, is over: nothing is posted, and nothing left. */
  async #runOut(call: CallRecord): Promise<void> {
    const outcome = call.isOutgoing ? "unanswered" : "missed";
    this.#forget(call.uuid);
    await this.inbox.run((session) => endCall(session, call, outcome));
    this.uses.onEnded(call, outcome);
  }

  // What comes in.

  async #signal({ call, event }: Effect & { kind: "signal" }): Promise<void> {
    const { content } = event;
    const connection = this.#live.get(call.uuid)?.connection;
    switch (content.type) {
      case "call.answer":
        this.#watched.delete(call.uuid);
        try {
          await connection?.accept(content.answer ?? "");
        } catch {
          await this.#endWith(call, "failed", this.#endOf(call, "failed"));
        }
        this.uses.onChange();
        return;
      case "call.candidates":
        // One that this browser does not understand is passed over.
        await connection?.addCandidates(content.candidates).catch(() => {});
        return;
      case "call.invite": {
        // The caller rings again: this device, which has answered, answers anew.
        const { hasVideo, offer } = content;
        const again = await this.#answered({ ...call, hasVideo, offer });
        if (again === undefined) return;
        await this.#answerWith(again, await openMedia(hasVideo), []);
        return;
      }
      default:
        return;
    }
  }

  /** An answer after the user has stopped waiting (N22). */
  async #endLate({ event }: Effect & { kind: "late" }): Promise<void> {
    const { account } = event.sender;
    const { callId } = event.content;
    if (typeof callId !== "string") return;
    const content = { type: "call.end", callId, reason: "cancelled" } as const;
    await this.outbox
      .send([{ to: account, content }], { after: { leave: [{ callId }] } })
      .catch(() => {});
  }

  /** Tells the devices of an account which of them was taken. */
  async #tellTaken({ event }: Effect & { kind: "second" }): Promise<void> {
    const { content, sender, taken: device } = event;
    const { callId } = content;
    const word = { type: "call.end", callId, reason: "answeredElsewhere", device } as const;
    await this.outbox.send([{ to: sender.account, content: word }], {
      also: (session) => {
        session.inbox.acknowledge(event);
      },
    });
  }

  /** Both call each other (spec/sharing.md, 3.7). The ring is still in the journal. */
  async #cross(theirs: string, { event }: Effect & { kind: "crossed" }): Promise<void> {
    const own = (await this.#records()).find(({ callId }) => callId === event.crossed);
    // Else it waits for the answer to the own call, or for the end of that one: see `isPatient`.
    if (own?.phase !== "waiting" || own.callId < theirs) return;
    const { callUUID: uuid, content, expiresAt, sender, sentAt: ring } = event;
    const { hasVideo: theirVideo, offer } = content;
    const answered = await this.#answered({
      uuid,
      callId: theirs,
      isOutgoing: false,
      account: sender.account,
      device: sender.device,
      ring,
      // No more media than the user's own call had.
      hasVideo: theirVideo && own.hasVideo,
      offer,
      expiresAt,
      phase: "ringing",
    });
    if (answered === undefined) return;
    const tracks = this.#live.get(own.uuid)?.connection.local.getTracks() ?? [];
    const media = new MediaStream(tracks.map((track) => track.clone()));
    this.#forget(own.uuid);
    const { account: to, callId } = own;
    const cancelled = { type: "call.end", callId, reason: "cancelled" } as const;
    const now = endTime(own, this.inbox.clock.now());
    await this.#answerWith(answered, media, [{ to, content: cancelled, now }], {
      after: { leave: [{ callId }], forget: own.uuid },
      also: async (session) => {
        session.inbox.acknowledge(event);
        await putCall(session, { ...own, phase: "ending" });
      },
    });
  }

  // The connection.

  #connection(uuid: () => string, media: MediaStream): Connection {
    const withCall = (work: (call: CallRecord) => Promise<void>) => {
      this.#record(uuid())
        .then((call) => call && work(call))
        .catch(() => {}); // the call is over meanwhile
    };
    return new Connection(media, {
      onConnected: () => withCall((call) => this.#connected(call)),
      onHungUp: () => withCall((call) => this.#leave(call, "ended")),
      onSilent: () =>
        withCall((call) => this.#endWith(call, "failed", this.#endOf(call, "failed"))),
      onFlow: (flow) => {
        const live = this.#live.get(uuid());
        if (live !== undefined) live.flow = flow;
        this.uses.onChange();
      },
    });
  }

  async #connected(call: CallRecord): Promise<void> {
    const live = this.#live.get(call.uuid);
    if (live !== undefined) live.since = Date.now();
    await this.inbox.run((session) => putCall(session, { ...call, phase: "connected" }));
    // The own call that the user has let go by answering this one by hand (X4).
    for (const other of await this.#records()) {
      if (other.phase === "waiting" && sameBytes(other.account, call.account)) {
        await this.#giveUp(other);
      }
    }
    this.uses.onChange();
  }

  #watch({ uuid, expiresAt }: CallRecord): void {
    this.#watched.set(uuid, expiresAt);
    this.look();
  }

  async #endWatched(uuid: string): Promise<void> {
    const call = await this.#record(uuid);
    if (call?.phase === "ringing" || call?.phase === "waiting") await this.#runOut(call);
  }

  /** Closes what this page holds of a call. */
  #forget(uuid: string): void {
    this.#watched.delete(uuid);
    this.#live.get(uuid)?.connection.close();
    this.#live.delete(uuid);
  }

  async #records(): Promise<readonly CallRecord[]> {
    return (await this.inbox.vault.read("calls")) ?? [];
  }

  async #record(uuid: string): Promise<CallRecord | undefined> {
    return (await this.#records()).find((call) => call.uuid === uuid);
  }
}

/** A caller's end is never dated before its ring, also if the clock went back. */
function endTime(call: CallRecord, now: Date): Date {
  return call.isOutgoing ? new Date(Math.max(+now, +call.ring)) : now;
}

function over(): PeerError {
  return new PeerError("call_over", "The call is over.");
}

/**
 * How long rings that cross an own call stay in the journal. Afterwards they are reported, because
 * the other app may have lost its call, and calls back.
 */
export class Patience {
  readonly #since = new Map<string, number>();

  constructor(private readonly onOver: () => void) {}

  readonly isPatient = (event: { readonly callUUID: string; readonly sentAt: Date }): boolean => {
    const name = `${event.callUUID} ${+event.sentAt}`;
    const since = this.#since.get(name);
    if (since === undefined) {
      this.#since.set(name, performance.now());
      setTimeout(this.onOver, pace.crossing + 50);
      return true;
    }
    return performance.now() - since < pace.crossing;
  };
}
