import { type Account, accountHandle, type CertificateOptions, readValidity } from "./account.js";
import { bundleHandle, type PrekeyBundle, withBundles } from "./bundle.js";
import type { Bytes } from "./bytes.js";
import type { SealableContent } from "./content.js";
import * as glue from "./glue.js";
import { type NowOption, readNow } from "./now.js";
import { type Prekey, withPrekeys } from "./prekey.js";
import { handleOf, lend, own, owned, Resource } from "./resource.js";
import { call, callWith } from "./runtime.js";
import { nameClass } from "./untrusted/describe.js";
import { type Names, readOptions } from "./untrusted/options.js";
import {
  invalid,
  requireArray,
  requireBytes,
  requireMessageId,
  requireNow,
  requireOptionalBytes,
  requireOptionalMillis,
} from "./untrusted/require.js";
import { copyContent } from "./untrusted/walk.js";

/** Options of {@link Device.publish}. */
export interface PublishOptions extends NowOption {
  /** The `issuedAt` of the device's last publication: this one is at least a second newer. */
  readonly after?: Date | undefined;
}

/** Options of `seal` and `sealMany`. */
export interface SealOptions extends NowOption {
  /** 32 lowercase hex digits. By default random. Pass it to send the same message again. */
  readonly messageId?: string | undefined;
}

/** Options of `activate`. */
export interface ActivateOptions extends NowOption {
  /** The grant, 177 bytes. */
  readonly grant: Uint8Array;
  /** The link secret, 32 bytes: the one of the request. */
  readonly secret: Uint8Array;
  /**
   * The request that the grant answers, 137 bytes. By default the last one that this object made:
   * pass it after a restart.
   */
  readonly request?: Uint8Array | undefined;
}

// A pending device makes a device, whose constructor is private.
let newDevice: (handle: glue.Device) => Device;

/** A device key that asks for certificates: a {@link Device} or a {@link PendingDevice}. */
export abstract class LinkableDevice extends Resource {
  #request: Bytes | undefined;

  /** The device's Ed25519 public key, 32 bytes. */
  get publicKey(): Bytes {
    return call(() => linkableHandle(this).publicKey());
  }

  /**
   * Asks for a certificate with a link request of 137 bytes (spec/envelope.md, Linking), for the
   * device that has the account key. It proves possession of the device key, and `secret` (32
   * bytes, {@link generateLinkSecret}) authenticates it. The object remembers it for `activate`.
   * Throws `bad_length`.
   */
  request(secret: Uint8Array, options?: NowOption): Bytes {
    return callWith(
      () => readNow(options),
      (now) => {
        const request = linkableHandle(this).request(requireBytes(secret, "secret"), now);
        this.#request = request.slice();
        return request;
      },
    );
  }

  /**
   * Takes the grant (177 bytes) that answers the last request, and returns a new Device with the
   * same key. This object does not change. Throws `bad_length`, `unsupported_version`, `bad_mac`,
   * `bad_certificate`, `wrong_device`, `certificate_expired`, `certificate_not_yet_valid`,
   * `wrong_account` if the device is certified and another account granted it, and
   * `invalid_argument` if there was no request.
   */
  activate(options: ActivateOptions): Device {
    return callWith(
      () => {
        const { grant, now, request, secret } = readOptions(options, activateNames);
        return {
          grant: requireBytes(grant, "grant"),
          request: requireOptionalBytes(request, "request"),
          secret: requireBytes(secret, "secret"),
          now: requireNow(now),
        };
      },
      (given) => {
        const handle = linkableHandle(this);
        const request = given.request ?? this.#request;
        if (request === undefined)
          throw invalid("this object made no request: pass one as request");
        return newDevice(handle.activate({ ...given, request }));
      },
    );
  }
}

/**
 * A device that its account has certified: an Ed25519 key pair and a certificate (spec/envelope.md,
 * Keys). To sign with a key that lives elsewhere, see {@link ExternalDevice}.
 */
export class Device extends LinkableDevice {
  private constructor(handle: glue.Device) {
    super();
    own(this, handle, glue.Device, "Device.enroll(), Device.import() or activate()");
  }

  static {
    nameClass(Device, "Device");
    newDevice = (handle) => new Device(handle);
  }

  /**
   * Generates a new device and certifies it at once, where the account key is. Elsewhere, begin
   * with {@link PendingDevice.generate}. Throws `bad_lifetime`, `revoked` if `notBefore` is before
   * `floor`, `invalid_date`, `no_randomness`.
   */
  static enroll(account: Account, options: CertificateOptions): Device {
    return callWith(
      () => readValidity(options),
      (validity) => new Device(glue.Device.enroll(accountHandle(account), validity)),
    );
  }

  /**
   * Imports what `export()` returned, 176 bytes: seed and certificate. Throws `bad_length`,
   * `bad_certificate`, `wrong_device`.
   */
  static import(exported: Uint8Array): Device {
    return call(() => new Device(glue.Device.import(requireBytes(exported, "device"))));
  }

  /** The public key of the device's account, 32 bytes. */
  get account(): Bytes {
    return call(() => deviceHandle(this).account());
  }

  /** The certificate, 144 bytes. */
  get certificate(): Bytes {
    return call(() => lend(deviceHandle(this).certificate(), (handle) => handle.toBytes()));
  }

