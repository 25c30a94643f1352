/**
 * Bytes that this package hands out: a plain `Uint8Array` that owns the whole of its buffer, never
 * a view of the wasm's memory.
 */
export type Bytes = ReturnType<typeof Uint8Array.of>;
