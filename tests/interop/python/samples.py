"""Makes random contents of the types of envelope.md, "Content types"."""

import random
import struct

from content import ELSEWHERE, REASONS

CHARACTERS = "aZ 0\n\x7fé\u0301ßж漢\ufeff\u202e\u2028🙂\U0010ffff\ue000"
NUMBERS = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2**32 - 1, 2**32, 2**53 - 1]
DRAW = random.SystemRandom()


def content(kind: str) -> dict:
    return {"type": kind} | TYPES[kind]() | others()


def text(most: int) -> str:
    """Returns a text of at most `most` bytes of UTF-8."""
    length, found = DRAW.randrange(most + 1), ""
    while len((more := found + DRAW.choice(CHARACTERS)).encode()) <= length:
        found = more
    return found


def invitation() -> dict:
    kind = DRAW.choice(["generic", "phoneNumber", "emailAddress"])
    return (
        call()
        | {"hasVideo": yes()}
        | some(
            handle=lambda: {"type": kind, "value": text(255)} | others(),
            callerName=lambda: text(256),
            lifetime=lambda: DRAW.randint(1, 90),
            offer=sdp,
            groupId=lambda: text(128),
            data=something,
        )
    )


def end() -> dict:
    reason = DRAW.choice(REASONS)
    end = call() | {"reason": reason}
    if reason == "answeredElsewhere" and yes():
        return end | {"device": DRAW.randbytes(32)}
    if reason in (*ELSEWHERE, "declined", "busy") or yes():
        return end | {"caller": DRAW.randbytes(32)} | ring()
    return end


def ring() -> dict:
    return {"ring": DRAW.choice([*NUMBERS, DRAW.randrange(2**53)])}


def candidate() -> dict:
    return (
        {"candidate": text(60)}
        | others()
        | some(
            sdpMid=lambda: text(8),
            sdpMLineIndex=lambda: DRAW.choice([0, 23, 24, 255, 256, 65_535]),
            usernameFragment=lambda: text(8),
        )
    )


def description() -> dict:
    kind = DRAW.choice(["offer", "answer", "pranswer", "rollback"])
    described = {"sdp": sdp()} if kind != "rollback" or yes() else {}
    return {"type": kind} | described | others()


def sdp() -> str:
    lines = ["v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-options:trickle"]
    return "\r\n".join(lines + [f"a=x:{DRAW.randbytes(9).hex()}" for _ in range(DRAW.randrange(6))])


def call() -> dict:
    return {"callId": call_id()}


def call_id() -> bytes:
    """Returns any callId (M9). Some are nearly in the form of a version 8 UUID."""
    found = bytearray(DRAW.randbytes(16))
    version, variant = found[6] >> 4, found[8] >> 6
    match DRAW.randrange(4):
        case 0:
            version = 8
        case 1:
            variant = 2
    if (version, variant) == (8, 2):
        version, variant = DRAW.choice([(4, 2), (8, 0), (8, 1), (8, 3)])
    return in_form(found, version, variant)


def call_kit_uuid() -> bytes:
    """Returns a version 8 UUID, which is never a callId."""
    return in_form(bytearray(DRAW.randbytes(16)), 8, 2)


def in_form(found: bytearray, version: int, variant: int) -> bytes:
    found[6] = version << 4 | found[6] & 0x0F
    found[8] = variant << 6 | found[8] & 0x3F
    return bytes(found)


def something() -> object:
    while (found := value(4)) is None:
        pass
    return found


def others() -> dict:
    """Returns members that M4 keeps as they are."""
    return {"x" + text(12): value(3)} if DRAW.randrange(4) == 0 else {}


def value(depth: int) -> object:
    match DRAW.randrange(8 if depth > 0 else 6):
        case 0:
            return None
        case 1:
            return yes()
        case 2:
            return DRAW.choice([1, -1]) * DRAW.choice(NUMBERS)
        case 3:
            return fraction()
        case 4:
            return text(DRAW.choice([8, 30, 300]))
        case 5:
            return DRAW.randbytes(DRAW.choice([0, 1, 23, 24, 260]))
        case 6:
            return [value(depth - 1) for _ in range(DRAW.randrange(5))]
        case _:
            # A map whose only entry is called `bytes` is how the vectors write byte strings.
            names = ["a", "b", "aa", "B", "é", "e\u0301", "10", "9", "__proto__", ""]
            return {DRAW.choice(names): value(depth - 1) for _ in range(DRAW.randrange(5))}


def fraction() -> float:
    while True:
        (found,) = struct.unpack(">d", DRAW.randbytes(8))
        if abs(found) < 2**52 and not found.is_integer():
            return found


def some(**members) -> dict:
    return {name: make() for name, make in members.items() if yes()}


def yes() -> bool:
    return DRAW.randrange(2) == 0


TYPES = {
    "call.invite": invitation,
    "call.answer": lambda: call() | ring() | some(answer=sdp, data=something),
    "call.candidates": lambda: (
        call() | {"candidates": [candidate() for _ in range(DRAW.randrange(4))]}
    ),
    "call.negotiate": lambda: call() | {"description": description()},
    "call.end": end,
    "message": lambda: some(body=lambda: text(600), data=something),
    "cover": dict,
    "call.hold": lambda: call() if yes() else {},
    "app.poll": lambda: {"question": text(40)},
}
