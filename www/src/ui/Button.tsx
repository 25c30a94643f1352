import type { ComponentChildren } from "preact";

export interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onPress?: (() => void) | undefined;
  readonly tone?: "plain" | "primary" | "call" | "danger" | undefined;
  /** In a form. */
  readonly submit?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

/** A button with its name in letters. */
export function Button({ children, onPress, tone = "plain", submit, disabled }: ButtonProps) {
  return (
    <button
      class={`button button-${tone}`}
      type={submit ? "submit" : "button"}
      disabled={disabled}
      onClick={() => onPress?.()}
    >
      {children}
    </button>
  );
}

export interface RoundButtonProps {
  readonly label: string;
  readonly icon: ComponentChildren;
  readonly onPress: () => void;
  readonly tone?: "plain" | "call" | "danger" | undefined;
  /** For a switch, such as mute. */
  readonly pressed?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  /** Whether the label is written below it, or read by screen readers only. */
  readonly captioned?: boolean | undefined;
}

/** A round button with an icon, as phones have them in calls. */
export function RoundButton(props: RoundButtonProps) {
  const { label, icon, onPress, tone = "plain", pressed, disabled, captioned } = props;
  return (
    <button
      class={`round round-${tone}`}
      type="button"
      aria-pressed={pressed}
      disabled={disabled}
      onClick={() => onPress()}
    >
      <span class="round-face">{icon}</span>
      <span class={captioned ? "round-caption" : "visually-hidden"}>{label}</span>
    </button>
  );
}
