import { HushringError } from "hushring";
import { Observable } from "../peer/observable.js";
import type { CallOutcome, ExplainedEnvelope } from "../peer/records.js";
import { RelayError } from "../peer/relay.js";
import type { NoticeView } from "../ui/types.js";

/** What a page has to say. A notice goes by itself after a while, unless it is a problem. */
export class NoticeList {
  readonly shown = new Observable<readonly NoticeView[]>([]);

  add(tone: NoticeView["tone"], text: string): void {
    if (this.shown.value.some((notice) => notice.text === text)) return;
    const id = crypto.randomUUID();
    this.shown.value = [...this.shown.value, { id, tone, text }].slice(-4);
    setTimeout(() => this.close(id), tone === "error" ? 20_000 : 6_000);
  }

  /** Shows what has failed. */
  readonly problem = (error: unknown): void => this.add("error", textOf(error));

  readonly close = (id: string): void => {
    this.shown.value = this.shown.value.filter((notice) => notice.id !== id);
  };
}

/** Words for an error. What hushring refuses is named by its code, which the guide explains. */
export function textOf(error: unknown): string {
  if (HushringError.is(error)) return `hushring refuses this: ${error.message}`;
  if (error instanceof RelayError && error.status === 401) {
    return "The relay does not know this device. Remove this site’s data, and set it up anew.";
  }
  return error instanceof Error ? error.message : String(error);
}

/** How a call ended, in words. */
export function outcomeText(outcome: CallOutcome, isOutgoing: boolean): string {
  switch (outcome) {
    case "answeredElsewhere":
      return "Answered on another device";
    case "declinedElsewhere":
      return "Declined on another device";
    case "declined":
      return isOutgoing ? "Declined" : "You declined";
    case "cancelled":
      return "You gave up";
    case "failed":
      return "The connection failed";
    case "missed":
      return "Missed call";
    case "unanswered":
      return "Nobody answered";
    case "ended":
      return "Call ended";
  }
}

/** What became of an envelope, in a few words. Codes are those of the specification. */
export function resultText({ action, reason, code }: Pick<ExplainedEnvelope, Told>): string {
  if (code === "untrusted") return "From a stranger";
  if (code !== undefined) return `Refused: ${code}`;
  const word = action === undefined ? "" : actionTexts[action];
  return reason === undefined ? word : `${word}: ${reason}`;
}

type Told = "action" | "reason" | "code";

const actionTexts: Readonly<Record<NonNullable<ExplainedEnvelope["action"]>, string>> = {
  ring: "Rings",
  missed: "Missed call",
  end: "The end of a call",
  signal: "For a call that is up",
  second: "A second answer",
  notify: "Message",
  drop: "Nothing to show",
};
