// What a browser must have, and the names of what it lacks; and what it promises.

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

/**
 * Asks the browser to keep what is stored here until the user deletes it. Some ask the user.
 * Returns whether it will.
 */
export async function askToKeep(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}

/** Returns whether the browser has promised to keep what is stored here. */
export async function isKept(): Promise<boolean> {
  return (await navigator.storage?.persisted?.()) ?? false;
}
