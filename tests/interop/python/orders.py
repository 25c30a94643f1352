"""Writes fresh vectors that break several rules at once: the specification says which is reported.

It also writes those cases at the borders of the rules that no vector of the project shows.
"""

import base64
import uuid
from collections.abc import Iterator

import bundles
import content
import hpke
import keys
import publications
import push
import samples
from bundles import Prekey
from keys import Certificate, Device, SigningKey
from samples import DRAW

DAY = 86_400
Vector = tuple[str, str, str, dict]


def refused(code: str, **details: object) -> dict:
    return {"expect": {"error": code} | details}


def lengths() -> Iterator[Vector]:
    """Exports, and a certificate by itself, of other lengths than theirs."""
    for kind, lengths in {
        "account": [0, 31, 33, 176],
        "pendingDevice": [0, 31, 33, 144, 176],
        "device": [0, 31, 32, 144, 175, 177],
        "prekey": [0, 40, 42],
    }.items():
        for length in lengths:
            given = {"export": DRAW.randbytes(length).hex()}
            yield kind, "K6", f"{length} bytes.", given | refused("bad_length")
    for length in (0, 80, 143, 145, 176):
        given = {"certificate": DRAW.randbytes(length).hex()}
        yield "certificate", "T1", f"{length} bytes.", given | refused("bad_length")


def pushes() -> Iterator[Vector]:
    """The order of "Push": any two or more of the arguments are wrong."""
    wrong = {
        "deviceToken": ("bad_device_token", ["", "abc", "0g", "ab cd"]),
        "topic": ("bad_topic", ["", "com example", "com.exämple", "a\n", "*", "a.voip"]),
        "locKey": ("bad_loc_key", ["", "x" * 65, "\u0001" * 30, "ж" * 33]),
        "envelope": ("bad_length", [0, 2_879, 2_881]),
    }
    for _ in range(20):
        given = {"deviceToken": "00ff", "topic": "com.example", "locKey": "N", "envelope": 2_880}
        names = DRAW.sample(list(wrong), DRAW.randint(2, 4))
        given |= {name: DRAW.choice(wrong[name][1]) for name in names}
        given["envelope"] = base64.b64encode(DRAW.randbytes(given["envelope"])).decode()
        given["now"] = DRAW.randrange(2**41)
        (code, _), *_ = (wrong[name] for name in wrong if name in names)
        yield "push", "P1 P6 P7 P10", "The first argument that is wrong.", given | refused(code)


def audits() -> Iterator[Vector]:
    def sent(expiration: str, **headers: str) -> dict:
        made = push.push(DRAW.randbytes(2_880), DRAW.randbytes(32).hex(), "com.example", 0)
        return made | {"headers": made["headers"] | {"apns-expiration": expiration} | headers}

    passes: dict = {"expect": {}}
    fails = refused("bad_push")
    day = DRAW.randrange(1, 30_000)
    for days, outcome in [
        ([1], passes),
        ([29], passes),
        ([day, day, day + 1, day + 1], passes),
        ([day, day + 1, day], fails),
        ([day, day + 2], fails),
        ([day, day + 1, day + 2], fails),
        ([0], fails),
        ([0, 1], fails),
        ([-1], fails),
    ]:
        requests = [sent(str(each * DAY)) for each in days]
        yield "audit", "P11", "Days that follow each other.", {"requests": requests} | outcome
    for written in ("086400", "+86400", "86400.0", "864e2", " 86400", "86400\n", "86401", ""):
        yield "audit", "P11", "Not in decimal.", {"requests": [sent(written)]} | fails
    two = [sent("86400"), sent("86400", **{"apns-topic": "com.example.other"})]
    yield "audit", "P11", "Two topics.", {"requests": two} | fails
    bare = sent("86400")
    for name in bare["headers"]:
        headers = {each: bare["headers"][each] for each in bare["headers"] if each != name}
        request = bare | {"headers": headers}
        yield "audit", "P4", f"Without {name}.", {"requests": [request]} | fails
        if name != "apns-topic":  # which is at the end already
            request = bare | {"headers": headers | {name: bare["headers"][name]}}
            yield "audit", "P4", f"With {name} at the end.", {"requests": [request]} | fails


# The members of each type, in the order of the table, with what they hold.
ORDER = {
    "call.invite": "callId handle.type handle.value callerName hasVideo lifetime offer"
    " groupId data",
    "call.answer": "callId ring answer data",
    "call.candidates": "callId candidates[0].candidate candidates[0].sdpMid"
    " candidates[0].sdpMLineIndex candidates[0].usernameFragment candidates[1].candidate"
    " candidates[1].sdpMid candidates[1].sdpMLineIndex candidates[1].usernameFragment",
    "call.negotiate": "callId description.type description.sdp",
    "call.end": "callId reason caller ring",
    "message": "body data",
}


