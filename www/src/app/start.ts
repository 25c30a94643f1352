// From a page's address to its app: what the browser lacks, who is in charge of the installation,
// the service worker, and then the peer.

import { HushringError } from "hushring";
import { Charge, installationOf } from "../peer/installation.js";
import { Observable } from "../peer/observable.js";
import { Peer, type PeerEvents } from "../peer/peer.js";
import { missing } from "../peer/platform.js";
import type { Stirring } from "../peer/pushes.js";
import { WorkerLink } from "../peer/worker-link.js";

export type Place = "desk" | "phone";

export type Stage =
  | { readonly name: "starting" }
  /** Says what the browser lacks. */
  | { readonly name: "missing"; readonly text: string }
  /** Another tab is in charge of this installation. */
  | { readonly name: "elsewhere"; readonly takeOver: () => void }
  | { readonly name: "failed"; readonly error: unknown }
  | { readonly name: "open"; readonly peer: Peer };

/** Starts the app of a page. */
export function start(place: Place, events: PeerEvents): Observable<Stage> {
  const stage = new Observable<Stage>({ name: "starting" });
  const what = missing();
  if (what.length > 0) {
    stage.value = { name: "missing", text: `The pages need ${what.join(", ")}.` };
    return stage;
  }
  const installation = installationOf(place, location.search);
  const open = async () => {
    stage.value = { name: "starting" };
    try {
      const worker = place === "phone" ? await registerWorker() : undefined;
      stage.value = { name: "open", peer: await Peer.open(installation, events, worker) };
    } catch (error) {
      const isPlatform = HushringError.is(error) && error.code === "unsupported_platform";
      stage.value = isPlatform
        ? { name: "missing", text: `${error.message}.` }
        : { name: "failed", error };
    }
  };
  const charge = new Charge(installation, {
    onHeld: open,
    onElsewhere: () => {
      if (stage.value.name === "open") stage.value.peer.close();
      stage.value = { name: "elsewhere", takeOver: () => charge.takeOver() };
    },
  });
  const stir = (stirring: Stirring) => {
    if (stage.value.name === "open") stage.value.peer.stir(stirring);
  };
  addEventListener("online", () => stir("online"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stir("visible");
  });
  charge.begin();
  return stage;
}

/** What a code opens where a camera app reads it. */
export function codeAddress(): string {
  return `${location.origin}/phone/`;
}

/** Each installation has a worker of its own, so the scope and the script have its number. */
function registerWorker(): Promise<WorkerLink> {
  const number = new URLSearchParams(location.search).get("device");
  const search = number === null ? "" : `?device=${encodeURIComponent(number)}`;
  return WorkerLink.register(trustedScript(`/phone/worker.js${search}`), `/phone/${search}`);
}

/** The page's policy has Trusted Types: a script's address needs somebody who vouches for it. */
function trustedScript(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url;
  const policy = trustedTypes.createPolicy("hushring", {
    createScriptURL: (given) => {
      if (!/^\/phone\/worker\.js(\?device=\w+)?$/.test(given)) throw new TypeError(given);
      return given;
    },
  });
  return policy.createScriptURL(url);
}

/** The part of Trusted Types that is used. TypeScript's library does not have it yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (given: string) => string },
  ): { createScriptURL(given: string): string };
}
