// Values as the vectors write them, for those who play them.

/** A content's value as the scenes write it. The time of a ring is a `Date` here. */
export function valueToJson(value) {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(valueToJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, valueToJson(member)]),
  );
}

export function valueFromJson(json) {
  if (Array.isArray(json)) return json.map(valueFromJson);
  if (json === null || typeof json !== "object") return json;
  const entries = Object.entries(json);
  if (entries.length === 1 && typeof json.bytes === "string") return unhex(json.bytes);
  return Object.fromEntries(entries.map(([name, member]) => [name, valueFromJson(member)]));
}

/** A content. What is no time stays as it is, for the package to refuse. */
export function contentFromJson(json) {
  const content = valueFromJson(json);
  const isTimed = ["call.answer", "call.end"].includes(content.type);
  if (isTimed && Number.isSafeInteger(content.ring)) content.ring = new Date(content.ring);
  return content;
}

export function pick(object, ...names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

export function defined(object) {
  return Object.fromEntries(Object.entries(object).filter(([, member]) => member !== undefined));
}

export function same(expected, found, what) {
  const [wanted, got] = [expected, found].map((value) => JSON.stringify(sorted(value)));
  if (wanted === got) return;
  // Some contents are long.
  const short = (text) => String(text).slice(0, 3000);
  throw new Error(`${what}: expected ${short(wanted)}, found ${short(got)}`);
}

/** The same with the members of every object in one order. */
function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]));
}

export function dateOf(ms) {
  return ms === undefined ? undefined : new Date(ms);
}

export function uuid(digits) {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function unhex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function unbase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
