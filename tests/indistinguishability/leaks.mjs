// Senders and relays that tell a call from a message, each in one way. The experiment must catch
// every one of them, or it proves nothing.
//
// A leak wraps what generate.mjs does: which bundle is chosen, the sealed envelope, its push, the
// order in which a batch is pushed, or the script of a conversation.

export const leaks = (random) => ({
  none: {},

  "longer envelope": {
    envelope: (sealed, { kind }) =>
      kind === "call" ? Uint8Array.of(...sealed, ...new Uint8Array(64)) : sealed,
  },

  "version byte": {
    envelope: (sealed, { kind }) => sealed.with(0, kind === "call" ? 2 : 1),
  },

  "zeros for padding": {
    envelope: (sealed, { spare }) => sealed.fill(0, 2_864 - spare, 2_864),
  },

  "prekey by kind": {
    choose: (bundles, kind) => bundles[kind === "call" ? 0 : 1],
  },

  "expires sooner": {
    push: (request, { kind, time }) =>
      kind === "call"
        ? header(request, "apns-expiration", String(Math.floor(time / 1_000) + 60))
        : request,
  },

  "lower priority": {
    push: (request, { kind }) =>
      kind === "call" ? request : header(request, "apns-priority", "5"),
  },

  "headers' order": {
    push: ({ headers, ...request }, { kind }) => ({
      ...request,
      headers: kind === "call" ? Object.fromEntries(Object.entries(headers).reverse()) : headers,
    }),
  },

  "calls pushed first": {
    order: (kinds) => {
      const places = kinds.map((_, place) => place);
      return [
        ...places.filter((place) => kinds[place] === "call"),
        ...places.filter((place) => kinds[place] !== "call"),
      ];
    },
  },

  /** The last bit of the ciphertext is 1 in 55 % of calls, and in 50 % of messages. */
  "one bit, 5 %": {
    envelope: (sealed, { kind }) =>
      kind === "call" && random() < 0.1 ? sealed.with(2_863, sealed[2_863] | 1) : sealed,
  },

  /** No envelope is at fault here: what the claim leaves out, and any server sees. */
  "end after call": {
    script: () =>
      random() < 0.5
        ? [{ kind: "call" }, { kind: "end", gap: 30 + 60 * random() }]
        : Array.from({ length: 1 + Math.floor(6 * random()) }, () => ({ kind: "message" })),
  },
});

function header(request, name, value) {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
