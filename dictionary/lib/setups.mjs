// Every set-up of the corpus. A set-up belongs to one half as a whole: what is held back (codec
// orders, combinations of media, kinds of renegotiation, networks) never appears in training.

const audio = { kind: "audio" };
const video = { kind: "video" };
const codecs = (...names) => ({ kind: "video", codecs: names });
const codecsOnly = (...names) => ({ kind: "video", codecs: names, codecsOnly: true });

const bareHosts = ["--disable-features=WebRtcHideLocalIpsWithMdns"];
const first = ["offer-trickle", "offer-gathered", "answer-trickle", "answer-gathered", "offer-candidates"];
const descriptions = ["offer-trickle", "answer-trickle"];
const offers = ["offer-trickle", "offer-gathered"];

const chromium = (half, name, rest) => ({ browser: "chromium", half, name: `chromium-${name}`, network: "one", ...rest });
const firefox = (half, name, rest) => ({ browser: "firefox", half, name: `firefox-${name}`, network: "one", ...rest });

export const setUps = [
  // Chromium, training.
  chromium("train", "a", { tracks: [audio], source: "page", keep: first }),
  chromium("train", "a-stun", { tracks: [audio], ice: "stun", network: "wifi", keep: ["offer-gathered", "offer-candidates", "answer-gathered"] }),
  chromium("train", "a-opus-only", { tracks: [{ kind: "audio", codecs: ["opus"], codecsOnly: "bare" }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "a-recvonly", { tracks: [{ kind: "audio", direction: "recvonly" }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "d", { data: true, keep: first }),
  chromium("train", "av", { tracks: [audio, video], source: "page", keep: first, like: ["macos-chrome", "ios"] }),
  chromium("train", "av-turn", { tracks: [audio, video], ice: "turn", network: "wifi", keep: ["offer-gathered", "answer-gathered", "offer-candidates", "answer-candidates"], like: ["ios"] }),
  chromium("train", "av-bare-hosts", { tracks: [audio, video], source: "page", network: "dual", flags: bareHosts, keep: ["offer-gathered", "offer-candidates"] }),
  chromium("train", "av-data", { tracks: [audio, video], data: true, bundlePolicy: "max-bundle", keep: first }),
  chromium("train", "av-max-bundle-stun", { tracks: [audio, video], bundlePolicy: "max-bundle", ice: "stun", network: "dual", keep: ["offer-gathered", "offer-candidates"], like: ["android"] }),
  chromium("train", "av-h264-only", { tracks: [audio, codecsOnly("h264")], source: "page", keep: descriptions }),
  chromium("train", "av-h264-first", { tracks: [audio, codecs("h264")], source: "page", keep: offers, rounds: 1 }),
  chromium("train", "av-vp8-only", { tracks: [audio, codecsOnly("vp8")], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "av-av1-first", { tracks: [audio, codecs("av1", "vp9")], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "av-recvonly", { tracks: [{ kind: "audio", direction: "recvonly" }, { kind: "video", direction: "recvonly" }], answer: [audio, video], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "av-answered-audio-only", { tracks: [audio, video], answer: [audio], source: "page", keep: ["answer-trickle"] }),
  chromium("train", "av-simulcast", { tracks: [audio, { kind: "video", simulcast: 3 }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "a-v-v", { tracks: [audio, video, { kind: "video", shared: false }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("train", "a-upgraded", { tracks: [audio], source: "page", steps: ["add-video", "hold", "resume", "remove-video"], keep: ["add-video-offer-trickle", "add-video-answer-trickle", "hold-offer-trickle", "hold-answer-trickle", "remove-video-offer-trickle", "remove-video-answer-trickle"], rounds: 1 }),
  chromium("train", "av-screen", { tracks: [audio, video], source: "page", steps: ["add-screen"], keep: ["add-screen-offer-trickle", "add-screen-answer-trickle"] }),
  chromium("train", "av-restarted", { tracks: [audio, video], network: "wifi", ice: "stun", steps: ["restart"], keep: ["restart-offer-trickle", "restart-answer-trickle", "restart-offer-candidates"] }),
  chromium("train", "a-held", { tracks: [audio], source: "page", steps: ["hold"], keep: ["hold-offer-trickle", "hold-answer-trickle"], rounds: 1 }),

  // Chromium, held back.
  chromium("held-back", "ad", { tracks: [audio], data: true, source: "page", keep: first }),
  chromium("held-back", "a-turn", { tracks: [audio], ice: "turn", network: "dual", keep: ["offer-gathered", "answer-gathered", "offer-candidates", "answer-candidates"] }),
  chromium("held-back", "a-dtx-g722-first", { tracks: [{ kind: "audio", codecs: ["g722", "pcmu"] }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "v", { tracks: [video], source: "page", keep: first, rounds: 1 }),
  chromium("held-back", "av-max-compat", { tracks: [audio, video], bundlePolicy: "max-compat", source: "page", keep: first, rounds: 1 }),
  chromium("held-back", "av-two-streams-wifi", { tracks: [audio, { kind: "video", shared: false }], network: "wifi", ice: "stun", keep: first, like: ["safari", "windows-chrome"] }),
  chromium("held-back", "av-data-turn", { tracks: [audio, video], data: true, ice: "turn", network: "wifi", keep: ["offer-gathered", "answer-gathered", "offer-candidates", "answer-candidates"] }),
  chromium("held-back", "av-data-max-bundle-turn", { tracks: [audio, video], data: true, bundlePolicy: "max-bundle", ice: "turn", network: "dual", keep: ["offer-gathered", "offer-candidates"] }),
  chromium("held-back", "av-relay-only", { tracks: [audio, video], ice: "turn", relayOnly: true, keep: ["offer-gathered", "offer-candidates"] }),
  chromium("held-back", "av-bare-hosts-data", { tracks: [audio, video], data: true, network: "wifi", flags: bareHosts, source: "page", keep: ["offer-gathered", "offer-candidates"] }),
  chromium("held-back", "av-vp9-first", { tracks: [audio, codecs("vp9")], source: "page", keep: first }),
  chromium("held-back", "av-vp9-only-data", { tracks: [audio, codecsOnly("vp9")], data: true, source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-h264-vp8-bare", { tracks: [audio, { kind: "video", codecs: ["h264", "vp8"], codecsOnly: "bare" }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-video-first", { tracks: [video, audio], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-sendonly-video", { tracks: [audio, { kind: "video", direction: "sendonly" }], answer: [audio], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-recvonly-video-data", { tracks: [audio, { kind: "video", direction: "recvonly" }], data: true, answer: [audio, video], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-simulcast-two-data", { tracks: [audio, { kind: "video", simulcast: 2 }], data: true, source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "a-a-v-v", { tracks: [audio, video, { kind: "audio", shared: false }, { kind: "video", shared: false }], source: "page", keep: descriptions, rounds: 1 }),
  chromium("held-back", "av-screen-data-restarted", { tracks: [audio, video], data: true, source: "page", steps: ["add-screen", "restart"], keep: ["add-screen-offer-trickle", "restart-offer-trickle", "restart-answer-trickle", "restart-offer-candidates"], rounds: 1 }),
  chromium("held-back", "av-muted", { tracks: [audio, video], source: "page", steps: ["mute-both", "stop-video"], keep: ["mute-both-offer-trickle", "mute-both-answer-trickle", "stop-video-offer-trickle", "stop-video-answer-trickle"], rounds: 1 }),
  chromium("held-back", "d-callee-adds", { data: true, source: "page", steps: ["callee-add-audio", "callee-add-video"], keep: ["callee-add-audio-offer-trickle", "callee-add-audio-answer-trickle", "callee-add-video-offer-trickle", "callee-add-video-answer-trickle"], rounds: 1 }),

  // Firefox, training.
  firefox("train", "a", { tracks: [audio], source: "page", keep: first }),
  firefox("train", "d", { data: true, keep: first, rounds: 1 }),
  firefox("train", "av", { tracks: [audio, video], source: "page", keep: first }),
  firefox("train", "av-stun", { tracks: [audio, video], ice: "stun", network: "wifi", keep: ["offer-gathered", "offer-candidates"] }),
  firefox("train", "av-turn", { tracks: [audio, video], ice: "turn", network: "wifi", bundlePolicy: "max-bundle", keep: ["offer-gathered", "offer-candidates", "answer-candidates"] }),
  firefox("train", "av-h264", { tracks: [audio, video], source: "page", h264: true, keep: first }),
  firefox("train", "av-h264-restarted", { tracks: [audio, video], source: "page", h264: true, steps: ["restart", "hold"], keep: ["restart-offer-trickle", "restart-answer-trickle", "hold-offer-trickle", "hold-answer-trickle"], rounds: 1 }),
  firefox("train", "av-h264-screen", { tracks: [audio, video], source: "page", h264: true, steps: ["add-screen"], keep: ["add-screen-offer-trickle", "add-screen-answer-trickle"], rounds: 1 }),
  firefox("train", "a-upgraded", { tracks: [audio], source: "page", h264: true, steps: ["add-video", "remove-video"], keep: ["add-video-offer-trickle", "add-video-answer-trickle", "remove-video-offer-trickle"], rounds: 1 }),

  // Firefox, held back.
  firefox("held-back", "ad", { tracks: [audio], data: true, source: "page", keep: first, rounds: 1 }),
  firefox("held-back", "av-data-h264", { tracks: [audio, video], data: true, source: "page", h264: true, keep: first }),
  firefox("held-back", "av-data-h264-turn", { tracks: [audio, video], data: true, network: "dual", ice: "turn", h264: true, bundlePolicy: "max-bundle", keep: ["offer-gathered", "offer-candidates"] }),
  firefox("held-back", "a-stun", { tracks: [audio], network: "wifi", ice: "stun", keep: ["offer-gathered", "answer-gathered", "offer-candidates"] }),
  firefox("held-back", "av-h264-first", { tracks: [audio, codecs("h264")], source: "page", h264: true, keep: descriptions, rounds: 1 }),
  firefox("held-back", "av-simulcast-h264", { tracks: [audio, { kind: "video", simulcast: 3 }], source: "page", h264: true, keep: descriptions, rounds: 1 }),
  firefox("held-back", "av-recvonly-h264", { tracks: [audio, { kind: "video", direction: "recvonly" }], answer: [audio, video], source: "page", h264: true, keep: descriptions, rounds: 1 }),
  firefox("held-back", "av-data-muted", { tracks: [audio, video], data: true, source: "page", steps: ["mute-both", "callee-restart"], keep: ["mute-both-offer-trickle", "mute-both-answer-trickle", "callee-restart-offer-trickle"], rounds: 1 }),

  // Many interfaces and servers: what may be too large for one envelope.
  chromium("stress", "av-data-many-networks-turn", { tracks: [audio, video], data: true, ice: "turn", network: "many", keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  chromium("stress", "av-max-bundle-many-networks-turn", { tracks: [audio, video], bundlePolicy: "max-bundle", ice: "turn", network: "many", keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  firefox("stress", "av-data-many-networks-turn", { tracks: [audio, video], data: true, ice: "turn", network: "many", h264: true, keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  firefox("stress", "av-devices-many-networks-stun", { tracks: [audio, video], ice: "stun", network: "many", h264: true, keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  chromium("stress", "av-data-crowd-turn", { tracks: [audio, video], data: true, ice: "turn", network: "crowd", keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  chromium("stress", "a-v-v-data-crowd-stun", { tracks: [audio, video, video], data: true, ice: "stun", network: "crowd", keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  chromium("stress", "av-max-bundle-crowd-turn", { tracks: [audio, video], bundlePolicy: "max-bundle", ice: "turn", network: "crowd", keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
  firefox("stress", "av-data-crowd-turn", { tracks: [audio, video], data: true, ice: "turn", network: "crowd", h264: true, keep: ["offer-gathered", "offer-candidates"], rounds: 1 }),
];
