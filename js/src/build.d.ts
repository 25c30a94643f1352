/**
 * The version of this package and the hash of its wasm, which the wasm names as well, in a section
 * of its own. The module is written by scripts/assemble.mjs.
 */
export const build: string;
