// What an installation keeps, in one IndexedDB database: two keys that no script can export, and
// records that one of them encrypts.
//
// A browser has no keychain, and no place that a restored profile leaves out. So an older copy of
// the whole database goes unnoticed here: `Inbox.load` has `atLeast` for platforms that can do
// better (docs/guide.md, "What to store").

import { decode, encode } from "@msgpack/msgpack";
import { HushringError } from "hushring";
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import { type Bytes, sameBytes } from "./bytes.js";
import type { Records } from "./records.js";

export type RecordName = keyof Records & string;

/** Records to store, or to delete where the value is undefined. */
export type Changes = { [Name in RecordName]?: Records[Name] | undefined };

/** The device's key: it signs through WebCrypto, and cannot be exported. */
export interface SigningKey {
  readonly publicKey: Bytes;
  readonly sign: (bytes: Uint8Array<ArrayBuffer>) => Promise<Bytes>;
}

export class Vault {
  #database: IDBPDatabase<Schema>;
  #isClosed = false;
  readonly #wrapping: CryptoKey;

  private constructor(
    /** The installation: `hushring:phone-2`, for example. */
    readonly name: string,
    readonly signing: SigningKey,
    database: IDBPDatabase<Schema>,
    wrapping: CryptoKey,
  ) {
    this.#database = database;
    this.#wrapping = wrapping;
  }

  /** Opens the vault of an installation, and makes its keys if it is new. */
  static async open(installation: string): Promise<Vault> {
    const name = `hushring:${installation}`;
    const database = await connect(name);
    const { pair, wrapping } = await keysOf(database);
    const publicKey = await publicKeyOf(pair);
    const sign = async (bytes: Uint8Array<ArrayBuffer>) =>
      new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, bytes));
    return new Vault(name, { publicKey, sign }, database, wrapping);
  }

  async read<Name extends RecordName>(name: Name): Promise<Records[Name] | undefined> {
    const sealed = await this.#connected((database) => database.get("sealed", name));
    if (sealed === undefined) return undefined;
    const plain = await crypto.subtle.decrypt(
      this.#algorithm(name, sealed.iv),
      this.#wrapping,
      sealed.data,
    );
    // AES-GCM vouches that `write` made it, under this very name.
    return decode(new Uint8Array(plain)) as Records[Name];
  }

  /** Stores all of it in one transaction, or nothing. It is on the disk when this resolves. */
  async write(changes: Changes): Promise<void> {
    // A transaction ends by itself while one waits for anything else, so encrypt before it.
    const names = Object.keys(changes) as RecordName[];
    const sealed = await Promise.all(names.map((name) => this.#seal(name, changes[name])));
    await this.#connected(async (database) => {
      const transaction = database.transaction("sealed", "readwrite", { durability: "strict" });
      await Promise.all([
        ...names.map((name, index) => {
          const value = sealed[index];
          return value === undefined
            ? transaction.store.delete(name)
            : transaction.store.put(value, name);
        }),
        transaction.done,
      ]);
    });
  }

  /** Closes the database: the vault is of no use afterwards. */
  close(): void {
    this.#isClosed = true;
    this.#database.close();
  }

  /**
   * Runs one transaction; once more over a new connection if the browser has ended this one, as
   * WebKit does to pages in the background.
   */
  async #connected<Result>(
    work: (database: IDBPDatabase<Schema>) => Promise<Result>,
  ): Promise<Result> {
    const database = this.#database;
    try {
      return await work(database);
    } catch (error) {
      if (this.#isClosed || !isLost(error)) throw error;
    }
    database.close();
    // Somebody else may have opened it anew meanwhile.
    if (this.#database === database) this.#database = await this.#reconnect();
    return work(this.#database);
  }

  /** The database may have been deleted meanwhile: nothing is stored in one that has other keys. */
  async #reconnect(): Promise<IDBPDatabase<Schema>> {
    const database = await connect(this.name);
    const keys = await storedKeys(database);
    if (keys !== undefined && sameBytes(await publicKeyOf(keys.pair), this.signing.publicKey)) {
      return database;
    }
    database.close();
    throw new HushringError("bad_state", "the browser has deleted what this installation stored");
  }

  async #seal(name: RecordName, value: unknown): Promise<Sealed | undefined> {
    if (value === undefined) return undefined;
    const plain = encode(value, { ignoreUndefined: true });
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(this.#algorithm(name, iv), this.#wrapping, plain);
    plain.fill(0);
    return { iv, data: new Uint8Array(data) };
  }

  /** The name is authenticated, so that no record can stand in another's place. */
  #algorithm(name: string, iv: Bytes): AesGcmParams {
    const additionalData = new TextEncoder().encode(`${this.name}/${name}`);
    return { name: "AES-GCM", iv, additionalData };
  }
}

interface Sealed {
  readonly iv: Bytes;
  readonly data: Bytes;
}

interface Schema extends DBSchema {
  signing: { key: "device"; value: CryptoKeyPair };
  wrapping: { key: "records"; value: CryptoKey };
  sealed: { key: string; value: Sealed };
}

interface Keys {
  readonly pair: CryptoKeyPair;
  readonly wrapping: CryptoKey;
}

function connect(name: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, 1, {
    upgrade(db) {
      db.createObjectStore("signing");
      db.createObjectStore("wrapping");
      db.createObjectStore("sealed");
    },
    // Whoever deletes the database does not have to wait for this page.
    blocking: (_current, _blocked, { target }) => (target as IDBDatabase).close(),
  });
}

/** Whether the connection may have ended, or end, before the transaction was done. */
function isLost(error: unknown): boolean {
  return (
    error instanceof DOMException &&
    ["AbortError", "InvalidStateError", "UnknownError"].includes(error.name)
  );
}

/** A page and its service worker may both be the first: whoever stores its keys first wins. */
async function keysOf(database: IDBPDatabase<Schema>): Promise<Keys> {
  const stored = await storedKeys(database);
  if (stored !== undefined) return stored;
  const made = await makeKeys();
  const transaction = database.transaction(["signing", "wrapping"], "readwrite", {
    durability: "strict",
  });
  const signing = transaction.objectStore("signing");
  try {
    if ((await signing.count("device")) === 0) {
      await signing.put(made.pair, "device");
      await transaction.objectStore("wrapping").put(made.wrapping, "records");
    }
    await transaction.done;
  } catch (cause) {
    if (!(cause instanceof DOMException) || cause.name !== "DataCloneError") throw cause;
    const what = "this browser does not store keys here: a private window, or a lockdown mode";
    throw new HushringError("unsupported_platform", what, {}, { cause });
  }
  return (await storedKeys(database)) ?? made;
}

async function storedKeys(database: IDBPDatabase<Schema>): Promise<Keys | undefined> {
  const transaction = database.transaction(["signing", "wrapping"]);
  const [pair, wrapping] = await Promise.all([
    transaction.objectStore("signing").get("device"),
    transaction.objectStore("wrapping").get("records"),
  ]);
  return pair && wrapping && { pair, wrapping };
}

async function publicKeyOf({ publicKey }: CryptoKeyPair): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
}

async function makeKeys(): Promise<Keys> {
  try {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    const wrapping = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    return { pair: pair as CryptoKeyPair, wrapping };
  } catch (cause) {
    const what = "this browser's WebCrypto has no Ed25519, or no AES-GCM";
    throw new HushringError("unsupported_platform", what, {}, { cause });
  }
}
