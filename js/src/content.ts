import type { Bytes } from "./bytes.js";
import {
  copyOf,
  invalid,
  isBytes,
  isObject,
  isPlainObject,
  isWellFormed,
  lengthOf,
  maxLength,
  unhex,
} from "./check.js";
import { type ErrorCode, HushringError } from "./error.js";
import * as glue from "./glue.js";
import { call } from "./runtime.js";

/**
 * What content is made of (spec/envelope.md, Content encoding). Numbers are integers within ±(2^53
 * − 1), or finite and not integral. Text holds no U+0000 and no lone surrogates. At most 16 arrays
 * and maps stand in one another, the content itself included. A member whose value is `undefined`
 * is left out; in an array it is refused.
 */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ValueMap;

/** A plain object of {@link Value}s. */
export interface ValueMap {
  readonly [member: string]: Value | undefined;
}

/**
 * The content of an envelope (spec/envelope.md, Content types): a union on `type`. Members that
 * this version does not know may stand beside the known ones; they are kept for the application.
 */
export type Content =
  CallInvite | CallAnswer | CallCandidates | CallNegotiate | CallEnd | Message | Cover;

/** An invitation to a call. It rings. */
export interface CallInvite extends ValueMap {
  readonly type: "call.invite";
  /** The call's UUID. Either case goes in, lower case comes out. */
  readonly callId: string;
  /** How the caller wishes to be shown. The receiver shows what it pinned itself. */
  readonly handle?: Handle | undefined;
  /** At most 128 bytes. */
  readonly callerName?: string | undefined;
  readonly hasVideo: boolean;
  /** How long it may ring, in whole seconds: 1 to 90, by default 60. */
  readonly lifetime?: number | undefined;
  /** SDP text. */
  readonly offer?: string | undefined;
  /** At most 64 bytes. */
  readonly groupId?: string | undefined;
  /** Anything but null, for the application. */
  readonly data?: Value | undefined;
}

/** The answer to an invitation. */
export interface CallAnswer extends ValueMap {
  readonly type: "call.answer";
  readonly callId: string;
  /** SDP text. */
  readonly answer?: string | undefined;
  /** Anything but null, for the application. */
  readonly data?: Value | undefined;
}

/** ICE candidates, in one batch. */
export interface CallCandidates extends ValueMap {
  readonly type: "call.candidates";
  readonly callId: string;
  readonly candidates: readonly Candidate[];
}

/** A session description in the middle of a call. */
export interface CallNegotiate extends ValueMap {
  readonly type: "call.negotiate";
  readonly callId: string;
  readonly description: Description;
}

/** The end of a call. */
export type CallEnd = CallEndHere | CallEndElsewhere;

/** The end of a call, told to the other side. */
export interface CallEndHere extends ValueMap {
  readonly type: "call.end";
  readonly callId: string;
  readonly reason: "failed" | "remoteEnded" | "unanswered" | "declined" | "busy" | "cancelled";
  /** The caller's account key, 32 bytes. */
  readonly caller?: Uint8Array | undefined;
}

/**
 * The end of a call on this device, because another device of the same account took or declined it.
 */
export interface CallEndElsewhere extends ValueMap {
  readonly type: "call.end";
  readonly callId: string;
  readonly reason: "answeredElsewhere" | "declinedElsewhere";
  /** The caller's account key, 32 bytes. */
  readonly caller: Uint8Array;
}

/** A message. It is shown. */
export interface Message extends ValueMap {
  readonly type: "message";
  readonly body?: string | undefined;
  /** Anything but null, for the application. */
  readonly data?: Value | undefined;
}

/** Nothing, in an envelope like any other, to fill gaps with. */
export interface Cover extends ValueMap {
  readonly type: "cover";
}

/** How a person is reached. */
export interface Handle extends ValueMap {
  readonly type: "generic" | "phoneNumber" | "emailAddress";
  /** At most 128 bytes. */
  readonly value: string;
}

/**
 * An ICE candidate: the members of an `RTCIceCandidate`, copied, and those that are null left out.
 */
export interface Candidate extends ValueMap {
  readonly candidate: string;
  readonly sdpMid?: string | undefined;
  /** 0 to 65,535. */
  readonly sdpMLineIndex?: number | undefined;
  readonly usernameFragment?: string | undefined;
}

/** A session description: the members of an `RTCSessionDescription`, copied. */
export interface Description extends ValueMap {
  readonly type: "offer" | "answer" | "pranswer" | "rollback";
  readonly sdp: string;
}

/** The types of {@link Content}. */
export type KnownType = Content["type"];

/**
 * Content of a type that this version does not know. Receivers take an unknown `call.*` type with a
 * `callId` (a UUID) as a signal, and any other unknown type as a message marked unknown.
 *
 * To send one, write its type out:
 * `const poll: UnknownContent<"app.poll"> = { type: "app.poll", … }`, or pass the object to `seal`
 * as it is.
 */
export interface UnknownContent<Type extends string = UnknownType> extends ValueMap {
  readonly type: Type extends KnownType ? never : Type;
}

/**
 * A received `type` that is none of {@link KnownType}: any other string. TypeScript cannot say
 * that, so this is a string with a mark that exists for the compiler alone. To compare it, name
 * your types in {@link ReceivedContent}, or assign it to a `string`.
 */
export type UnknownType = `${number & { readonly [unknownType]: true }}`;

/** What can be sealed. */
export type SealableContent<Type extends string = never> = Content | UnknownContent<Type>;

/**
 * What comes out of an envelope: a switch on `type` tells the known ones apart and leaves
 * {@link UnknownContent}. `Type` may name the application's own types, for the switch to know them
 * too; their members are its own to check.
 */
