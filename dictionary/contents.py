"""The corpus as hushring contents: each description or batch of candidates in deterministic CBOR.

A content is a list of pieces, (bytes, varies): what varies is random or personal and must never
enter the dictionary. The format is spec/envelope.md, "Content encoding".
"""

import json
import random
import re
import zlib
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "corpus"
LIMIT = 1500


class Varies:
    """A value that differs from one content to the next."""

    def __init__(self, value):
        self.value = value


def raw_deflate(data, dictionary=b""):
    """`data` as one raw DEFLATE stream, with the encoder's best effort."""
    options = {"zdict": dictionary} if dictionary else {}
    encoder = zlib.compressobj(level=9, wbits=-15, memLevel=9, **options)
    return encoder.compress(data) + encoder.flush()


def joined(pieces):
    return b"".join(data for data, _ in pieces)


# Deterministic CBOR (RFC 8949, section 4.2.1), in pieces.


def encode(value):
    if isinstance(value, Varies):
        return [(joined(encode(value.value)), True)]
    if isinstance(value, bool):
        return [(b"\xf5" if value else b"\xf4", False)]
    if isinstance(value, int):
        return [(head(0, value), False)]
    if isinstance(value, bytes):
        return [(head(2, len(value)), False), (value, True)]
    if isinstance(value, str):
        text = value.encode()
        length = head(3, len(text))
        return [(length[:1], False), (length[1:], True), *mask(text)]
    if isinstance(value, list):
        return [(head(4, len(value)), False), *(piece for item in value for piece in encode(item))]
    members = sorted((joined(encode(key)), encode(key), encode(item)) for key, item in value.items())
    return [(head(5, len(members)), False), *(piece for _, key, item in members for piece in (*key, *item))]


def head(major, number):
    if number < 24:
        return bytes([major << 5 | number])
    size, code = next((size, code) for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)) if number < 256**size)
    return bytes([major << 5 | code]) + number.to_bytes(size, "big")


# What varies in SDP and in candidates. Group 1, where there is one, is the part that varies.
VARYING = re.compile(
    rb"|".join(
        [
            rb"(?<=^o=- )\d+",
            rb"(?<=^o=mozilla\.\.\.THIS_IS_SDPARTA-99\.0 )\d+",
            rb"(?<=ice-ufrag:)\S+",
            rb"(?<=ice-pwd:)\S+",
            rb"(?<= ufrag )\S+",
            rb"(?<=fingerprint:sha-256 )\S+",
            rb"(?<=cname:)[A-Za-z0-9+/]{16}(?=\r)",
            rb"(?<=a=ssrc:)\d+",
            rb"(?<=ssrc-group:FID )\d+ \d+",
            rb"(?<=ssrc-group:SIM )\d+ \d+( \d+)?",
            rb"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
            rb"(?<=^m=audio )\d{4,5}(?= )",
            rb"(?<=^m=video )\d{4,5}(?= )",
            rb"(?<=^m=application )\d{4,5}(?= )",
            rb"(?<=^a=rtcp:)\d{4,5}(?= )",
            rb"(?<=candidate:)\d{5,}",
            rb"(?<= )\d{4,5}(?= typ )",
            rb"(?<=rport )\d{4,5}",
            rb"(?<![\d.])(?!0\.0\.0\.0|127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])",
            rb"(?<= )[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}(?= )",
        ]
    ),
    re.MULTILINE,
)


def mask(text):
    pieces, at = [], 0
    for match in VARYING.finditer(text):
        pieces += [(text[at : match.start()], False), (match.group(), True)]
        at = match.end()
    return [*pieces, (text[at:], False)]


# Contents.

NAMES = ["Grace Hopper", "Alan Turing", "Søren", "M. Okafor", "李小龍", "Maria da Silva", "Jo", "Доктор Живаго", "Bäckerei Schmidt GmbH"]


def corpus(half):
    """Every file of one half: (name, bytes)."""
    return [(path.name, path.read_bytes()) for path in sorted((CORPUS / half).iterdir()) if path.suffix in (".sdp", ".json")]


