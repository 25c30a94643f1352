import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "./Button.js";

export interface ScannerProps {
  readonly onCode: (text: string) => void;
  readonly onClose: () => void;
}

/** Looks for a QR code through the camera, until one is found or the user closes it. */
export function Scanner({ onCode, onClose }: ScannerProps) {
  const video = useRef<HTMLVideoElement>(null);
  const found = useRef(onCode);
  found.current = onCode;
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const stop = new AbortController();
    scan(video.current as HTMLVideoElement, stop.signal)
      .then((text) => text !== undefined && found.current(text))
      .catch((error: unknown) => {
        if (!stop.signal.aborted) setProblem(textOf(error));
      });
    return () => stop.abort();
  }, []);
  return (
    <div class="scanner">
      <video ref={video} class="scanner-video" aria-label="Camera" playsInline muted />
      <p class="scanner-text" role="status">
        {problem ?? "Hold the code before the camera"}
      </p>
      <Button onPress={onClose}>Close the camera</Button>
    </div>
  );
}

/** Five looks a second: enough to feel prompt, and a phone stays cool. */
const interval = 200;

/** Resolves with undefined when it is aborted. */
async function scan(video: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  // Only who scans needs the decoder, so it is a file of its own.
  const [{ decodeQR }, stream] = await Promise.all([
    import("qr/decode.js"),
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }),
  ]);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  try {
    video.srcObject = stream;
    if (!signal.aborted) await video.play();
    while (!signal.aborted && canvas !== null) {
      const text = look(video, canvas, decodeQR);
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, interval));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

function look(
  video: HTMLVideoElement,
  canvas: CanvasRenderingContext2D,
  decode: (image: ImageData) => string,
): string | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  if (width === 0 || height === 0) return undefined;
  Object.assign(canvas.canvas, { width, height });
  canvas.drawImage(video, 0, 0);
  try {
    return decode(canvas.getImageData(0, 0, width, height));
  } catch {
    return undefined; // the decoder throws where it sees no code
  }
}

function textOf(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError") return "The camera is not allowed here. Paste the code instead.";
  if (name === "NotFoundError") return "There is no camera here. Paste the code instead.";
  return "The camera does not work. Paste the code instead.";
}
