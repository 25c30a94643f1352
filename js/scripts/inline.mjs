// The wasm as a text within a module of JavaScript.
//
// Each byte that is frequent in it stands as one character, and each other one as two. So the text is
// hardly longer than the wasm, and shows its repetitions to the compression of the server that
// delivers it, which base64 of a compressed wasm hides: over the wire, brotli takes 3 % more than for
// the wasm itself. All characters are printable ASCII, the same in every charset of a page, and none
// needs an escape in a string, a template or HTML, so that a bundler or minifier leaves them alone.
//
// src/decode.wat reads it, which goes along as numbers.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));
/** What stands alone for a byte, or behind one of `firsts`. */
const alphabet = printable.filter((character) => !"\"'`\\$<".includes(character));
/** The first characters of pairs, which decode.wat knows. */
const firsts = "}~";
const singles = alphabet.filter((character) => !firsts.includes(character));
/** All that stand for a byte, the short ones first. */
const codes = [...singles, ...[...firsts].flatMap((first) => alphabet.map((it) => first + it))];

/** Returns the wasm as `js/src/decode.ts` reads it. */
export function inline(wasm) {
  const codeOf = [];
  const tables = new Array(3 * 128).fill(0);
  byFrequency(wasm).forEach((byte, place) => {
    const code = codes[place];
    const table = code.length === 1 ? 0 : 1 + firsts.indexOf(code[0]);
    codeOf[byte] = code;
    tables[128 * table + code.charCodeAt(code.length - 1)] = byte;
  });
  const text = Array.from(wasm, (byte) => codeOf[byte]).join("");
  let hash = 0;
  for (const byte of wasm) hash = Math.imul(hash ^ byte, 0x01000193);
  return { decoder: [...assembled("decode.wat")], tables, length: wasm.length, hash, text };
}

function byFrequency(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  return [...counts.keys()].sort((one, other) => counts[other] - counts[one] || one - other);
}

function assembled(name) {
  const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
  const program = path("../node_modules/.bin/wasm-as");
  return execFileSync(program, ["--enable-multivalue", path(`../src/${name}`), "--output", "-"]);
}