export type ReceivedContent<Type extends string = never> =
  Content | OwnContent<Type> | UnknownContent;

/** One {@link UnknownContent} for each of the application's own types. */
export type OwnContent<Type extends string> = Type extends string ? UnknownContent<Type> : never;

/**
 * @internal The binding's form of content: objects are Maps, and a callId is its 16 bytes. The
 * binding knows the members; here stands what JavaScript alone can get wrong. Every property is
 * read once.
 */
export function toBinding(content: unknown): Map<string, unknown> {
  const map = new Walk().map(content);
  const callId = map.get("callId");
  if (isCall(map) && callId !== undefined) {
    const uuid = callIdOf(callId);
    map.set(
      "callId",
      call(() => glue.callIdToBytes(uuid)),
    );
  }
  return map;
}

/** @internal The way back, into plain objects. */
export function fromBinding(content: Map<string, unknown>): ReceivedContent {
  const callId = content.get("callId");
  const members = new Map(content);
  if (isCall(content) && isBytes(callId)) members.set("callId", glue.callIdToString(callId));
  return toObject(members) as unknown as ReceivedContent;
}

/** @internal A callId, not yet known to be a UUID. */
export function callIdOf(callId: unknown): string {
  if (typeof callId !== "string" || callId.length !== 36) {
    throw new HushringError("bad_call_id", "callId must be a UUID string");
  }
  return callId;
}

/** @internal The 16 bytes of a messageId, if there is one. */
export function messageIdBytes(messageId: unknown): Bytes | undefined {
  if (messageId === undefined) return undefined;
  if (typeof messageId !== "string" || !/^[0-9a-f]{32}$/.test(messageId)) {
    throw invalid("messageId must be 32 lowercase hex digits");
  }
  return unhex(messageId);
}

declare const unknownType: unique symbol;

const maxDepth = 16;

/**
 * What is counted is a lower bound, with a byte for each UTF-16 unit; a callId counts 20 more than
 * it takes.
 */
const maxSize = maxLength + 20;

function isCall(content: Map<string, unknown>): boolean {
  const type = content.get("type");
  return typeof type === "string" && type.startsWith("call.");
}

class Walk {
  readonly #path: (string | number)[] = [];
  readonly #containers: object[] = [];
  #size = 0;

  map(value: unknown): Map<string, unknown> {
    if (!isPlainObject(value)) throw this.#bad("is no plain object");
    return this.#within(value, () => {
      if (Object.getOwnPropertySymbols(value).length > 0) {
        throw this.#bad("has a symbol for a member's name");
      }
      const map = new Map<string, unknown>();
      for (const name of Object.keys(value)) {
        this.#path.push(name);
        const member: unknown = value[name];
        if (member !== undefined) map.set(this.#text(name), this.#value(member));
        this.#path.pop();
      }
      return map;
    });
  }

  #array(value: readonly unknown[]): unknown[] {
    return this.#within(value, () => {
      const array: unknown[] = [];
      const { length } = value;
      this.#expect(length);
      for (let index = 0; index < length; index += 1) {
        this.#path.push(index);
        array.push(this.#value(value[index]));
        this.#path.pop();
      }
      return array;
    });
  }

  #value(value: unknown): unknown {
    switch (typeof value) {
      case "boolean":
      case "number":
        this.#grow(1);
        return value;
      case "string":
        return this.#text(value);
      case "object":
        if (value === null) {
          this.#grow(1);
          return null;
        }
        if (!isObject(value)) throw this.#bad("is a proxy that was revoked");
        if (Array.isArray(value)) return this.#array(value);
        if (isBytes(value)) return this.#bytes(value);
        return this.map(value);
      default:
        throw this.#bad(`is of type ${typeof value}, which content cannot hold`);
    }
  }

  #bytes(value: Uint8Array): Bytes {
    this.#grow(1 + lengthOf(value));
    const copy = copyOf(value);
    if (copy === undefined) throw this.#bad("is a view of a detached buffer");
    return copy;
  }

  #text(value: string): string {
    this.#grow(1 + value.length);
    if (!isWellFormed(value)) throw this.#bad("holds a lone surrogate");
    return value;
  }

  #within<T>(container: object, body: () => T): T {
    if (this.#containers.includes(container)) throw this.#bad("contains itself");
    if (this.#containers.length === maxDepth) {
      throw this.#error("too_deep", `stands in more than ${maxDepth} containers`);
    }
    this.#grow(1);
    this.#containers.push(container);
    const result = body();
    this.#containers.pop();
    return result;
  }

  #grow(size: number): void {
    this.#expect(size);
    this.#size += size;
  }

  /** Refuses what is known to become too long, before it is read. */
  #expect(size: number): void {
    if (this.#size + size > maxSize) {
      throw new HushringError("too_long", "content is longer than 65,536 bytes");
    }
  }

  #bad(what: string): HushringError {
    return this.#error("bad_content", what);
  }

  #error(code: ErrorCode, what: string): HushringError {
    const member = this.#path.reduce<string>(
      (path, step) =>
        typeof step === "number" ? `${path}[${step}]` : path === "" ? step : `${path}.${step}`,
      "",
    );
    if (member === "") return new HushringError(code, `content ${what}`);
    return new HushringError(code, `member ${member} ${what}`, { member });
  }
}

function toObject(map: Map<string, unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [name, value] of map) {
    // An assignment would set the prototype if the name is `__proto__`.
    Object.defineProperty(object, name, {
      value: fromValue(value),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return object;
}

function fromValue(value: unknown): unknown {
  if (value instanceof Map) return toObject(value as Map<string, unknown>);
  if (Array.isArray(value)) return value.map(fromValue);
  // The binding writes null as undefined.
  return value ?? null;
}
