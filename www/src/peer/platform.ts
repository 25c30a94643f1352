// What a browser must have, and the names of what it lacks.

/** Returns what is missing, in words for people. */
export function missing(): string[] {
  const needs: readonly (readonly [string, boolean])[] = [
    ["a secure context (https, or localhost)", globalThis.isSecureContext === true],
    ["WebCrypto", globalThis.crypto?.subtle !== undefined],
    ["IndexedDB", "indexedDB" in globalThis],
    ["Web Locks", "locks" in navigator],
    ["BroadcastChannel", "BroadcastChannel" in globalThis],
    ["service workers", "serviceWorker" in navigator],
    ["WebRTC", "RTCPeerConnection" in globalThis],
    ["WebAssembly", "WebAssembly" in globalThis],
  ];
  return needs.flatMap(([name, isThere]) => (isThere ? [] : [name]));
}
