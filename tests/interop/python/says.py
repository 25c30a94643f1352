"""Says what the people of a random scene say of calls, and what the app pins."""

import samples
from content import ELSEWHERE, REASONS
from samples import DRAW

# Some of these characters are taken out of names, some stay, and some count as nothing.
CHARACTERS = [
    *"aé漢0 \"\\'",
    *"\t\n\x7f\x85\xa0\xad\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2028\u202e\u202f",
    *"\u205f\u2060\u206f\u2800\u3000\u3164\ufe0f\ufeff\uff9f\uffa0\ufff8\ufff9\ufffb\u034f\u0301",
    *"👩🏴\U000e0000\U000e0067\U000e0062\U000e007f\U000e0080",
]
BLANKS = " \xa0\u3000\u115f\u180b\u200c\u200d\ufe0f\u034f\u200b\u2800\U000e0020"


def name(most: int) -> str:
    """Returns a name of at most `most` bytes of UTF-8."""
    characters = DRAW.choice([CHARACTERS, CHARACTERS, list(BLANKS), ["ж"], ['"', "x"]])
    length, found = DRAW.randrange(most + 1), ""
    while len((more := found + DRAW.choice(characters)).encode()) <= length:
        found = more
    return found


def phone_number() -> str:
    return "".join(DRAW.choices("+49 (0)30/123-45.*#,;\u200b\u202c", k=DRAW.randrange(20)))


def handle() -> dict[str, str]:
    kind = DRAW.choice(["generic", "phoneNumber", "emailAddress"])
    if kind == "phoneNumber" and samples.yes():
        return {"type": kind, "value": phone_number()}
    return {"type": kind, "value": name(255)}


def pinned() -> dict:
    """Returns what is pinned. Some of it is refused."""
    most = DRAW.choice([30, 256, 256, 300])
    names = samples.some(handle=handle, displayName=lambda: name(most))
    if DRAW.randrange(12) == 0:
        names["displayName"] = "a\0b"
    return names


def invited() -> dict:
    return samples.some(
        lifetime=lambda: DRAW.randint(1, 90),
        handle=handle,
        callerName=lambda: name(256),
    ) | ({"groupId": "a group"} if DRAW.randrange(4) == 0 else {})


def ended(kind: str, ring: int, device: bytes) -> dict:
    """Says why a call ended: to siblings, to the caller, or to callees, as M5 allows."""
    match kind:
        case "sibling":
            return {"reason": DRAW.choice(ELSEWHERE), "ring": ring}
        case "callee":
            reasons = [*REASONS, *["declined", "remoteEnded"] * 3]
            return {"reason": DRAW.choice(reasons), "ring": ring}
        case "caller":
            of_callee = (*ELSEWHERE, "declined", "busy")
            return {"reason": DRAW.choice([each for each in REASONS if each not in of_callee])}
        case _:
            return {"reason": "answeredElsewhere", "device": device}


def signal() -> dict:
    match DRAW.randrange(3):
        case 0:
            return {"type": "call.candidates", "candidates": []}
        case 1:
            return {"type": "call.negotiate", "description": {"type": "rollback"}}
        case _:
            return {"type": "call.hold"}
