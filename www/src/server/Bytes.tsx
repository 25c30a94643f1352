import { useEffect, useRef, useState } from "preact/hooks";
import { inksOf, type Layout, paint } from "./paint.js";

export interface BytesProps {
  readonly bytes: Uint8Array;
  readonly layout: Layout;
  readonly label: string;
}

/** The bytes of an envelope as a picture, one pixel each. */
export function Bytes({ bytes, layout, label }: BytesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, bytes, layout, inksOf(canvas.current));
  }, [bytes, layout, dark]);
  return <canvas class="bytes" ref={canvas} role="img" aria-label={label} />;
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