def kind_of(name):
    """call.invite, call.answer, call.negotiate or call.candidates."""
    stem = name.rsplit(".", 1)[0]
    if name.endswith(".json"):
        return "call.candidates"
    if re.search(r"(add|remove|hold|mute|resume|stop|restart)-?\w*-(offer|answer)-", stem):
        return "call.negotiate"
    return "call.answer" if "answer-" in stem.replace("answered-", "") else "call.invite"


def session_of(name):
    """What shares random values: one peer connection pair of one round of a set-up."""
    if name.startswith("sample-"):
        return name
    stem = re.sub(r"^synthetic-(macos-chrome|windows-chrome|ios|safari|android)-", "", name.rsplit(".", 1)[0])
    set_up = set_up_of(stem)
    return f"{set_up}-{stem.rsplit('-', 1)[1]}"


def set_up_of(name):
    """The set-up, without role and round."""
    stem = name.rsplit(".", 1)[0]
    return re.sub(r"(-callee)?(-(add|remove|hold|mute|resume|stop|restart)(-(video|audio|screen|data|both))?)?-(offer|answer)-(trickle|gathered|candidates)-\d+$", "", stem)


def content(name, data, **members):
    """The content that carries one file of the corpus, as a dictionary of CBOR values."""
    kind = kind_of(name)
    call_id = random.Random(f"callId {name}").randbytes(16)
    if kind == "call.candidates":
        return {"type": kind, "callId": call_id, "candidates": [candidate(entry) for entry in json.loads(data)]}
    text = data.decode()
    if kind == "call.invite":
        return {"type": kind, "callId": call_id, "hasVideo": "m=video" in text, "offer": text, **members}
    if kind == "call.answer":
        return {"type": kind, "callId": call_id, "answer": text}
    role = "answer" if "answer-" in name else "offer"
    return {"type": kind, "callId": call_id, "description": {"type": role, "sdp": text}}


def candidate(entry):
    return {key: Varies(value) if key == "usernameFragment" else value for key, value in entry.items()}


def with_names(name, chance):
    """The optional members of an invitation, as various apps would set them."""
    members = {}
    if chance.random() < 0.8:
        form = chance.choice(["phoneNumber", "phoneNumber", "emailAddress", "generic"])
        digits = "".join(chance.choices("0123456789", k=11))
        letters = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=9))
        value = {"phoneNumber": f"+{digits}", "emailAddress": f"{letters}@{letters[::-1]}.example", "generic": letters}[form]
        members["handle"] = {"type": form, "value": Varies(value)}
    if chance.random() < 0.8:
        members["callerName"] = Varies(chance.choice(NAMES))
    if chance.random() < 0.4:
        members["lifetime"] = chance.choice([30, 45, 60, 60])
    if chance.random() < 0.1:
        members["groupId"] = Varies(str(chance.getrandbits(60)))
    return members


def training():
    """What the dictionary is trained on: (session, set-up, kind, pieces)."""
    contents = []
    for name, data in corpus("train"):
        chance = random.Random(f"members {name}")
        members = with_names(name, chance) if kind_of(name) == "call.invite" else {}
        contents.append((session_of(name), set_up_of(name), kind_of(name), encode(content(name, data, **members))))
    for number in range(4):
        for small in small_contents(random.Random(number)):
            contents.append((f"small-{number}", f"small-{number}", small["type"], encode(small)))
    return contents


REASONS = ["failed", "remoteEnded", "unanswered", "answeredElsewhere", "declinedElsewhere", "declined", "busy", "cancelled"]


def small_contents(chance):
    """The contents that no browser makes."""
    def call_id():
        return chance.randbytes(16)

    for reason in REASONS:
        caller = {"caller": chance.randbytes(32)} if reason.endswith("Elsewhere") else {}
        yield {"type": "call.end", "callId": call_id(), "reason": reason, **caller}
    yield {"type": "call.invite", "callId": call_id(), "hasVideo": False, **with_names("", chance)}
    yield {"type": "call.answer", "callId": call_id()}
    words = " ".join("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randrange(2, 9))) for _ in range(6))
    yield {"type": "message", "body": Varies(words)}
    yield {"type": "message", "body": Varies(words[:40]), "data": {}}
    yield {"type": "cover"}
