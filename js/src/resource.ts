import { HushringError } from "./error.js";
import { call, trapError } from "./runtime.js";
import { describe, withArticle } from "./untrusted/describe.js";
import { invalid, mustBe } from "./untrusted/require.js";

/**
 * An object that holds memory of the wasm, which may contain secrets. `free()` (or `using`, where
 * the language has it) wipes and releases it at once; otherwise it is freed on garbage collection.
 * Nothing of it can be enumerated, inspected or turned into JSON.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: it is defined below.
export abstract class Resource {
  /**
   * Wipes and releases this object's memory, at once, or as soon as a call that is using it ends.
   * Any later use throws `freed`; freeing twice does nothing. After a trap there is nothing to free:
   * all that the wasm held was wiped then.
   */
  free(): void {
    const handle = handles.get(this);
    if (handle === undefined || handle === null) return;
    handles.set(this, null);
    if (trapError() === undefined) call(() => handle.free());
  }
}

export interface Resource extends WithDispose {}

/** `[Symbol.dispose]()`, the same as `free()`, where the compiler's libraries know that symbol. */
export type WithDispose = typeof Symbol extends { readonly dispose: infer Dispose extends symbol }
  ? { [Key in Dispose]: () => void }
  : Record<never, never>;

/** @internal */
export interface Owned {
  free(): void;
}

/** @internal A class, also one whose constructor is private. */
// biome-ignore lint/complexity/noBannedTypes: no other type fits a private constructor.
export type Kind<H> = Function & { readonly prototype: H };

/**
 * @internal Makes `resource` the owner of `handle`, which must be one of `kind`: users cannot call
 * constructors. `way` says what they call instead.
 */
export function own<H extends Owned>(
  resource: Resource,
  handle: H,
  kind: Kind<H>,
  way: string,
): void {
  if (!(handle instanceof kind)) {
    throw new HushringError("invalid_argument", `this class has no public constructor: use ${way}`);
  }
  handles.set(resource, handle);
}

/**
 * @internal Returns what `resource` owns. Throws `freed`, and `invalid_argument` if it is not one of
 * `kind`. `name` is the argument's, and `what` the names of the classes that it may be of.
 */
export function handleOf<H extends Owned>(
  resource: unknown,
  kind: Kind<H>,
  name: string,
  ...what: readonly string[]
): H {
  return call(() => {
    const handle = handles.get(resource as Resource);
    const expected = what.map(withArticle).join(" or ");
    if (handle === null) throw new HushringError("freed", `${name} is ${expected} that was freed`);
    if (handle === undefined && what.map(withArticle).includes(describe(resource))) {
      throw invalid(`${name} must be ${expected} itself, not a proxy or copy of it`);
    }
    if (!(handle instanceof kind)) throw mustBe(name, expected, resource);
    return handle as H;
  });
}

/** @internal Returns what `resource` owns, if it is one of `kind`. */
export function owned<H extends Owned>(resource: unknown, kind: Kind<H>): H | undefined {
  const handle = handles.get(resource as Resource);
  return handle instanceof kind ? (handle as H) : undefined;
}

/** @internal Uses a handle without an owner, and frees it, which after a trap does nothing. */
export function lend<H extends Owned, T>(handle: H, body: (handle: H) => T): T {
  try {
    return call(() => body(handle));
  } finally {
    handle.free();
  }
}

const handles = new WeakMap<Resource, Owned | null>();

// Older engines have no such symbol.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(Resource.prototype, Symbol.dispose, {
    value: Resource.prototype.free,
    configurable: true,
    writable: true,
  });
}
