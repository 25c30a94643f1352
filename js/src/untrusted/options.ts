import { describe } from "./describe.js";
import { invalid } from "./require.js";
import { isPlainObject } from "./slots.js";

/** @internal The name of every option. */
export type Names<Options> = { readonly [Name in keyof Options]-?: true };

/** @internal Options as they were read: nothing is known of their values. */
export type Given<Options> = { readonly [Name in keyof Options]?: unknown };

/**
 * @internal Reads the own members of a plain object, each once; none if it was left out. Throws
 * `invalid_argument` if it is not one, or if it holds a name that is not an option.
 *
 * An ignored option fails open: a misspelt or inherited `revocation` would never be checked. `path`
 * names an object within the options, and ends with a period.
 */
export function readOptions<Options extends object>(
  value: Options | undefined,
  names: Names<Options>,
  path?: string,
): Given<Options>;
export function readOptions(
  value: unknown,
  names: Readonly<Record<string, true>>,
  path = "",
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = Object.create(null);
  if (value === undefined) return options;
  if (!isPlainObject(value)) {
    const what = path.slice(0, -1) || "options";
    throw invalid(`${what} must be a plain object, not ${describe(value)}`);
  }
  const given = ownKeys(value);
  for (let index = 0; index < given.length; index += 1) {
    const name = given[index] as string | symbol;
    if (typeof name !== "string" || !hasOwn(names, name)) {
      const known = Object.keys(names).map((each) => path + each);
      const found = JSON.stringify(path + shortened(String(name)));
      throw invalid(`there is no option ${found}: there are ${known.join(", ")}`);
    }
  }
  for (let index = 0; index < given.length; index += 1) {
    const name = given[index] as string;
    options[name] = value[name];
  }
  return options;
}

const { ownKeys } = Reflect;
const { hasOwn } = Object;

function shortened(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}
