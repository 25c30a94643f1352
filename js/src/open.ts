import type { NowOption } from "./account.js";
import type { Bytes } from "./bytes.js";
import { arrayOf, bytesOf, currentMillisOf, dateOf, optionsOf } from "./check.js";
import { fromBinding, type ReceivedContent } from "./content.js";
import type { Device } from "./device.js";
import { type ExternalDevice, externalCertificate } from "./external.js";
import * as glue from "./glue.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, lend } from "./resource.js";
import { callWith } from "./runtime.js";

/** Options of {@link openEnvelope}. */
export interface OpenOptions extends NowOption {
  /** The device that the envelope was sealed for. */
  readonly device: Device | ExternalDevice;
  /** The device's prekeys, the older ones too. */
  readonly prekeys: readonly Prekey[];
  /** The public keys of the accounts whose envelopes are opened, 32 bytes each. */
  readonly trusted: readonly Uint8Array[];
}

/** What was in an envelope, and who sealed it. */
export interface OpenedEnvelope<Type extends string = never> {
  /** The public keys of the sender, 32 bytes each. */
  readonly sender: { readonly account: Bytes; readonly device: Bytes };
  /** 32 hex digits. */
  readonly messageId: string;
  /** By the sender's clock. */
  readonly sentAt: Date;
  readonly content: ReceivedContent<Type>;
}

/**
 * Opens one envelope (2,880 bytes) and verifies all that can be verified without a memory
 * (spec/envelope.md, Opening): nothing here refuses a replay or knows which calls there are. It is
 * the low level, and gives way to `Inbox`.
 *
 * `Type` may name the application's own content types, see {@link ReceivedContent}.
 *
 * Throws the code of the first check that fails: `bad_length`, `unsupported_version`,
 * `unsupported_suite`, `unknown_prekey`, `decryption_failed`, `bad_content_length`, `bad_padding`,
 * `bad_certificate`, `bad_signature`, `untrusted` with `account`, `clock`, `too_old`,
 * `certificate_expired`, `certificate_not_yet_valid`, `bad_compression`, `too_long`, `bad_cbor`,
 * `too_deep`, `bad_content`.
 */
export function openEnvelope<Type extends string = never>(
  envelope: Uint8Array,
  options: OpenOptions,
): OpenedEnvelope<Type> {
  return callWith(
    () => {
      const { device, prekeys, trusted, now } = optionsOf(options);
      return {
        device,
        prekeys: arrayOf(prekeys, "prekeys"),
        trusted: arrayOf(trusted, "trusted"),
        now: currentMillisOf(now),
      };
    },
    ({ device, prekeys, trusted, now }) => {
      const accounts = trusted.map((key, index) => bytesOf(key, `trusted[${index}]`));
      const copy = bytesOf(envelope, "envelope");
      const opened = withCertificate(device, (certificate) =>
        withPrekeys(
          prekeys,
          (list) => glue.open(copy, list, certificate, accounts, now) as BindingOpened,
        ),
      );
      return {
        sender: { account: opened.account, device: opened.device },
        messageId: opened.messageId,
        sentAt: dateOf(opened.sentAt),
        content: fromBinding(opened.content) as ReceivedContent<Type>,
      };
    },
  );
}

interface BindingOpened {
  readonly account: Bytes;
  readonly device: Bytes;
  readonly messageId: string;
  readonly sentAt: number;
  readonly content: Map<string, unknown>;
}

/** Lends the device's certificate, which was checked when the device was made. */
function withCertificate<T>(device: unknown, body: (certificate: glue.Certificate) => T): T {
  const external = externalCertificate(device);
  if (external !== undefined) return body(external);
  const handle = handleOf(device, glue.Device, "device must be a Device or an ExternalDevice");
  return lend(handle.certificate(), body);
}
