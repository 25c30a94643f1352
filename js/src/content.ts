import type { DescriptionType, EndReason, HandleType } from "./vocabulary.js";

/**
 * A part of content (spec/envelope.md, Content encoding). Numbers are integers within ±(2^53 − 1),
 * or finite and not integral. Text contains no U+0000 and no lone surrogates. At most 16 arrays and
 * maps are nested, the content itself included. A member whose value is `undefined` is left out; in
 * an array it is refused.
 */
export type Value = null | boolean | number | string | Uint8Array | readonly Value[] | ValueMap;

/** A plain object of {@link Value}s. */
export interface ValueMap {
  readonly [member: string]: Value | undefined;
}

/**
 * Members of the application's own beside known ones. Their names begin with `x-`, so that a
 * misspelt name does not compile.
 *
 * Receivers keep every member that they do not know, also those of later versions.
 */
export interface Extra {
  readonly [member: `x-${string}`]: Value | undefined;
}

/** The content of an envelope (spec/envelope.md, Content types): a union on `type`. */
export type Content =
  | CallInvite
  | CallAnswer
  | CallCandidates
  | CallNegotiate
  | CallEnd
  | Message
  | Cover;

/** An invitation to a call. It rings. */
export interface CallInvite extends Extra {
  readonly type: "call.invite";
  /** The call's UUID. Upper and lower case go in, lower case comes out. */
  readonly callId: string;
  /** The handle that the caller claims. The receiver shows the one that it pinned. */
  readonly handle?: Handle | undefined;
  /** The name that the caller claims, at most 256 bytes. */
  readonly callerName?: string | undefined;
  readonly hasVideo: boolean;
  /** How long it may ring, in whole seconds: 1 to 90, by default 60. */
  readonly lifetime?: number | undefined;
  /** SDP text. */
  readonly offer?: string | undefined;
  /** At most 128 bytes. */
  readonly groupId?: string | undefined;
  /** Any value except null, for the application. */
  readonly data?: Value | undefined;
}

/** The answer to an invitation. */
export interface CallAnswer extends Extra {
  readonly type: "call.answer";
  readonly callId: string;
  /** When the invitation was sent that is answered: what {@link Inbox.answered} returns. */
  readonly ring: Date;
  /** SDP text. */
  readonly answer?: string | undefined;
  /** Any value except null, for the application. */
  readonly data?: Value | undefined;
}

/** ICE candidates, in one batch. */
export interface CallCandidates extends Extra {
  readonly type: "call.candidates";
  readonly callId: string;
  readonly candidates: readonly Candidate[];
}

/** A session description in the middle of a call. */
export interface CallNegotiate extends Extra {
  readonly type: "call.negotiate";
  readonly callId: string;
  readonly description: Description;
}

/** The end of a call: a union on who speaks. */
export type CallEnd = CallEndByCaller | CallEndByCallee | CallEndTaken;

/** The end of a call, by its caller. */
export interface CallEndByCaller extends Extra {
  readonly type: "call.end";
  readonly callId: string;
  readonly reason: "cancelled" | "unanswered" | "remoteEnded" | "failed";
  readonly caller?: undefined;
  readonly ring?: undefined;
  readonly device?: undefined;
}

/**
 * The end of a call, by one of those that were called: to the caller, or with `answeredElsewhere`
 * or `declinedElsewhere` to the other devices of its own account.
 */
export interface CallEndByCallee extends Extra {
  readonly type: "call.end";
  readonly callId: string;
  readonly reason: EndReason;
  /** The caller's account key, 32 bytes. */
  readonly caller: Uint8Array;
  /** When the invitation was sent that the end is about: see {@link CallAnswer.ring}. */
  readonly ring: Date;
  readonly device?: undefined;
}

/** The caller's word of which device it has taken, where a second one has answered. */
export interface CallEndTaken extends Extra {
  readonly type: "call.end";
  readonly callId: string;
  readonly reason: "answeredElsewhere";
  /** The public key of the device that was taken, 32 bytes: see {@link SecondEvent.taken}. */
  readonly device: Uint8Array;
  readonly caller?: undefined;
  readonly ring?: undefined;
}

