import type { Candidate, Description } from "./content.js";
import { itemsOf } from "./untrusted/iterate.js";
import { readNumber, readText } from "./untrusted/member.js";
import { invalid, mustBe } from "./untrusted/require.js";
import { isObject } from "./untrusted/slots.js";
import { type DescriptionType, descriptionTypes } from "./vocabulary.js";

/** The members that are read of an `RTCIceCandidate`, or of an `RTCIceCandidateInit`. */
export interface IceCandidateLike {
  readonly candidate?: string | undefined;
  readonly sdpMid?: string | null | undefined;
  readonly sdpMLineIndex?: number | null | undefined;
  readonly usernameFragment?: string | null | undefined;
}

/** The members that are read of an `RTCSessionDescription`, or of its `Init`. */
export interface DescriptionLike {
  readonly type?: string | null | undefined;
  readonly sdp?: string | null | undefined;
}

/**
 * Copies an ICE candidate for {@link CallCandidates}: the browser's or React Native's object, or a
 * plain one. Members that are null or undefined are left out, and those that are not known. Throws
 * `invalid_argument`.
 */
export function fromIceCandidate(candidate: IceCandidateLike): Candidate {
  return copyCandidate(candidate, "candidate");
}

/**
 * Copies a batch of ICE candidates for {@link CallCandidates}. Null and undefined are left out, and
 * so are candidates of empty text, which say that no more follow. Throws `invalid_argument`.
 */
export function fromIceCandidates(
  candidates: Iterable<IceCandidateLike | null | undefined>,
): Candidate[] {
  const copies: Candidate[] = [];
  let index = 0;
  for (const candidate of itemsOf(candidates, "candidates")) {
    const path = `candidates[${index}]`;
    index += 1;
    if (candidate === null || candidate === undefined) continue;
    const copy = copyCandidate(candidate, path);
    if (copy.candidate !== "") copies.push(copy);
  }
  return copies;
}

/**
 * Copies a session description for {@link CallNegotiate}: the browser's or React Native's object,
 * or a plain one. Its `sdp` is what stands in an invitation or an answer. A rollback has none.
 * Throws `invalid_argument`.
 */
export function fromDescription(description: DescriptionLike | null): Description {
  if (!isObject(description)) {
    throw mustBe("description", "a description, as after setLocalDescription()", description);
  }
  const type = readText(description, "type", "description");
  if (!isDescriptionType(type)) {
    throw invalid(`description.type must be one of ${descriptionTypes.join(", ")}`);
  }
  if (type === "rollback") return { type };
  const sdp = readText(description, "sdp", "description");
  if (sdp === undefined) throw invalid("description.sdp is missing");
  return { type, sdp };
}

function copyCandidate(candidate: unknown, path: string): Candidate {
  if (!isObject(candidate)) throw mustBe(path, "an RTCIceCandidate or the like", candidate);
  const text = readText(candidate, "candidate", path);
  if (text === undefined) throw invalid(`${path}.candidate is missing`);
  const sdpMid = readText(candidate, "sdpMid", path);
  const sdpMLineIndex = readNumber(candidate, "sdpMLineIndex", path);
  const usernameFragment = readText(candidate, "usernameFragment", path);
  return {
    candidate: text,
    ...(sdpMid === undefined ? {} : { sdpMid }),
    ...(sdpMLineIndex === undefined ? {} : { sdpMLineIndex }),
    ...(usernameFragment === undefined ? {} : { usernameFragment }),
  };
}

function isDescriptionType(type: unknown): type is DescriptionType {
  return descriptionTypes.some((known) => known === type);
}
