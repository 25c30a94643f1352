import { useState } from "preact/hooks";
import { Button } from "./Button.js";
import { useForm } from "./form.js";
import { QrCode } from "./QrCode.js";
import { Scanner } from "./Scanner.js";

export interface CodeShownProps {
  readonly label: string;
  /** Null while it is made: the place is kept. */
  readonly code: string | null;
}

/** A code to scan, and the same as text to copy. */
export function CodeShown({ label, code }: CodeShownProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code ?? "");
    setCopied(true);
  };
  return (
    <div class="code">
      <QrCode label={`${label} as a QR code`} text={code} />
      <label class="field">
        <span>{label}</span>
        <input
          class="input mono"
          readOnly
          value={code ?? ""}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <Button onPress={() => copy().catch(() => setCopied(false))} disabled={code === null}>
        {copied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}

export interface CodeEntryProps {
  readonly label: string;
  /** Asks for a name as well. */
  readonly named?: { readonly suggestion: string } | undefined;
  readonly problem?: string | undefined;
  readonly busy?: boolean | undefined;
  readonly onCode: (code: string, name: string) => void;
}

/** Takes a code that the camera sees, or that is pasted. */
export function CodeEntry({ label, named, problem, busy, onCode }: CodeEntryProps) {
  const [scans, setScans] = useState(false);
  const [code, setCode] = useState("");
  const submit = useForm(
    ({ name }) => onCode(code.trim(), name || (named?.suggestion ?? "")),
    "keep",
  );
  return (
    <form class="stack" onSubmit={submit}>
      {scans && (
        <Scanner
          onCode={(scanned) => {
            setCode(scanned);
            setScans(false);
          }}
          onClose={() => setScans(false)}
        />
      )}
      <div class="field-row">
        <label class="field">
          <span>{label}</span>
          <input
            class="input mono"
            required
            value={code}
            autocomplete="off"
            spellcheck={false}
            aria-invalid={problem !== undefined}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        </label>
        {!scans && <Button onPress={() => setScans(true)}>Scan</Button>}
      </div>
      {named && (
        <label class="field">
          <span>Name that you give</span>
          <input
            class="input"
            name="name"
            defaultValue={named.suggestion}
            required
            maxLength={60}
            autocomplete="off"
          />
        </label>
      )}
      <p class="problem" role="alert">
        {problem}
      </p>
      <Button tone="primary" submit disabled={busy}>
        {busy ? "One moment …" : "Continue"}
      </Button>
    </form>
  );
}
