import { RoundButton } from "./Button.js";
import { timeOfDay } from "./format.js";
import { MissedIcon, PhoneIcon } from "./icons.js";
import type { MissedCallView } from "./types.js";

export interface MissedCallsProps {
  /** Newest first. */
  readonly calls: readonly MissedCallView[];
  readonly onCallBack?: ((account: string) => void) | undefined;
}

export function MissedCalls({ calls, onCallBack }: MissedCallsProps) {
  if (calls.length === 0) return <p class="empty">No missed calls.</p>;
  return (
    <ul class="rows" aria-label="Missed calls">
      {calls.map(({ id, name, hasVideo, time, reason, account }) => (
        <li key={id} class="row">
          <span class="row-icon is-bad">
            <MissedIcon />
          </span>
          <span class="row-text">
            <span class="row-title">{name}</span>
            <span class="row-detail">
              {hasVideo ? "Video call" : "Call"}, {timeOfDay(time)}. {reason}
            </span>
          </span>
          {account !== undefined && onCallBack && (
            <RoundButton
              label={`Call ${name} back`}
              icon={<PhoneIcon />}
              onPress={() => onCallBack(account)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
