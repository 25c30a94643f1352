import { build } from "./build.js";
import { HushringError } from "./error.js";
import { finishInit, imports } from "./glue.js";
import { requirePlatform, unsupported } from "./platform.js";
import { setReady, trapError } from "./runtime.js";
import { invalid, mustBe } from "./untrusted/require.js";
import { isObject } from "./untrusted/slots.js";

/**
 * @internal Loads the wasm once. Concurrent calls share one attempt; a failed one may be repeated.
 */
export function initialise(source: () => unknown): Promise<void> {
  const trapped = trapError();
  if (trapped !== undefined) return Promise.reject(trapped);
  running ??= load(source).catch((error: unknown) => {
    running = undefined;
    throw error;
  });
  return running;
}

let running: Promise<void> | undefined;

async function load(source: () => unknown): Promise<void> {
  requirePlatform("WebAssembly", "TextDecoder", "TextEncoder");
  const given = source();
  if (!isObject(given)) throw mustBe("the argument of init", sources, given);
  const module = await moduleOf(await given);
  const found = buildOf(module);
  if (found !== build) throw wrong(found === undefined ? "another module" : `hushring ${found}`);
  try {
    const instance = await WebAssembly.instantiate(module, imports());
    finishInit(instance, module);
  } catch (error) {
    throw await notStarted(error);
  }
  setReady();
}

/** @internal Why the platform did not start a module that is whole. */
export async function notStarted(cause: unknown): Promise<HushringError> {
  if (await isForbidden()) return forbidden(cause);
  return unsupported("the platform did not start the WebAssembly", cause);
}

const sources = "the wasm: bytes, a WebAssembly.Module or a Response";

async function moduleOf(source: unknown): Promise<WebAssembly.Module> {
  if (!isObject(source)) throw mustBe("the argument of init", sources, source);
  if (ArrayBuffer.isView(source) || isArrayBuffer(source)) return compile(source as BufferSource);
  if (isResponse(source)) {
    const { ok, status } = source;
    if (ok !== true) {
      const which = typeof status === "number" ? `status ${status}` : "no status";
      throw invalid(`the response with the wasm has ${which}`);
    }
    return compile(await source.arrayBuffer());
  }
  if (sectionsOf(source) === undefined) throw mustBe("the argument of init", sources, source);
  return source as WebAssembly.Module;
}

async function compile(bytes: BufferSource): Promise<WebAssembly.Module> {
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    if (await isForbidden()) throw forbidden(error);
    if (!WebAssembly.validate(simdModule)) {
      throw unsupported("this platform has no SIMD in its WebAssembly", error);
    }
    switch ((error as Partial<Error> | null)?.name) {
      case "CompileError":
        throw wrong("bytes that are not a whole module", error);
      case "TypeError":
        throw invalid("the wasm must be in an ArrayBuffer that is neither shared nor detached");
      default:
        throw unsupported("the platform did not compile the WebAssembly", error);
    }
  }
}

/**
 * Whether nothing may be compiled, not even a module without anything in it. Older WebKit compiles
 * it, and then refuses to start it.
 */
async function isForbidden(): Promise<boolean> {
  try {
    await WebAssembly.instantiate(await WebAssembly.compile(emptyModule));
    return false;
  } catch {
    return true;
  }
}

function forbidden(cause: unknown): HushringError {
  return unsupported(
    "WebAssembly may not be compiled here: the Content Security Policy of the page needs " +
      "'wasm-unsafe-eval' in its script-src",
    cause,
  );
}

const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** A function with two instructions of SIMD, the newest feature that the wasm needs. */
const simdModule = Uint8Array.of(
  ...emptyModule,
  ...[1, 5, 1, 0x60, 0, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 10, 1, 8, 0, 0x41, 0, 0xfd, 15, 0xfd, 98, 11],
);

/** @internal */
export function wrong(found: string, cause?: unknown): HushringError {
  return new HushringError(
    "wrong_wasm",
    `expected the hushring.wasm of this version, hushring ${build}, found ${found}`,
    {},
    cause === undefined ? {} : { cause },
  );
}

/** Returns what a module says that it is, as `build` does. The assembler adds the section. */
function buildOf(module: WebAssembly.Module): string | undefined {
  const [section, ...others] = sectionsOf(module) ?? [];
  if (section === undefined || others.length > 0 || section.byteLength > 100) return undefined;
  const text = String.fromCharCode(...new Uint8Array(section));
  return /^[ -~]+$/.test(text) ? text : undefined;
}

/** Returns nothing if `value` is not a module, of whichever realm. */
function sectionsOf(value: unknown): ArrayBuffer[] | undefined {
  try {
    return WebAssembly.Module.customSections(value as WebAssembly.Module, "hushring");
  } catch {
    return undefined;
  }
}

function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** A Blob has an `arrayBuffer` too. */
function isResponse(value: object): value is Response {
  return typeof (value as Partial<Response>).arrayBuffer === "function" && "status" in value;
}
