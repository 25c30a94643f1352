import { Button } from "./Button.js";
import { CodeEntry, CodeShown } from "./Code.js";
import { Fingerprint } from "./Fingerprint.js";

export interface LinkThisProps {
  /** What the other device scans or is given: rendezvous and secret. Null while it is made. */
  readonly code: string | null;
  /** The account that has granted, to compare with the one that the other device shows. */
  readonly granted: { readonly fingerprint: string } | null;
  readonly onConfirm: (same: boolean) => void;
  readonly onCancel: () => void;
}

/** On the new device: shows the code until the other device has granted, and then its account. */
export function LinkThis({ code, granted, onConfirm, onCancel }: LinkThisProps) {
  return (
    <section class="card stack" aria-labelledby="link-this-title">
      <h2 id="link-this-title">Link this device</h2>
      {granted === null ? (
        <>
          <p class="quiet">
            Scan this with a device that has the account. It is good for 10 minutes.
          </p>
          <CodeShown label="Link code" code={code} />
          <Button onPress={onCancel}>Cancel</Button>
        </>
      ) : (
        <>
          <p>Does the other device show the same fingerprint for the account?</p>
          <Fingerprint of="The account" value={granted.fingerprint} />
          <div class="actions">
            <Button tone="primary" onPress={() => onConfirm(true)}>
              The same: link
            </Button>
            <Button tone="danger" onPress={() => onConfirm(false)}>
              Another one
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

export interface LinkAnotherProps {
  readonly ownFingerprint: string;
  /** What the code led to, once it is known: ask before anything is certified. */
  readonly request: { readonly fingerprint: string } | null;
  readonly problem?: string | undefined;
  readonly busy?: boolean | undefined;
  readonly onCode: (code: string) => void;
  readonly onGrant: () => void;
  readonly onCancel: () => void;
}

/** On a device with the account: takes the new device's code, asks, and certifies it. */
export function LinkAnother(props: LinkAnotherProps) {
  const { ownFingerprint, request, problem, busy, onCode, onGrant, onCancel } = props;
  return (
    <section class="card stack" aria-labelledby="link-another-title">
      <h2 id="link-another-title">Link another device</h2>
      {request === null ? (
        <>
          <CodeEntry label="Link code" problem={problem} busy={busy} onCode={onCode} />
          <Button onPress={onCancel}>Cancel</Button>
        </>
      ) : (
        <>
          <p>
            <strong>The device will read and write as you.</strong> Go on only if it is yours, lies
            before you, and shows this code.
          </p>
          <Fingerprint of="The new device" value={request.fingerprint} />
          <Fingerprint of="Your account" value={ownFingerprint} />
          <div class="actions">
            <Button tone="primary" disabled={busy} onPress={onGrant}>
              Link it
            </Button>
            <Button tone="danger" onPress={onCancel}>
              Do not link
            </Button>
          </div>
        </>
      )}
    </section>
  );
}

export interface AddContactProps {
  /** The user's own code, for the other side. */
  readonly ownCode: string;
  readonly problem?: string | undefined;
  readonly busy?: boolean | undefined;
  readonly suggestedName?: string | undefined;
  readonly onAdd: (code: string, name: string) => void;
  readonly onCancel?: (() => void) | undefined;
}

/** Each shows the own code and takes the other's. */
export function AddContact(props: AddContactProps) {
  const { ownCode, problem, busy, suggestedName, onAdd, onCancel } = props;
  return (
    <section class="card stack" aria-labelledby="add-contact-title">
      <h2 id="add-contact-title">Add a contact</h2>
      <CodeEntry
        label="Their code"
        named={{ suggestion: suggestedName ?? "" }}
        problem={problem}
        busy={busy}
        onCode={onAdd}
      />
      <h3>Your code</h3>
      <CodeShown label="Your code" code={ownCode} />
      {onCancel && <Button onPress={onCancel}>Done</Button>}
    </section>
  );
}
