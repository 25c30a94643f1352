// With the DOM's types: what a browser has goes in.

import type { Bytes } from "hushring";
import { init } from "hushring/slim";

init(fetch("hushring.wasm"));
declare const response: Response;
init(response);
declare const module: WebAssembly.Module;
init(module);
init(WebAssembly.compileStreaming(fetch("hushring.wasm")));
// @ts-expect-error: a URL is nothing to load from
init(new URL("hushring.wasm", "https://example.org"));

// What comes out can go where the DOM wants bytes.
declare const bytes: Bytes;
export const digest: Promise<ArrayBuffer> = crypto.subtle.digest("SHA-256", bytes);
