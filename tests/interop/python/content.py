"""envelope.md, "Content encoding", "Compression" and "Content types".

cbor2 reads and writes. It accepts more than the profile, so `_Walk` checks the bytes first.
"""

import hashlib
import math
import os
import struct
import uuid
import zlib
from pathlib import Path

import cbor2

from refusal import Refusal, require

MAX_LENGTH = 65_536
MAX_DEPTH = 16
MAX_ITEMS = 4_096
LARGEST = 2**53 - 1

_path = os.environ.get("HUSHRING_DICTIONARY", Path(__file__).parent / "../../../src/dictionary.bin")
DICTIONARY = Path(_path).read_bytes()
assert hashlib.sha256(DICTIONARY).hexdigest() == (
    "66af06cbd9b690dcf58528ef82f2083a7a10be8f7fbc698c3755458829945ffd"
)


# envelope.md, "Compression".


def deflate(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARY)
    return compressor.compress(data) + compressor.flush()


def inflate(stream: bytes) -> bytes:
    inflater = zlib.decompressobj(-15, zdict=DICTIONARY)
    try:
        data = inflater.decompress(stream, MAX_LENGTH + 1)
    except zlib.error:
        raise Refusal("bad_compression") from None
    require(len(data) <= MAX_LENGTH, "too_long")  # D4
    require(inflater.eof and not inflater.unused_data, "bad_compression")  # D2
    return data


# envelope.md, "Content encoding".


def decode(data: bytes) -> dict:
    require(len(data) > 0 and data[0] >> 5 == 5, "bad_cbor")  # C1
    end = _Walk(data).item(0, 0)
    require(end == len(data), "bad_cbor")  # C1
    value = cbor2.loads(data)
    require(cbor2.dumps(value) == data, "bad_cbor")  # C14
    return value


class _Walk:
    """Checks encoded bytes from the front, so that the first breach names the code."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.items = 0

    def item(self, at: int, depth: int) -> int:
        """Checks the item at `at`, inside `depth` containers. Returns where it ends."""
        require(at < len(self.data), "bad_cbor")
        major, info = self.data[at] >> 5, self.data[at] & 31
        if major in (4, 5):
            require(depth < MAX_DEPTH, "too_deep")  # C10
        if major == 7:
            return self.simple(at, info)
        require(major != 6, "bad_cbor")  # C2
        argument, at = self.argument(at, info)
        if major in (0, 1):
            require(argument + (major == 1) <= LARGEST, "bad_cbor")  # C8
            return at
        left = len(self.data) - at
        if major in (2, 3):
            require(argument <= left, "bad_cbor")  # C11
            if major == 3:
                self.text(self.data[at : at + argument])
            return at + argument
        require(argument <= left // (2 if major == 5 else 1), "bad_cbor")  # C11
        self.items += argument
        require(self.items <= MAX_ITEMS, "too_many")  # C12
        before = None
        for _ in range(argument):
            if major == 5:
                key, at = at, self.key(at)
                encoded = self.data[key:at]
                require(before is None or before < encoded, "bad_cbor")  # C6
                before = encoded
            at = self.item(at, depth + 1)
        return at

    def argument(self, at: int, info: int) -> tuple[int, int]:
        if info < 24:
            return info, at + 1
        require(info < 28, "bad_cbor")  # C3
        size = 1 << (info - 24)
        encoded = self.data[at + 1 : at + 1 + size]
        require(len(encoded) == size, "bad_cbor")
        argument = int.from_bytes(encoded)
        # C4: the next shorter form cannot hold it.
        require(argument >= (24 if size == 1 else 1 << (4 * size)), "bad_cbor")
        return argument, at + 1 + size

    def key(self, at: int) -> int:
        require(at < len(self.data) and self.data[at] >> 5 == 3, "bad_cbor")  # C5
        return self.item(at, 0)

    def simple(self, at: int, info: int) -> int:
        if info in (20, 21, 22):
            return at + 1
        require(info == 27 and at + 9 <= len(self.data), "bad_cbor")  # C2
        (value,) = struct.unpack(">d", self.data[at + 1 : at + 9])
        require(math.isfinite(value) and not value.is_integer(), "bad_cbor")  # C9
        return at + 9

    def text(self, data: bytes) -> None:
        try:
            require("\0" not in data.decode(), "bad_cbor")  # C7
        except UnicodeDecodeError:
            raise Refusal("bad_cbor") from None


def encode(content: dict) -> bytes:
    """Encodes a content. Sorts the members, and writes floats with integral values as integers."""
    counted = [0]
    data = cbor2.dumps({name: _value(content[name], name, 1, counted) for name in _sorted(content)})
    _count(len(content), counted)
    require(len(data) <= MAX_LENGTH, "too_long")  # C13
    return data


def _value(value: object, member: str, depth: int, counted: list[int]) -> object:
    if isinstance(value, float):
        require(math.isfinite(value), "bad_content", member=member)
        value = int(value) if value.is_integer() else value
    if isinstance(value, int) and not isinstance(value, bool):
        require(abs(value) <= LARGEST, "bad_content", member=member)
    if isinstance(value, str):
        _text(value, member)
    if isinstance(value, (list, dict)):
        require(depth < MAX_DEPTH, "too_deep")
        _count(len(value), counted)
    if isinstance(value, list):
        return [_value(item, member, depth + 1, counted) for item in value]
    if isinstance(value, dict):
        for name in value:
            _text(name, member)
        return {name: _value(value[name], member, depth + 1, counted) for name in _sorted(value)}
    return value


def _text(text: str, member: str) -> None:
    require("\0" not in text and is_well_formed(text), "bad_content", member=member)


def _count(count: int, counted: list[int]) -> None:
    counted[0] += count
    require(counted[0] <= MAX_ITEMS, "too_many")


def _sorted(names: dict) -> list[str]:
    for name in names:
        _text(name, name)
    return sorted(names, key=lambda name: (len(name.encode()), name.encode()))


# envelope.md, "Content types".

REASONS = (
    "failed remoteEnded unanswered answeredElsewhere declinedElsewhere declined busy cancelled"
).split()
ELSEWHERE = ("answeredElsewhere", "declinedElsewhere")


def is_well_formed(text: str) -> bool:
    return not any(0xD800 <= ord(character) < 0xE000 for character in text)


def is_text(most: int | None = None):
    def holds(value: object) -> bool:
        if not isinstance(value, str) or not is_well_formed(value):
            return False
        return most is None or len(value.encode()) <= most

    return holds


def is_bytes(length: int):
    return lambda value: isinstance(value, bytes) and len(value) == length


def is_integer(least: int, most: int):
    return lambda value: type(value) is int and least <= value <= most


def is_one_of(*names: str):
    return lambda value: isinstance(value, str) and value in names


def is_map_of(members: dict):
    def check(value: object, path: str) -> None:
        require(isinstance(value, dict), "bad_content", member=path)
        check_members(value, members, f"{path}.")

    return check


def is_list_of(members: dict):
    def check(value: object, path: str) -> None:
        require(isinstance(value, list), "bad_content", member=path)
        for place, item in enumerate(value):
            is_map_of(members)(item, f"{path}[{place}]")

    return check


def is_bool(value: object) -> bool:
    return isinstance(value, bool)


def is_something(value: object) -> bool:
    return value is not None


def is_call_id(value: object) -> bool:
    """Checks M9: a version 8 UUID is a CallKit UUID in the callId's place."""
    if not isinstance(value, bytes) or len(value) != 16:
        return False
    return value[6] >> 4 != 8 or value[8] >> 6 != 2


