import { useEffect, useState } from "preact/hooks";
import { dayOf, timeOfDay } from "./format.js";
import { MessageIcon, MissedIcon, StrangerIcon } from "./icons.js";
import type { NotificationView } from "./types.js";

export interface LockScreenProps {
  /** Newest first. */
  readonly notifications: readonly NotificationView[];
  /** Without an id: the phone is unlocked and nothing in particular is opened. */
  readonly onOpen: (id?: string) => void;
  /** The phone's own clock, which may be wrong on purpose. By default the browser's. */
  readonly now?: (() => number) | undefined;
}

export function LockScreen({ notifications, onOpen, now = Date.now }: LockScreenProps) {
  const time = useClock(now);
  return (
    <section class="lock" aria-label="Lock screen">
      <div class="lock-clock">
        <p class="lock-day">{dayOf(time)}</p>
        <p class="lock-time">{timeOfDay(time)}</p>
      </div>
      <ul class="lock-list" aria-live="polite" aria-label="Notifications">
        {notifications.map((notification) => (
          <li key={notification.id}>
            <button type="button" class="pane" onClick={() => onOpen(notification.id)}>
              <span class={`pane-icon pane-${notification.kind}`}>{icons[notification.kind]}</span>
              <span class="pane-text">
                <span class="pane-title">{notification.title}</span>
                <span class="pane-body">{notification.body}</span>
              </span>
              <span class="pane-time">{timeOfDay(notification.time)}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="lock-open" onClick={() => onOpen()}>
        <span>Unlock</span>
      </button>
    </section>
  );
}

const icons = {
  missed: <MissedIcon />,
  message: <MessageIcon />,
  request: <StrangerIcon />,
} as const;

/** The time, at each new minute. */
function useClock(now: () => number): number {
  const [time, setTime] = useState(now);
  useEffect(() => {
    const timer = setTimeout(() => setTime(now()), 60_000 - (now() % 60_000));
    return () => clearTimeout(timer);
  });
  return time;
}
