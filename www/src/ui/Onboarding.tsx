import { Button } from "./Button.js";
import { useForm } from "./form.js";

export interface OnboardingProps {
  /** "desk" or "phone": how the page calls itself. */
  readonly place: string;
  /** What stands in the name's field at first, such as "Alice". */
  readonly suggestedName: string;
  readonly onMake: (name: string) => void;
  readonly onLink: () => void;
  /** While an account is made. */
  readonly busy?: boolean | undefined;
}

/** The first start: make an account, or link this device to one. */
export function Onboarding({ place, suggestedName, onMake, onLink, busy }: OnboardingProps) {
  const make = useForm(({ name }) => onMake(name || suggestedName), "keep");
  return (
    <section class="onboarding" aria-labelledby="onboarding-title">
      <h2 id="onboarding-title">Set up this {place}</h2>
      <form class="card stack" onSubmit={make}>
        <h3>Make an account</h3>
        <p class="quiet">Its keys are made here and stay in this browser. No number, no address.</p>
        <label class="field">
          <span>Your name, which stays here</span>
          <input
            class="input"
            name="name"
            defaultValue={suggestedName}
            required
            maxLength={60}
            autocomplete="off"
          />
        </label>
        <Button tone="primary" submit disabled={busy}>
          {busy ? "Making keys …" : "Make an account"}
        </Button>
      </form>
      <div class="card stack">
        <h3>Or link to one</h3>
        <p class="quiet">This {place} becomes another device of an account that you have.</p>
        <Button onPress={onLink} disabled={busy}>
          Link this {place}
        </Button>
      </div>
    </section>
  );
}
