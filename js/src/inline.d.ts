/**
 * The wasm, compressed (zlib format) and in base64. The module is written by scripts/assemble.mjs.
 */
export const wasm: string;
