import {
  type Account,
  accountHandle,
  type CertificateOptions,
  certificateTimes,
  type NowOption,
  nowOf,
} from "./account.js";
import { type PrekeyBundle, bundleHandle, withBundles } from "./bundle.js";
import type { Bytes } from "./bytes.js";
import { arrayOf, bytesOf, currentMillisOf, optionsOf } from "./check.js";
import { messageIdBytes, type SealableContent, toBinding } from "./content.js";
import * as glue from "./glue.js";
import { type ActivateOptions, activateOptions, requestOf } from "./linking.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, lend, own, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";

/** Options of `seal` and `sealMany`. */
export interface SealOptions extends NowOption {
  /** 32 lowercase hex digits. By default random. Give it to send the same message again. */
  readonly messageId?: string | undefined;
}

// Each of the two classes makes the other, and neither has a public constructor.
let newDevice: (handle: glue.Device) => Device;
let newPendingDevice: () => PendingDevice;

/**
 * A device that its account has certified: an Ed25519 key pair and a certificate (spec/envelope.md,
 * Keys). To sign with a key that lives elsewhere, see {@link ExternalDevice}.
 */
export class Device extends Resource {
  #request: Bytes | undefined;

  private constructor(handle: glue.Device) {
    super();
    own(this, handle, glue.Device);
  }

  static {
    newDevice = (handle) => new Device(handle);
  }

  /**
   * A new device, certified at once: for where the account key is. Throws `bad_lifetime`, `revoked`
   * if `notBefore` is before `floor`, `invalid_date`, `no_randomness`.
   */
  static enroll(account: Account, options: CertificateOptions): Device {
    return callWith(
      () => certificateTimes(options),
      ({ notBefore, floor, expiresAt, now }) =>
        new Device(glue.Device.enroll(accountHandle(account), notBefore, floor, expiresAt, now)),
    );
  }

  /**
   * A new device key without a certificate: for where the account key is not. Throws
   * `no_randomness`.
   */
  static generate(): PendingDevice {
    return newPendingDevice();
  }

  /**
   * The device that `export()` gave, 176 bytes: seed and certificate. Throws `bad_length`,
   * `bad_certificate`, `wrong_device`.
   */
  static import(exported: Uint8Array): Device {
    return call(() => new Device(glue.Device.import(bytesOf(exported, "device"))));
  }

  /** The device's Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => deviceHandle(this).publicKey());
  }

  /** The public key of the device's account, 32 bytes. */
  get account(): Bytes {
    return call(() => deviceHandle(this).account());
  }

  /** The certificate, 144 bytes. */
  get certificate(): Bytes {
    return call(() => lend(deviceHandle(this).certificate(), (handle) => handle.toBytes()));
  }

  /** The secret seed and the certificate, 176 bytes. Keep them encrypted at rest. */
  export(): Bytes {
    return call(() => deviceHandle(this).export());
  }

  /** Asks for a new certificate (137 bytes), like {@link PendingDevice.request}. */
  request(secret: Uint8Array, options?: NowOption): Bytes {
    return callWith(
      () => nowOf(options),
      (now) => {
        const request = deviceHandle(this).request(bytesOf(secret, "secret"), now);
        this.#request = request.slice();
        return request;
      },
    );
  }