# The members of each map, in the order in which they are read. A ? marks an optional member.
CALL = {"callId": is_call_id}
HANDLE = {"type": is_one_of("generic", "phoneNumber", "emailAddress"), "value": is_text(255)}
CANDIDATE = {
    "candidate": is_text(),
    "sdpMid?": is_text(),
    "sdpMLineIndex?": is_integer(0, 65_535),
    "usernameFragment?": is_text(),
}
DESCRIPTION = {"type": is_one_of("offer", "answer", "pranswer", "rollback"), "sdp?": is_text()}
RING = is_integer(0, LARGEST)
# Containers: these checks take a path, and look inside.
INSIDE = {
    "handle?": is_map_of(HANDLE),
    "candidates": is_list_of(CANDIDATE),
    "description": is_map_of(DESCRIPTION),
}
TYPES = {
    "call.invite": CALL
    | {
        "handle?": None,
        "callerName?": is_text(256),
        "hasVideo": is_bool,
        "lifetime?": is_integer(1, 90),
        "offer?": is_text(),
        "groupId?": is_text(128),
        "data?": is_something,
    },
    "call.answer": CALL | {"ring": RING, "answer?": is_text(), "data?": is_something},
    "call.candidates": CALL | {"candidates": None},
    "call.negotiate": CALL | {"description": None},
    "call.end": CALL
    | {
        "reason": is_one_of(*REASONS),
        "caller?": is_bytes(32),
        "ring?": RING,
        "device?": is_bytes(32),
    },
    "message": {"body?": is_text(), "data?": is_something},
    "cover": {},
}


def check(content: dict) -> None:
    """Checks M1 to M9. Names the first member that is missing or wrong."""
    kind = content.get("type")
    require(isinstance(kind, str), "bad_content", member="type")  # M1
    if kind not in TYPES:
        if kind.startswith("call."):  # M6: code points compare as bytes do
            check_members(content, {"callId?": is_call_id}, "")
        return
    check_members(content, TYPES[kind], "")


def check_members(content: dict, members: dict, path: str) -> None:
    for name, holds in members.items():
        short = name.removesuffix("?")
        must = is_needed(content, members, short) if short != name else True
        if short not in content:
            require(must is not True, "bad_content", member=path + short)  # M3, M5
            continue
        require(must is not False, "bad_content", member=path + short)  # M5
        if holds is None:
            INSIDE[name](content[short], path + short)
        else:
            require(holds(content[short]), "bad_content", member=path + short)  # M2


def is_needed(content: dict, members: dict, name: str) -> bool | None:
    """Says whether an optional member must be present, or must be absent. `None`: it may be either.

    It depends on members above it in the table, which were read before, and on which are present.
    """
    if members is DESCRIPTION and name == "sdp":
        return content["type"] != "rollback" or None
    if members is not TYPES["call.end"]:
        return None
    # M5.
    speaks_of_ring = "caller" in content or "ring" in content
    is_taken = content["reason"] == "answeredElsewhere" and "device" in content
    if name == "device":
        return None if is_taken and not speaks_of_ring else False
    of_callee = content["reason"] in (*ELSEWHERE, "declined", "busy") and not is_taken
    return of_callee or speaks_of_ring or None


def is_heard_untrusted(content: dict) -> bool:
    """Says whether the own account may say this while it is not trusted (inbox.md, N10)."""
    ends_elsewhere = content["type"] == "call.end" and content["reason"] in ELSEWHERE
    return ends_elsewhere or content["type"] == "cover"


def call_id_of(text: str) -> bytes:
    """Reads a callId that is given to an API (M9)."""
    require(isinstance(text, str) and len(text) == 36, "bad_call_id")
    try:
        found = uuid.UUID(text)
    except ValueError:
        raise Refusal("bad_call_id") from None
    require(str(found) == text.lower() and is_call_id(found.bytes), "bad_call_id")
    return found.bytes