  /** Returns the secret seed and the certificate, 176 bytes. Keep them encrypted at rest. */
  export(): Bytes {
    return call(() => deviceHandle(this).export());
  }

  /**
   * Signs bundles for the server to hand out, one for each prekey, in their order: 259 bytes
   * (`x25519`) or 1,443 (`xwing`). {@link Inbox.publish} does it and remembers when, which this
   * leaves to you: a later publication that is not newer, because the clock was set back, is refused
   * by those who saw the first.
   *
   * Each bundle says which suites were published together, so pass all of the device's current
   * prekeys at once. A bundle expires with its prekey or with the certificate, whichever is first.
   * Store the prekeys, then upload. Throws `no_prekeys`, `duplicate_suite`, `prekey_expired`,
   * `bad_lifetime` beyond 90 days, `certificate_expired`, `certificate_not_yet_valid`, and `clock`
   * if the last publication is more than 10 minutes ahead.
   */
  publish(prekeys: readonly Prekey[], options?: PublishOptions): Bytes[] {
    return callWith(
      () => readPublish(prekeys, options),
      ({ list, publication }) =>
        withPrekeys(list, (handles) => deviceHandle(this).publish(handles, publication)),
    );
  }

  /**
   * Seals content into an envelope of 2,880 bytes (spec/envelope.md, Sealing). The random bytes are
   * hedged by the device's key: they stay secret should the system's be known. Throws `too_large`
   * with `needed` and `available` if it does not fit (see {@link fit}), `bad_content` with
   * `member`, `bad_call_id` (also for a CallKit UUID, which names no call at the other end),
   * `too_deep`, `too_long`, `too_many`, `bundle_expired`, `certificate_expired`,
   * `certificate_not_yet_valid`, `no_randomness`.
   */
  seal<Own = never>(
    bundle: PrekeyBundle,
    content: SealableContent<Own>,
    options?: SealOptions,
  ): Bytes {
    return callWith(
      () => ({ map: copyContent(content), ...readSeal(options) }),
      ({ map, messageId, now }) =>
        deviceHandle(this).seal(bundleHandle(bundle), map, messageId, now),
    );
  }

  /**
   * Seals the same content for many devices, under one message id, and returns the envelopes in the
   * order of `bundles`. If one fails, none is returned. Throws as {@link Device.seal}; `too_large`
   * counts the smallest room among the suites.
   */
  sealMany<Own = never>(
    bundles: readonly PrekeyBundle[],
    content: SealableContent<Own>,
    options?: SealOptions,
  ): Bytes[] {
    return callWith(
      () => ({
        list: requireArray(bundles, "bundles"),
        map: copyContent(content),
        ...readSeal(options),
      }),
      ({ list, map, messageId, now }) =>
        withBundles(list, (handles) => deviceHandle(this).sealMany(handles, map, messageId, now)),
    );
  }
}

/** A device key that no account has certified yet, for a device without the account key. */
export class PendingDevice extends LinkableDevice {
  private constructor(handle: glue.PendingDevice) {
    super();
    own(this, handle, glue.PendingDevice, "PendingDevice.generate() or PendingDevice.import()");
  }

  static {
    nameClass(PendingDevice, "PendingDevice");
  }

  /** Generates a new device key. Throws `no_randomness`. */
  static generate(): PendingDevice {
    return call(() => new PendingDevice(glue.PendingDevice.generate()));
  }

  /** Imports the seed that `export()` returned, 32 bytes. Throws `bad_length`. */
  static import(seed: Uint8Array): PendingDevice {
    return call(() => new PendingDevice(glue.PendingDevice.import(requireBytes(seed, "seed"))));
  }

  /** Returns the secret seed, 32 bytes. Keep it encrypted at rest. */
  export(): Bytes {
    return call(() => pendingHandle(this).export());
  }
}

/** @internal */
export function deviceHandle(device: unknown): glue.Device {
  return handleOf(device, glue.Device, "device", "Device");
}

/** @internal */
export function readPublish(
  prekeys: unknown,
  value: PublishOptions | undefined,
): { list: readonly unknown[]; publication: glue.Publication } {
  const { after, now } = readOptions(value, publishNames);
  return {
    list: requireArray(prekeys, "prekeys"),
    publication: { after: requireOptionalMillis(after, "after"), now: requireNow(now) },
  };
}

/** @internal */
export function readSeal(value: SealOptions | undefined): {
  messageId: Bytes | undefined;
  now: number;
} {
  const { messageId, now } = readOptions(value, sealNames);
  return {
    messageId: messageId === undefined ? undefined : requireMessageId(messageId),
    now: requireNow(now),
  };
}

const sealNames: Names<SealOptions> = { messageId: true, now: true };
const publishNames: Names<PublishOptions> = { after: true, now: true };

const activateNames: Names<ActivateOptions> = {
  grant: true,
  now: true,
  request: true,
  secret: true,
};

function pendingHandle(device: unknown): glue.PendingDevice {
  return handleOf(device, glue.PendingDevice, "device", "PendingDevice");
}

function linkableHandle(device: LinkableDevice): glue.Device | glue.PendingDevice {
  const pending = owned(device, glue.PendingDevice);
  return pending ?? handleOf(device, glue.Device, "device", "Device", "PendingDevice");
}