  /**
   * Renews the certificate with the grant (177 bytes) that answers the last request: a new Device
   * with the same key. Throws as {@link PendingDevice.activate}, and `wrong_account` if another
   * account granted it.
   */
  activate(grant: Uint8Array, secret: Uint8Array, options?: ActivateOptions): Device {
    return callWith(
      () => activateOptions(options),
      ({ request, now }) => {
        const handle = deviceHandle(this);
        return new Device(
          handle.activate(
            requestOf(request, this.#request),
            bytesOf(grant, "grant"),
            bytesOf(secret, "secret"),
            now,
          ),
        );
      },
    );
  }

  /**
   * Bundles for the server to hand out, one for each prekey in their order: 259 bytes (`x25519`) or
   * 1,443 (`xwing`). Each signs which suites were published together, so give all of the device's
   * current prekeys at once. A bundle expires with its prekey or the certificate, whichever comes
   * first. Keep the prekeys, then upload. Throws `no_prekeys`, `duplicate_suite`, `prekey_expired`,
   * `bad_lifetime` beyond 90 days, `certificate_expired`, `certificate_not_yet_valid`.
   */
  publish(prekeys: readonly Prekey[], options?: NowOption): Bytes[] {
    return callWith(
      () => ({ list: arrayOf(prekeys, "prekeys"), now: nowOf(options) }),
      ({ list, now }) => withPrekeys(list, (handles) => deviceHandle(this).publish(handles, now)),
    );
  }

  /**
   * Seals content into an envelope of 2,880 bytes (spec/envelope.md, Sealing). Throws `too_large`
   * with `needed` and `available` if it does not fit, `bad_content` with `member`, `bad_call_id`,
   * `too_deep`, `too_long`, `too_many`, `bundle_expired`, `certificate_expired`,
   * `certificate_not_yet_valid`, `no_randomness`.
   */
  seal<Type extends string = never>(
    bundle: PrekeyBundle,
    content: SealableContent<Type>,
    options?: SealOptions,
  ): Bytes {
    return callWith(
      () => ({ members: toBinding(content), ...sealOptions(options) }),
      ({ members, messageId, now }) =>
        deviceHandle(this).seal(bundleHandle(bundle), members, messageId, now),
    );
  }

  /**
   * Seals the same content for many devices, under one message id: envelopes in the order of
   * `bundles`. All or nothing. Throws as {@link Device.seal}; `too_large` counts the smallest room
   * among the suites.
   */
  sealMany<Type extends string = never>(
    bundles: readonly PrekeyBundle[],
    content: SealableContent<Type>,
    options?: SealOptions,
  ): Bytes[] {
    return callWith(
      () => ({
        list: arrayOf(bundles, "bundles"),
        members: toBinding(content),
        ...sealOptions(options),
      }),
      ({ list, members, messageId, now }) =>
        withBundles(list, (handles) =>
          deviceHandle(this).sealMany(handles, members, messageId, now),
        ),
    );
  }
}

/** A device key that no account has certified yet. */
export class PendingDevice extends Resource {
  #request: Bytes | undefined;

  private constructor(handle: glue.PendingDevice) {
    super();
    own(this, handle, glue.PendingDevice);
  }

  static {
    newPendingDevice = () => call(() => new PendingDevice(glue.PendingDevice.generate()));
  }

  /** The pending device of a seed that `export()` gave, 32 bytes. Throws `bad_length`. */
  static import(seed: Uint8Array): PendingDevice {
    return call(() => new PendingDevice(glue.PendingDevice.import(bytesOf(seed, "seed"))));
  }

  /** The device's Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => pendingHandle(this).publicKey());
  }

  /** The secret 32-byte seed. Keep it encrypted at rest. */
  export(): Bytes {
    return call(() => pendingHandle(this).export());
  }

  /**
   * A link request (137 bytes, spec/envelope.md, Linking) for the device that has the account key.
   * It proves possession of the device key, and `secret` (32 bytes, {@link generateLinkSecret})
   * authenticates it. The object remembers it for `activate`. Throws `bad_length`.
   */
  request(secret: Uint8Array, options?: NowOption): Bytes {
    return callWith(
      () => nowOf(options),
      (now) => {
        const request = pendingHandle(this).request(bytesOf(secret, "secret"), now);
        this.#request = request.slice();
        return request;
      },
    );
  }

  /**
   * Makes a Device with the grant (177 bytes) that answers the last request. This object stays as
   * it is. Throws `bad_length`, `unsupported_version`, `bad_mac`, `bad_certificate`,
   * `wrong_device`, `certificate_expired`, `certificate_not_yet_valid`, and `invalid_argument` if
   * there was no request.
   */
  activate(grant: Uint8Array, secret: Uint8Array, options?: ActivateOptions): Device {
    return callWith(
      () => activateOptions(options),
      ({ request, now }) => {
        const handle = pendingHandle(this);
        return newDevice(
          handle.activate(
            requestOf(request, this.#request),
            bytesOf(grant, "grant"),
            bytesOf(secret, "secret"),
            now,
          ),
        );
      },
    );
  }
}

/** @internal */
export function deviceHandle(device: unknown): glue.Device {
  return handleOf(device, glue.Device, "device must be a Device");
}

/** @internal */
export function sealOptions(value: SealOptions | undefined): {
  messageId: Bytes | undefined;
  now: number;
} {
  const { messageId, now } = optionsOf(value);
  return { messageId: messageIdBytes(messageId), now: currentMillisOf(now) };
}

function pendingHandle(device: unknown): glue.PendingDevice {
  return handleOf(device, glue.PendingDevice, "device must be a PendingDevice");
}
