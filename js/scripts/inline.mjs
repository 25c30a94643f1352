// The wasm as a text within a module of JavaScript.
//
// Each byte that is frequent in it stands as one character, and each other one as two. So the text is
// hardly longer than the wasm, and shows its repetitions to the compression of the server that
// delivers it, which base64 of a compressed wasm hides: over the wire, brotli takes 3 % more than for
// the wasm itself. All characters are printable ASCII, the same in every charset of a page, and none
// needs an escape in a string, a template or HTML, so that a bundler or minifier leaves them alone.

/** The characters of the text: the last two are the first of a pair. */
const alphabet = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at))
  .filter((character) => !"\"'`\\$<".includes(character))
  .join("");
const singles = alphabet.length - 2;

/** Returns the wasm as `js/src/decode.ts` reads it. */
export function inline(wasm) {
  const order = byFrequency(wasm);
  const characters = [];
  order.forEach((byte, place) => {
    characters[byte] = charactersAt(place);
  });
  const text = Array.from(wasm, (byte) => characters[byte]).join("");
  let hash = 0;
  for (const byte of wasm) hash = Math.imul(hash ^ byte, 0x01000193);
  return { alphabet, order, length: wasm.length, hash, text };
}

function charactersAt(place) {
  if (place < singles) return alphabet[place];
  const second = (place - singles) % alphabet.length;
  return alphabet[singles + (place - singles - second) / alphabet.length] + alphabet[second];
}

function byFrequency(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  return [...counts.keys()].sort((one, other) => counts[other] - counts[one] || one - other);
}
