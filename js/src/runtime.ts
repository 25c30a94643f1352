import { HushringError } from "./error.js";
import { abandon, type Failure, wipeStack } from "./glue.js";
import { wiping } from "./untrusted/copies.js";
import { isPlainObject } from "./untrusted/slots.js";

/**
 * @internal Reads arguments, then calls into the wasm with them. Only `read` may run code of the
 * caller's, which getters, iterators and proxies hide: what that code frees is freed before `body`
 * asks for its handle, and what it throws is passed on as it is.
 */
export function callWith<A, T>(read: () => A, body: (read: A) => T): T {
  checkReady();
  return wiping(() => {
    const values = read();
    return call(() => body(values));
  });
}

/**
 * @internal Calls into the wasm. Throws `not_initialized` before init, and makes a HushringError of
 * the binding's failures. Whatever else is thrown comes from the wasm, which may have stopped
 * anywhere, with half of a change made: it is `trapped`, and nothing calls into the wasm again.
 */
export function call<T>(body: () => T): T {
  checkReady();
  try {
    return clean(body);
  } catch (error) {
    // Assigning needs no stack. What judges the error does, and there may be none left.
    unjudged = { error };
    const judged = judge(error);
    unjudged = undefined;
    throw judged;
  }
}

/** @internal */
export function errorOf(failure: Failure): HushringError {
  return new HushringError(failure.code, failure.message, failure);
}

/** @internal Says that the wasm is loaded. */
export function setReady(): void {
  ready = true;
}

/** @internal Returns the error of the trap, if there was one: every later call throws it. */
export function trapError(): HushringError | undefined {
  return trapped;
}

/**
 * Runs a call, and then wipes the copies that it made, and the stack that it used in the wasm. If
 * the wasm has stopped somewhere, the stack is wiped with all of its memory instead.
 */
function clean<T>(body: () => T): T {
  depth += 1;
  let result: T;
  try {
    result = wiping(body);
  } catch (error) {
    if (depth === 1 && (HushringError.is(error) || isFailure(error))) wipeStack();
    throw error;
  } finally {
    depth -= 1;
  }
  if (depth === 0) wipeStack();
  return result;
}

function judge(error: unknown): HushringError {
  if (HushringError.is(error)) return error;
  return isFailure(error) ? errorOf(error) : trap(error);
}

/** How many calls are running, one within another: a polyfill of the platform's may call again. */
let depth = 0;
let ready = false;
let trapped: HushringError | undefined;
/** What a call threw, while it is not known whether the wasm has stopped. */
let unjudged: { readonly error: unknown } | undefined;

function checkReady(): void {
  if (unjudged !== undefined) trap(unjudged.error);
  if (trapped !== undefined) throw trapped;
  if (!ready) throw new HushringError("not_initialized", "call and await init() first");
}

function trap(cause: unknown): HushringError {
  if (trapped === undefined) {
    const message =
      "the WebAssembly failed within this call, and is not used again: start a new process, or " +
      "load the page anew, and load the inbox from what was saved last";
    trapped = new HushringError("trapped", message, {}, { cause });
    abandon();
  }
  return trapped;
}

/** The binding throws plain objects. A trap is an error. */
function isFailure(value: unknown): value is Failure {
  if (!isPlainObject(value)) return false;
  const { code, message } = value;
  return typeof code === "string" && typeof message === "string";
}
