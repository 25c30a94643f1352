import { headerLength } from "./rounds.js";

/** How the bytes are laid out: column by column, so that the header is the first column of a strip. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
}

/** 2,880 bytes in a line of the list. */
export const stripLayout: Layout = { columns: 288, rows: 10 };

/** 2,880 bytes as a block, in the game. */
export const blockLayout: Layout = { columns: 72, rows: 40 };

export interface Inks {
  /** Of the ciphertext: the higher the byte, the denser. */
  readonly ink: Rgb;
  /** Of the header, which is in clear. */
  readonly header: Rgb;
}

type Rgb = readonly [red: number, green: number, blue: number];

/** Draws each byte as one pixel. The canvas is as large as the layout, and CSS enlarges it. */
export function paint(
  canvas: HTMLCanvasElement,
  bytes: Uint8Array,
  { columns, rows }: Layout,
  inks: Inks,
): void {
  Object.assign(canvas, { width: columns, height: rows });
  const context = canvas.getContext("2d");
  if (context === null) return;
  const image = context.createImageData(columns, rows);
  for (const [i, byte] of bytes.subarray(0, columns * rows).entries()) {
    const at = 4 * ((i % rows) * columns + Math.floor(i / rows));
    const isHeader = i < headerLength;
    image.data.set(isHeader ? inks.header : inks.ink, at);
    image.data[at + 3] = isHeader ? 255 : byte;
  }
  context.putImageData(image, 0, 0);
}

/** Reads the inks from two properties that do nothing else on a canvas, and follow the scheme. */
export function inksOf(canvas: Element): Inks {
  const { color, caretColor } = getComputedStyle(canvas);
  return { ink: rgbOf(color), header: rgbOf(caretColor) };
}

/** "rgb(1, 2, 3)", as every computed colour of the sRGB space is written, as three numbers. */
function rgbOf(text: string): Rgb {
  const [red = 0, green = 0, blue = 0] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
