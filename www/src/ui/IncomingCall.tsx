import { RoundButton } from "./Button.js";
import { Avatar } from "./Contact.js";
import { useFocusIfLost } from "./focus.js";
import { HangUpIcon, PhoneIcon, VideoIcon } from "./icons.js";

export interface IncomingCallProps {
  /** The pinned name, or the fingerprint if there is none. */
  readonly name: string;
  readonly handle?: string | undefined;
  readonly hasVideo: boolean;
  readonly onAnswer: () => void;
  readonly onDecline: () => void;
}

/** A call that rings, in the manner of CallKit: the whole screen, one name and two buttons. */
export function IncomingCall({ name, handle, hasVideo, onAnswer, onDecline }: IncomingCallProps) {
  // The dialog takes the focus, not a button: a key that was meant for elsewhere answers nothing.
  const screen = useFocusIfLost<HTMLElement>();
  return (
    <section
      class="incoming"
      ref={screen}
      role="alertdialog"
      aria-labelledby="incoming-name"
      aria-describedby="incoming-kind"
      tabIndex={-1}
    >
      <div class="incoming-head">
        <p class="incoming-kind" id="incoming-kind">
          {hasVideo ? <VideoIcon /> : <PhoneIcon />}
          hushring {hasVideo ? "video call" : "call"}
        </p>
        <h2 class="incoming-name" id="incoming-name">
          {name}
        </h2>
        {handle && <p class="incoming-handle">{handle}</p>}
      </div>
      <div class="incoming-portrait" aria-hidden="true">
        <Avatar name={name} large />
      </div>
      <div class="incoming-buttons">
        <RoundButton
          captioned
          tone="danger"
          label="Decline"
          icon={<HangUpIcon />}
          onPress={onDecline}
        />
        <RoundButton
          captioned
          tone="call"
          label="Answer"
          icon={hasVideo ? <VideoIcon /> : <PhoneIcon />}
          onPress={onAnswer}
        />
      </div>
    </section>
  );
}
