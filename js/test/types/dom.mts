// With the DOM's types: what a browser has goes in.

import {
  type Bytes,
  type Candidate,
  type Description,
  type Device,
  fromDescription,
  fromIceCandidate,
  fromIceCandidates,
  HushringError,
  measure,
  type PrekeyBundle,
} from "hushring";
import { init } from "hushring/slim";

init(fetch("hushring.wasm"));
declare const response: Response;
init(response);
declare const module: WebAssembly.Module;
init(module);
init(WebAssembly.compileStreaming(fetch("hushring.wasm")));
// @ts-expect-error: a URL does not load
init(new URL("hushring.wasm", "https://example.org"));

// An interface of the browser can be sealed.
declare const device: Device;
declare const bundle: PrekeyBundle;
declare const offer: RTCSessionDescriptionInit;
const callId = crypto.randomUUID();
device.seal(bundle, { type: "call.invite", callId, hasVideo: true, data: offer });
device.seal(bundle, { type: "app.offer", offer });
measure({
  type: "call.negotiate",
  callId,
  description: { type: offer.type, sdp: offer.sdp ?? "" },
});
// @ts-expect-error: its sdp may be missing
measure({ type: "call.negotiate", callId, description: offer });
declare const candidate: RTCIceCandidate;
// @ts-expect-error: an instance of a class has methods
device.seal(bundle, { type: "app.candidate", candidate });

// Its objects become members of content.
declare const connection: RTCPeerConnection;
declare const iceEvent: RTCPeerConnectionIceEvent;
export const description: Description = fromDescription(connection.localDescription);
fromDescription(offer);
export const copied: Candidate = fromIceCandidate(candidate);
fromIceCandidate(candidate.toJSON());
measure({
  type: "call.candidates",
  callId,
  candidates: fromIceCandidates([iceEvent.candidate, candidate]),
});
measure({ type: "call.negotiate", callId, description });
// And back.
if (description.type === "rollback") connection.setRemoteDescription({ type: "rollback" });
else connection.setRemoteDescription(description);

// An error that another thread sent.
declare const message: MessageEvent;
HushringError.from(message.data)?.code;

// What comes out can go where the DOM wants bytes.
declare const bytes: Bytes;
export const digest: Promise<ArrayBuffer> = crypto.subtle.digest("SHA-256", bytes);
