"""inbox.md, "Names": what the system and the app are told of a caller."""

import json
from typing import NamedTuple

import content
from refusal import Refusal, require

MOST_HANDLE = 255
MOST_NAME = 256
MOST_CALL_KIT = 1_024


class Handle(NamedTuple):
    type: str
    value: str


def characters(*ranges: tuple[int, int]) -> set[str]:
    return {chr(code) for first, last in ranges for code in range(first, last + 1)}


# N23: characters that are taken out, tags apart.
UNSEEN = characters(
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x200B, 0x200B),
    (0x200E, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
)
TAGS = characters((0xE0000, 0xE007F))
BLACK_FLAG = "\U0001f3f4"
# Unicode's property White_Space.
WHITE_SPACE = characters(
    (0x09, 0x0D),
    (0x20, 0x20),
    (0x85, 0x85),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
)
# A text of nothing but these is empty.
BLANK = WHITE_SPACE | characters(
    (0x34F, 0x34F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200C, 0x200D),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
)
# N24.
IN_PHONE_NUMBER = set("0123456789+*#()-./,; ")


def cleaned(text: str) -> str:
    """Cleans a name, or the value of a handle (N23)."""
    kept = []
    in_flag = False
    for character in text:
        in_flag = character == BLACK_FLAG or (in_flag and character in TAGS)
        if character not in UNSEEN and (character not in TAGS or in_flag):
            kept.append(character)
    return "".join(kept) if any(character not in BLANK for character in kept) else ""


def pinned(handle: Handle | None, name: str | None) -> tuple[Handle | None, str | None]:
    """Checks and cleans what is to be pinned (N24). Empty ones count as none."""
    if handle is not None:
        require(content.HANDLE["type"](handle.type), "bad_content", member="handle.type")
        value = cleaned(checked(handle.value, MOST_HANDLE, "handle.value"))
        is_number = handle.type != "phoneNumber" or set(value) <= IN_PHONE_NUMBER
        require(is_number, "bad_content", member="handle.value")
        handle = Handle(handle.type, value) if value else None
    if name is not None:
        name = cleaned(checked(name, MOST_NAME, "name")) or None
    return handle, name


def checked(text: str, most: int, member: str) -> str:
    require(isinstance(text, str) and "\0" not in text, "bad_content", member=member)
    try:
        require(len(text.encode()) <= most, "bad_content", member=member)
    except UnicodeEncodeError:
        raise Refusal("bad_content", member=member) from None
    return text


def claims(said: dict) -> dict[str, str | Handle]:
    """Returns the claims of the sender (N25)."""
    found: dict[str, str | Handle] = {}
    if "handle" in said:
        found["handle"] = Handle(said["handle"]["type"], cleaned(said["handle"]["value"]))
    if "callerName" in said:
        found["callerName"] = cleaned(said["callerName"])
    return found


def shortened(call_kit: dict[str, str | bool | int]) -> dict[str, str | bool | int]:
    """Leaves out characters at the end of the name until the dictionary fits."""
    while len(as_json(call_kit)) > MOST_CALL_KIT:
        call_kit = call_kit | {"callerName": call_kit["callerName"][:-1]}
    return call_kit


def as_json(call_kit: dict[str, str | bool | int]) -> bytes:
    """Writes the dictionary without white space, with the escapes of relay.md (P7)."""
    return json.dumps(call_kit, ensure_ascii=False, separators=(",", ":")).encode()
