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

/** Reads the inks from custom properties, which differ in dark and light. */
export function inksOf(element: Element): Inks {
  const style = getComputedStyle(element);
  return {
    ink: rgbOf(style.getPropertyValue("--strip-ink")),
    header: rgbOf(style.getPropertyValue("--strip-header")),
  };
}

/** "#rrggbb" as three numbers. */
function rgbOf(text: string): Rgb {
  const number = Number.parseInt(text.trim().slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}
