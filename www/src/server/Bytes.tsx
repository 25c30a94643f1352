import { useEffect, useRef, useState } from "preact/hooks";
import { inksOf, type Layout, paint } from "./paint.js";

export interface BytesProps {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
}

/** The bytes of an envelope as a picture, one pixel each. What holds it says in words what it is. */
export function Bytes({ bytes, layout }: BytesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, bytes, layout, inksOf(canvas.current));
  }, [bytes, layout, dark]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: nothing makes this canvas focusable
  return <canvas class="bytes" ref={canvas} aria-hidden="true" />;
}

function useDark(): boolean {
  const [dark, setDark] = useState(scheme.matches);
  useEffect(() => {
    const change = () => setDark(scheme.matches);
    scheme.addEventListener("change", change);
    return () => scheme.removeEventListener("change", change);
  }, []);
  return dark;
}

const scheme = matchMedia("(prefers-color-scheme: dark)");