/** A message. It is shown. */
export interface Message extends Extra {
  readonly type: "message";
  readonly body?: string | undefined;
  /** Any value except null, for the application. */
  readonly data?: Value | undefined;
}

/** Nothing, in an envelope like any other, to fill gaps with. */
export interface Cover extends Extra {
  readonly type: "cover";
}

/** The address of a person, as CallKit's `CXHandle`. */
export interface Handle extends Extra {
  readonly type: HandleType;
  /** At most 255 bytes. */
  readonly value: string;
}

/** An ICE candidate. {@link fromIceCandidate} makes one of the browser's. */
export interface Candidate extends Extra {
  readonly candidate: string;
  readonly sdpMid?: string | undefined;
  /** 0 to 65,535. */
  readonly sdpMLineIndex?: number | undefined;
  readonly usernameFragment?: string | undefined;
}

/** A session description. {@link fromDescription} makes one of the browser's. */
export type Description = SessionDescription | Rollback;

/** A session description that describes something. */
export interface SessionDescription extends Extra {
  readonly type: Exclude<DescriptionType, Rollback["type"]>;
  readonly sdp: string;
}

/** The description that takes back the last one. */
export interface Rollback extends Extra {
  readonly type: "rollback";
  readonly sdp?: string | undefined;
}

/** The types of {@link Content}. */
export type KnownType = Content["type"];

/**
 * Content of a type that this version does not know. Receivers take an unknown `call.*` type with a
 * `callId` (a UUID) as a signal, and any other unknown type as a message marked unknown.
 *
 * `seal` takes every object of the application's own with a `type`, also an interface.
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

/**
 * Content to seal: {@link Content}, or an object of the application's own, whose type `Own`
 * TypeScript infers. An interface is accepted, although none is assignable to {@link ValueMap}: as
 * content of a type of its own, as `data`, or as a member whose name begins with `x-`.
 */
export type SealableContent<Own = never> = Content | Sealable<Own>;

/**
 * The content that an envelope contained: a switch on `type` tells the known ones apart and leaves
 * {@link UnknownContent}. `Type` may name the application's own types, for the switch to know them
 * too; check their members before use.
 */
export type ReceivedContent<Type extends string = never> =
  | Content
  | OwnContent<Type>
  | UnknownContent;

/** One {@link UnknownContent} for each of the application's own types. */
export type OwnContent<Type extends string> = Type extends string ? UnknownContent<Type> : never;

/** `Own` if it can be sealed; else a type that it does not fit. */
export type Sealable<Own> = Own extends { readonly type: KnownType }
  ? Own extends WithOwnData<Own, Extract<Content, { readonly type: Own["type"] }>>
    ? Own
    : never
  : Own extends { readonly type: string }
    ? Encodable<Own>
    : never;

/** `Type`, with whatever cannot be a {@link Value} replaced by `never`, also deep inside. */
export type Encodable<Type> = Type extends Value | undefined
  ? Type
  : Type extends (...parameters: never[]) => unknown
    ? never
    : Type extends readonly unknown[]
      ? {
          readonly [Index in keyof Type]: Type[Index] extends undefined
            ? never
            : Encodable<Type[Index]>;
        }
      : Type extends object
        ? { readonly [Member in keyof Type]: Encodable<Type[Member]> }
        : never;

/**
 * `Known`, with the types that `Own` has where the application decides, and without any name that
 * neither knows.
 */
export type WithOwnData<Own, Known> = Known extends
  | boolean
  | number
  | string
  | Uint8Array
  | Date
  | undefined
  ? Known
  : Known extends readonly (infer Item)[]
    ? readonly WithOwnData<Own extends readonly (infer OwnItem)[] ? OwnItem : never, Item>[]
    : {
        readonly [Member in keyof Known as Exclude<Member, OwnMember>]: Member extends keyof Own
          ? WithOwnData<NonNullable<Own[Member]>, Known[Member]>
          : Known[Member];
      } & {
        readonly [Member in keyof Own]: Member extends OwnMember
          ? Encodable<Own[Member]>
          : Member extends keyof Known
            ? unknown
            : never;
      };

/** The members whose types the application decides. */
export type OwnMember = "data" | keyof Extra;

declare const unknownType: unique symbol;
