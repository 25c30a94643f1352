import { HushringError } from "./error.js";

/** @internal Throws `unsupported_platform` with the names of those globals that do not exist. */
export function requirePlatform(...names: readonly string[]): void {
  const missing = names.filter((name) => Reflect.get(globalThis, name) === undefined);
  if (missing.length > 0) throw unsupported(`this platform has no ${missing.join(", no ")}`);
}

/** @internal Returns an error about the platform, with the one that it threw. */
export function unsupported(message: string, cause?: unknown): HushringError {
  const options = cause === undefined ? {} : { cause };
  return new HushringError("unsupported_platform", message, {}, options);
}
