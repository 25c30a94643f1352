import { Button } from "./Button.js";
import { CrossIcon } from "./icons.js";
import type { NoticeView } from "./types.js";

export interface NoticesProps {
  readonly notices: readonly NoticeView[];
  readonly onClose: (id: string) => void;
}

/** What the page has to say, over everything, so that nothing moves when it comes. */
export function Notices({ notices, onClose }: NoticesProps) {
  return (
    <section class="notices" aria-label="Notices">
      {/* Both regions are always there: a reader announces only what changes in one it knows. */}
      <div role="alert">{list(notices.filter(isUrgent), onClose)}</div>
      <div role="status">
        {list(
          notices.filter((notice) => !isUrgent(notice)),
          onClose,
        )}
      </div>
    </section>
  );
}

const isUrgent = ({ tone }: NoticeView) => tone === "error" || tone === "warning";

const list = (notices: readonly NoticeView[], onClose: NoticesProps["onClose"]) =>
  notices.map(({ id, tone, text, action }) => (
    <div key={id} class={`notice notice-${tone}`}>
      <p>{text}</p>
      {action && <Button onPress={action.onPress}>{action.label}</Button>}
      <button type="button" class="notice-close" onClick={() => onClose(id)}>
        <CrossIcon />
        <span class="visually-hidden">Close this notice</span>
      </button>
    </div>
  ));

export interface SecondTabProps {
  /** "desk" or "phone". */
  readonly place: string;
  readonly onUseHere: () => void;
}

/** Instead of the page: an installation runs in one tab at a time. */
export function SecondTab({ place, onUseHere }: SecondTabProps) {
  return (
    <main class="second-tab">
      <h1>This {place} is open in another tab</h1>
      <p class="quiet">
        Its keys and its inbox are used in one place at a time. The other tab stops if you go on
        here.
      </p>
      <Button tone="primary" onPress={onUseHere}>
        Use it here
      </Button>
    </main>
  );
}