REQUIRED = "callId type value hasVideo candidate sdp reason caller ring".split()


def whole(kind: str) -> dict:
    """Returns a content with all its members."""
    candidate = {"candidate": "", "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": ""}
    members = {
        "callId": samples.call_id(),
        "handle": {"type": "generic", "value": ""},
        "callerName": "",
        "hasVideo": False,
        "lifetime": 90,
        "offer": "",
        "groupId": "",
        "data": 0,
        "answer": "",
        "candidates": [dict(candidate), dict(candidate)],
        "description": {"type": DRAW.choice(["offer", "pranswer"]), "sdp": ""},
        "reason": DRAW.choice([*content.ELSEWHERE, "declined", "busy"]),
        "caller": DRAW.randbytes(32),
        "ring": DRAW.randrange(2**53),
        "body": "",
    }
    names = {path.split(".")[0].split("[")[0] for path in ORDER[kind].split()}
    return {"type": kind} | {name: members[name] for name in members if name in names}


def spoil(said: dict, path: str) -> None:
    """Removes a member, or gives it a value that is wrong there. For `data` only null is wrong."""
    if path == "candidates":
        said["candidates"] = DRAW.choice([None, {}, "", 0])
        return
    *outer, last = path.replace("[", ".").replace("]", "").split(".")
    inside: dict | list = said
    for name in outer:
        inside = inside[int(name) if isinstance(inside, list) else name]
    place = int(last) if isinstance(inside, list) else last
    if last in REQUIRED and samples.yes():
        del inside[place]
    else:
        wrong = [None, -1 if last == "ring" else 2**40, b"\0", [0]]
        wrong += [samples.call_kit_uuid()] * 3 if last == "callId" else []
        inside[place] = None if last == "data" else DRAW.choice(wrong)


def wrong_contents() -> Iterator[tuple[str, dict]]:
    """Yields the path of the first wrong member, and the content."""
    for kind, paths in ORDER.items():
        for _ in range(15):
            order = paths.split()
            # Sometimes a whole container is wrong, and nothing in it is named.
            containers = {"handle", "description", "candidates", "candidates[0]", "candidates[1]"}
            for container in sorted(containers, reverse=True):
                starts = f"{container}.", f"{container}["
                inner = [path for path in order if path.startswith(starts)]
                if inner and DRAW.randrange(4) == 0:
                    at = order.index(inner[0])
                    order = [path for path in order if path not in inner]
                    order.insert(at, container)
            wrong = DRAW.sample(order, DRAW.randint(2, len(order)))
            said = whole(kind)
            for path in wrong:
                spoil(said, path)
            yield min(wrong, key=order.index), said


def good_contents() -> Iterator[dict]:
    """Yields contents in which only the beginning of `type`, as bytes, decides what callId is."""
    call_id, call_kit_uuid = samples.call_id(), samples.call_kit_uuid()
    for kind in ("call.", "call.\u0301hold", "call.inviteX", "call.invite\ufeff"):
        yield {"type": kind, "callId": call_id}
        yield {"type": kind}
    for kind in ("call", "Call.invite", "cal\u0301l.invite", "\ufeffcall.invite", ".call."):
        yield {"type": kind, "callId": DRAW.choice([7, None, b"\0", "text", [call_id]])}
        yield {"type": kind, "callId": call_kit_uuid}
    inner = {"type": "call.invite", "callId": DRAW.choice([b"\0" * 16, "text", call_kit_uuid])}
    yield {"type": "message", "data": inner}
    yield {"type": "call.answer", "callId": call_id, "ring": 0, "data": [inner]}


def ends() -> Iterator[tuple[str | None, dict]]:
    """M5: an end with each reason, and with each choice of caller, ring and device.

    Yields the member that is named, if one is, and the content. Where one is, another one that is
    there may be wrong: the first one from the top of the table that is missing or wrong is named.
    """
    more = {"caller": DRAW.randbytes(32), "ring": 2**53 - 1, "device": DRAW.randbytes(32)}
    for reason in content.REASONS:
        for chosen in range(8):
            members = {name: more[name] for place, name in enumerate(more) if chosen & 1 << place}
            end = {"type": "call.end", "callId": samples.call_id(), "reason": reason}
            named = wrong_in_end(reason, set(members))
            yield named, end | members
            for wrong in members:
                value = DRAW.choice([None, b"\0", "text", [0], {}, -1])
                first = min({wrong, named or wrong}, key=list(more).index)
                yield first, end | members | {wrong: value}


