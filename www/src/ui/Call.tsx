import { useEffect, useRef, useState } from "preact/hooks";
import { RoundButton } from "./Button.js";
import { Avatar } from "./Contact.js";
import { useFocusIfLost } from "./focus.js";
import { count, duration, rate } from "./format.js";
import { HangUpIcon, MicIcon, MicOffIcon, VideoIcon, VideoOffIcon } from "./icons.js";
import type { CallActions, CallPhase, CallView, MediaFlow } from "./types.js";

export interface CallProps extends CallActions {
  readonly call: CallView;
}

/** The call that the user takes part in: on the desk a panel, on the phone the whole screen. */
export function Call({ call, onHangUp, onMute, onCamera }: CallProps) {
  const { phase, hasVideo, name } = call;
  const waits = phase === "calling";
  const section = useFocusIfLost<HTMLElement>();
  return (
    <section
      class={`call call-${phase}`}
      ref={section}
      tabIndex={-1}
      aria-label={`Call with ${name}`}
    >
      <div class="call-stage">
        {hasVideo && <Video label={`${name}’s picture`} stream={call.remote} />}
        {(!hasVideo || phase !== "connected") && (
          <div class="call-portrait">
            <Avatar name={name} large />
          </div>
        )}
        {!hasVideo && <Sound stream={call.remote} />}
        {hasVideo && <Video label="Your picture" stream={call.local} own off={call.cameraOff} />}
      </div>
      <div class="call-head">
        <h2>{name}</h2>
        <p class="call-phase" role="status">
          {phase === "ended" ? (call.ending ?? "Call ended") : phaseTexts[phase]}
        </p>
        <p class="call-flow">
          <Duration since={phase === "connected" ? call.since : null} />
          <Flow flow={phase === "connected" ? call.flow : null} />
        </p>
      </div>
      <div class="call-buttons">
        <RoundButton
          label={call.muted ? "Unmute" : "Mute"}
          icon={call.muted ? <MicOffIcon /> : <MicIcon />}
          pressed={call.muted}
          disabled={phase === "ended"}
          onPress={() => onMute(!call.muted)}
        />
        {hasVideo && onCamera && (
          <RoundButton
            label={call.cameraOff ? "Camera on" : "Camera off"}
            icon={call.cameraOff ? <VideoOffIcon /> : <VideoIcon />}
            pressed={call.cameraOff}
            disabled={phase === "ended"}
            onPress={() => onCamera(!call.cameraOff)}
          />
        )}
        <RoundButton
          tone="danger"
          label={waits ? "Cancel" : "Hang up"}
          icon={<HangUpIcon />}
          disabled={phase === "ended"}
          onPress={onHangUp}
        />
      </div>
    </section>
  );
}

const phaseTexts: Readonly<Record<Exclude<CallPhase, "ended">, string>> = {
  calling: "Calling …",
  connecting: "Connecting …",
  connected: "Connected",
};

interface VideoProps {
  readonly label: string;
  readonly stream: MediaStream | null;
  readonly own?: boolean | undefined;
  readonly off?: boolean | undefined;
}

function Video({ label, stream, own, off }: VideoProps) {
  const element = useStream<HTMLVideoElement>(stream);
  const kind = own ? "video-own" : "video-remote";
  return (
    <video
      ref={element}
      class={`video ${kind} ${stream === null || off ? "is-off" : ""}`}
      aria-label={label}
      autoplay
      playsInline
      muted={own}
    />
  );
}

function Sound({ stream }: { readonly stream: MediaStream | null }) {
  // biome-ignore lint/a11y/useMediaCaption: it is a live voice
  return <audio ref={useStream<HTMLAudioElement>(stream)} autoplay />;
}

/** A stream is a property of the element: no attribute can name it. */
function useStream<Media extends HTMLMediaElement>(stream: MediaStream | null) {
  const element = useRef<Media>(null);
  useEffect(() => {
    if (element.current !== null) element.current.srcObject = stream;
  }, [stream]);
  return element;
}

function Duration({ since }: { readonly since: number | null }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (since === null) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [since]);
  return (
    <span class="call-duration" role="timer">
      {since === null ? "" : duration(now - since)}
    </span>
  );
}

/** Shows that media flows: what was received in the last second, and not that a state says so. */
function Flow({ flow }: { readonly flow: MediaFlow | null }) {
  if (flow === null) return null;
  const flows = flow.bytesReceived > 0;
  return (
    <span class={flows ? "flow is-flowing" : "flow"}>
      {flows ? "Media flows" : "No media yet"}
      <span class="flow-figures">
        {` ↓ ${rate(flow.bytesReceived)} ↑ ${rate(flow.bytesSent)}`}
        {flow.framesReceived > 0 && ` · ${count(flow.framesReceived)} frames/s`}
      </span>
    </span>
  );
}
