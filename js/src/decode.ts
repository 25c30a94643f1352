import type { Bytes } from "./bytes.js";
import type { inline } from "./inline.js";

/**
 * @internal Reads the bytes that scripts/inline.mjs has written as text. Returns nothing if that was
 * changed since.
 */
export function decode({ alphabet, order, length, hash, text }: typeof inline): Bytes | undefined {
  const places = new Uint8Array(128).fill(alphabet.length);
  [...alphabet].forEach((character, place) => {
    places[character.charCodeAt(0)] = place;
  });
  const singles = alphabet.length - 2;
  const values = Uint8Array.from(order);
  const bytes = new Uint8Array(length);
  let at = 0;
  let computed = 0;
  for (let next = 0; next < text.length; ) {
    let place = places[text.charCodeAt(next++)] as number;
    if (place >= singles) {
      const second = places[text.charCodeAt(next++)] as number;
      place = singles + (place - singles) * alphabet.length + second;
    }
    const byte = values[place] as number;
    bytes[at++] = byte;
    computed = Math.imul(computed ^ byte, 0x01000193);
  }
  return at === length && computed === hash ? bytes : undefined;
}
