import { useMemo } from "preact/hooks";
import { encodeQR } from "qr";

export interface QrCodeProps {
  readonly label: string;
  /** Null while there is none: the square stays, so that nothing moves when it comes. */
  readonly text: string | null;
}

/** A QR code as one path, dark on light in both schemes: cameras expect it so. */
export function QrCode({ label, text }: QrCodeProps) {
  const drawing = useMemo(() => (text === null ? null : draw(text)), [text]);
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${drawing?.size ?? 1} ${drawing?.size ?? 1}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      {drawing && <path d={drawing.path} />}
    </svg>
  );
}

function draw(text: string) {
  const rows = encodeQR(text, "raw", { ecc: "medium", border: 2 });
  const path = rows
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return { size: rows.length, path };
}