def wrong_in_end(reason: str, members: set[str]) -> str | None:
    pair = members & {"caller", "ring"}
    if len(pair) == 1:
        return "ring" if pair == {"caller"} else "caller"
    is_taken = reason == "answeredElsewhere" and "device" in members
    of_callee = reason in ("declined", "busy", "answeredElsewhere", "declinedElsewhere")
    if of_callee and not is_taken and not pair:
        return "caller"
    return "device" if "device" in members and (pair or not is_taken) else None


def bad_call_ids() -> Iterator[tuple[str, dict]]:
    for kind in ("call.", "call.\u0301hold", "call.invite"):
        for call_id in (None, 7, "text", DRAW.randbytes(15), DRAW.randbytes(17), [], {}):
            yield "callId", {"type": kind, "callId": call_id, "hasVideo": True}
    for kind, said in CALLS.items():
        yield "callId", {"type": kind, "callId": samples.call_kit_uuid()} | said


# What the least content of each type that begins with `call.` has beside its callId.
CALLS: dict[str, dict] = {
    "call.invite": {"hasVideo": True},
    "call.answer": {"ring": 0},
    "call.candidates": {"candidates": []},
    "call.negotiate": {"description": {"type": "rollback"}},
    "call.end": {"reason": "cancelled"},
    "call.hold": {},
}


def too_large(sender: dict, bundle: dict[int, dict], now: int) -> Iterator[Vector]:
    """E8: the smallest room among the targets is named, whichever of them is too small."""
    text = DRAW.randbytes(9_000).hex()
    for order in ([1, 2], [2, 1], [1, 1, 2], [1]):
        given = sender | {"to": [bundle[suite] for suite in order], "now": now}
        given["content"] = {"type": "message", "body": text}
        room = min(hpke.SUITES[suite].room for suite in order)
        yield "seal", "E8", "Too large for each.", given | refused("too_large", available=room)


def call_ids(sender: dict, bundle: dict[int, dict], now: int) -> Iterator[Vector]:
    """M9: a callId in the form of a version 8 UUID, in all types that begin with `call.`."""
    for kind, said in CALLS.items():
        said = {"type": kind, "callId": written_id(samples.call_kit_uuid())} | said
        given = sender | {"to": [bundle[1]], "now": now, "content": said}
        yield "seal", "M9", "A CallKit UUID as callId.", given | refused("bad_call_id")


def call_kit_uuids() -> Iterator[Vector]:
    """I1 of any callId, in either case; and M9 of what is none."""
    for _ in range(10):
        account, call_id = SigningKey(DRAW.randbytes(32)).public, samples.call_id()
        given = {"account": account.hex(), "callId": written_id(call_id)}
        expect = {"uuid": str(uuid.UUID(bytes=keys.callkit_uuid(account, call_id)))}
        yield "callKit", "I1 M9", "Any callId.", given | {"expect": expect}
        given = {"account": account.hex(), "callId": written_id(samples.call_kit_uuid())}
        yield "callKit", "M9", "A CallKit UUID as callId.", given | refused("bad_call_id")


def written_id(call_id: bytes) -> str:
    """Writes a callId as an API takes it: in either case."""
    text = str(uuid.UUID(bytes=call_id))
    return text.upper() if DRAW.randrange(4) == 0 else text


def plain() -> Iterator[Vector]:
    yield from lengths()
    yield from publications.publications()
    yield from publications.lists()
    yield from publications.memories()
    yield from pushes()
    yield from audits()
    yield from sealed()
    yield from call_kit_uuids()


def sealed() -> Iterator[Vector]:
    now = DRAW.randrange(10**9, 4 * 10**9)
    account, key = SigningKey(DRAW.randbytes(32)), SigningKey(DRAW.randbytes(32))
    certificate = Certificate.issue(account, key.public, now - 1, now + DAY)
    device = Device(key, certificate)
    exports = [bytes([suite]) + DRAW.randbytes(32) + (now + DAY).to_bytes(8) for suite in (1, 2)]
    published = bundles.publish(
        device, [Prekey.read(export) for export in exports], now * 1000, None
    )
    public = account.public.hex()
    to = {suite: {"account": public, "bundle": published[suite - 1].hex()} for suite in (1, 2)}
    sender = {"device": device.export().hex()}
    yield from too_large(sender, to, now * 1000)
    yield from call_ids(sender, to, now * 1000)
