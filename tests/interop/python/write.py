"""Writes fresh vectors, in the form of vectors/README.md.

The expected results follow from the specification.
"""

import base64
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import bundles
import content
import envelope
import hpke
import keys
import orders
import samples
from bounds import Crowd, Forgotten, Late, Mistaken, Told
from bundles import Bundle, Prekey
from envelope import Random
from keys import Certificate, Device, SigningKey
from rooms import Callers, Covers, Freed, Legs, Pinned
from samples import DRAW
from walks import Walk
from written import content_to_json, number

DAY = 86_400
WALKS = [Walk] * int(os.environ.get("HUSHRING_SCENES", 40))
SCENES = [*WALKS, Crowd, Callers, Covers, Pinned, Legs, Legs]
SCENES += [Told, Late, Forgotten, Mistaken] * 4 + [Freed] * 12


def write_all(folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    vectors = [*signed(), *opened(), *refused(), *orders.plain(), *in_order()]
    for place, (kind, rules, comment, members) in enumerate(vectors):
        name = f"{place:03}-{kind}"
        vector = {"name": name, "comment": comment, "rules": rules.split(), "kind": kind} | members
        Path(folder, f"{name}.json").write_text(json.dumps(vector, indent=2))
    print(f"{len(vectors)} vectors written")
    write_scenes(folder, SCENES)


def write_scenes(folder: str, kinds: list) -> None:
    scenes = Path(folder, "scenes")
    scenes.mkdir(parents=True, exist_ok=True)
    for place, kind in enumerate(kinds):
        scene = kind().go() | {"name": f"{place:03}-{kind.__name__.lower()}"}
        Path(scenes, f"{scene['name']}.json").write_text(json.dumps(scene))
    print(f"{len(kinds)} scenes written")


Vector = tuple[str, str, str, dict]


class Somebody(NamedTuple):
    """An account with a device and a prekey of each suite, at a time in seconds."""

    account: SigningKey
    device: Device
    prekeys: dict[int, bytes]
    now: int

    @classmethod
    def new(cls, now: int | None = None) -> "Somebody":
        now = DRAW.randrange(10**9, 4 * 10**9) if now is None else now
        account = SigningKey(DRAW.randbytes(32))
        key = SigningKey(DRAW.randbytes(32))
        until = now + DRAW.randrange(1, 200 * DAY)
        certificate = Certificate.issue(account, key.public, now - DRAW.randrange(100 * DAY), until)
        expires_at = now + DRAW.randrange(1, 90 * DAY)
        prekeys = {
            suite: bytes([suite]) + DRAW.randbytes(32) + expires_at.to_bytes(8)
            for suite in hpke.SUITES
        }
        return cls(account, Device(key, certificate), prekeys, now)

    def published(self) -> list[bytes]:
        prekeys = [Prekey.read(export) for export in self.prekeys.values()]
        return bundles.publish(self.device, prekeys, self.now * 1000, None)

    def bundle(self, suite: int) -> Bundle:
        bundle = Bundle.read(self.published()[suite - 1], self.account.public)
        assert bundle.suite.byte == suite
        return bundle


def signed() -> Iterator[Vector]:
    for _ in range(10):
        who = Somebody.new()
        now, certificate = who.now * 1000, who.device.certificate
        public = who.account.public
        expect = {"fingerprint": keys.fingerprint(public)}
        yield "publicKey", "K6", "A key.", {"publicKey": public.hex(), "expect": expect}
        expect = {
            "account": public.hex(),
            "device": certificate.device.hex(),
            "notBefore": number(certificate.not_before),
            "expiresAt": number(certificate.expires_at),
        }
        data = certificate.data
        yield "certificate", "T1 T4", "Sound.", {"certificate": data.hex(), "expect": expect}
        at = DRAW.randrange(144)
        broken = data[:at] + bytes([data[at] ^ 1 << DRAW.randrange(8)]) + data[at + 1 :]
        expect = {"error": "bad_certificate"}
        yield (
            "certificate",
            "T4",
            "One bit flipped.",
            {
                "certificate": broken.hex(),
                "expect": expect,
            },
        )
        for published in who.published():
            bundle = Bundle.read(published, public)
            expect = {
                "device": certificate.device.hex(),
                "suite": bundle.suite.name,
                "offers": ["x25519", "xwing"],
                "prekeyId": bundles.prekey_id(bundle.key).hex(),
                "issuedAt": bundle.issued_at,
                "expiresAt": bundle.expires_at,
            }
            given = {"bundle": published.hex(), "account": public.hex(), "now": now}
            yield "bundle", "B10", "Sound.", given | {"expect": expect}
            expect = {"error": "bundle_expired"}
            given["now"] = bundle.expires_at * 1000
            if bundle.expires_at < certificate.expires_at:
                yield "bundle", "B13", "Expired.", given | {"expect": expect}
        for device in (None, certificate.device):
            named = {} if device is None else {"device": device.hex()}
            statement = keys.revoke(who.account, device, who.now, now)
            given = {"revocation": statement.hex(), "account": public.hex(), "now": now}
            expect = {"floor": who.now} | named
            yield "revocation", "R4", "Sound.", given | {"expect": expect}
            given = {"account": who.account.seed.hex(), "floor": who.now, "now": now} | named
            expect = {"revocation": statement.hex()}
            yield "revoke", "R5", "Sound.", given | {"expect": expect}


class Sent(NamedTuple):
    """A message from somebody to somebody."""

    suite: int
    sender: Somebody
    receiver: Somebody
    message_id: bytes
    sent_at: int
    said: dict
    stream: bytes

    @classmethod
    def new(cls, suite: int, make: Callable[[], dict]) -> "Sent":
        receiver = Somebody.new()
        sender = Somebody.new(receiver.now)
        room = hpke.SUITES[suite].room
        while True:
            said = make()
            stream = DRAW.choice(COMPRESSORS)(content.encode(said))
            if len(stream) <= room:
                sent_at = receiver.now * 1000 + DRAW.randrange(1000)
                return cls(suite, sender, receiver, DRAW.randbytes(16), sent_at, said, stream)

    def head(self) -> bytes:
        certificate = self.sender.device.certificate
        return envelope.frame_head(certificate, self.message_id, self.sent_at, self.stream)

    def signed(self, to: bytes) -> bytes:
        head = self.head()
        return head + self.sender.device.key.sign(envelope.LABEL, to + head)

    def sealed(self, frame: Callable[[bytes], bytes] | None = None) -> bytes:
        return envelope.encrypt(self.receiver.bundle(self.suite), frame or self.signed, Random())

    def vector(self, rules: str, comment: str, data: bytes, expect: dict | None, **given) -> Vector:
        sender = self.sender.device.certificate
        expect = expect or {
            "envelopeTag": envelope.tag(data),
            "account": sender.account.hex(),
            "device": sender.device.hex(),
            "messageId": self.message_id.hex(),
            "sentAt": self.sent_at,
            "content": content_to_json(self.said),
        }
        inputs = {
            "device": self.receiver.device.export().hex(),
            "prekeys": [export.hex() for export in self.receiver.prekeys.values()],
            "trusted": [self.sender.account.public.hex()],
            "now": self.sent_at + DRAW.randrange(10**6),
            "envelope": base64.b64encode(data).decode(),
        }
        return "open", rules, comment, inputs | given | {"expect": expect}


def stored(data: bytes) -> bytes:
    length = len(data).to_bytes(2, "little")
    return b"\1" + length + bytes(byte ^ 255 for byte in length) + data


def without_dictionary(level: int, strategy: int) -> Callable[[bytes], bytes]:
    def compress(data: bytes) -> bytes:
        compressor = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        return compressor.compress(data) + compressor.flush()

    return compress


def in_blocks(data: bytes) -> bytes:
    """Compresses with the dictionary, in several blocks, some of them empty."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=content.DICTIONARY)
    half = len(data) // 2
    out = compressor.compress(data[:half]) + compressor.flush(zlib.Z_FULL_FLUSH)
    return out + compressor.compress(data[half:]) + compressor.flush()


# Some of the choices that a writer has (D6).
COMPRESSORS = [
    content.deflate,
    content.deflate,
    in_blocks,
    stored,
    without_dictionary(1, zlib.Z_DEFAULT_STRATEGY),
    without_dictionary(9, zlib.Z_FIXED),
    without_dictionary(9, zlib.Z_HUFFMAN_ONLY),
]


def opened() -> Iterator[Vector]:
    for suite in hpke.SUITES:
        for kind in samples.TYPES:
            for _ in range(15):
                sent = Sent.new(suite, lambda: samples.content(kind))
                yield sent.vector("M2 M3 M4", f"A random {kind}.", sent.sealed(), None)
        room = hpke.SUITES[suite].room
        # The rest of the content has 22 bytes, and the head of the block 5.
        said = {"type": "message", "body": "x" * (room - 5 - 22)}
        full = Sent.new(suite, lambda: {"type": "message"})._replace(said=said)
        full = full._replace(stream=stored(content.encode(said)))
        assert len(full.stream) == room
        yield full.vector("F1", "No padding.", full.sealed(), None)


def refused() -> Iterator[Vector]:
    for suite in hpke.SUITES:
        for _ in range(3):
            for rules, code, stopped_at, data, given, sent in spoilt(suite):
                expect = {"error": code, "stoppedAt": stopped_at}
                if code == "bad_content":
                    expect = {"error": code, "member": "body", "stoppedAt": stopped_at}
                yield sent.vector(rules, "One thing is wrong.", data, expect, **given)


def in_order() -> Iterator[Vector]:
    """Contents with several wrong members, and contents whose type decides what callId is."""
    for suite in hpke.SUITES:
        for path, said in [*orders.wrong_contents(), *orders.bad_call_ids()]:
            sent = Sent.new(suite, lambda: said)
            expect = {"error": "bad_content", "member": path, "stoppedAt": "members"}
            yield sent.vector("M2 M3 M6", f"{path} is the first.", sent.sealed(), expect)
        for said in orders.good_contents():
            sent = Sent.new(suite, lambda: said)
            yield sent.vector("M4 M6", "The beginning of type decides.", sent.sealed(), None)
        yield from own_account(suite)
    for member, said in orders.ends():
        sent = Sent.new(1, lambda: said)
        expect = {"error": "bad_content", "member": member, "stoppedAt": "members"}
        yield sent.vector("M5", "An end.", sent.sealed(), expect if member else None)


def own_account(suite: int) -> Iterator[Vector]:
    """N10: what another device of the receiver's account may say while that is not trusted."""
    end = {"type": "call.end", "callId": samples.call_id()}
    of_ring = end | {"caller": DRAW.randbytes(32), "ring": 0}
    untrusted = {"error": "untrusted", "stoppedAt": "trust"}
    wrong = {"error": "bad_content", "member": "body", "stoppedAt": "members"}
    for said, expect in [
        (of_ring | {"reason": "answeredElsewhere"}, None),
        (of_ring | {"reason": "declinedElsewhere"}, None),
        (end | {"reason": "answeredElsewhere", "device": DRAW.randbytes(32)}, None),
        (of_ring | {"reason": "declined"}, untrusted),
        (end | {"reason": "cancelled"}, untrusted),
        ({"type": "cover"}, None),
        ({"type": "message", "body": 1}, wrong),
    ]:
        sent = Sent.new(suite, lambda: said)
        account, key = sent.receiver.account, SigningKey(DRAW.randbytes(32))
        begins, ends = sent.receiver.now - DAY, sent.receiver.now + DAY
        device = Device(key, Certificate.issue(account, key.public, begins, ends))
        sent = sent._replace(sender=sent.sender._replace(account=account, device=device))
        yield sent.vector("E26 N10", "Another own device.", sent.sealed(), expect, trusted=[])


def spoilt(suite: int) -> Iterator[tuple[str, str, str, bytes, dict, Sent]]:
    """Yields the rules, the code, the check, the envelope, other inputs, and the message."""
    room = hpke.SUITES[suite].room

    def new() -> Sent:
        return Sent.new(suite, lambda: samples.content("message"))

    def framed(rules: str, code: str, check: str, change: Callable[[Sent, bytes], bytes]):
        sent = new()
        data = sent.sealed(lambda to: change(sent, to))
        return rules, code, check, data, {}, sent

    def flip(data: bytes, at: int) -> bytes:
        return data[:at] + bytes([data[at] ^ 1 << DRAW.randrange(8)]) + data[at + 1 :]

    def with_stream(sent: Sent, to: bytes, stream: bytes) -> bytes:
        return sent._replace(stream=stream).signed(to)

    def with_cbor(rules: str, code: str, check: str, data: bytes):
        return framed(rules, code, check, lambda sent, to: with_stream(sent, to, stored(data)))

    for n in (0, room + 1, 65_535):
        yield framed(
            "E22 F1",
            "bad_content_length",
            "contentLength",
            lambda sent, to: sent.signed(to)[:168] + n.to_bytes(2) + sent.signed(to)[170:],
        )
    yield framed(
        "E23 F2",
        "bad_padding",
        "padding",
        lambda sent, to: (
            sent._replace(stream=b"\3\0").signed(to) + b"\0" * DRAW.randrange(9) + b"\1"
        ),
    )
    yield framed(
        "E24 F3",
        "bad_certificate",
        "certificate",
        lambda sent, to: flip(sent.signed(to), DRAW.randrange(144)),
    )
    yield framed(
        "E25 F4",
        "bad_signature",
        "signature",
        lambda sent, to: flip(sent.signed(to), DRAW.randrange(144, 168)),
    )
    yield framed(
        "E25 F4",
        "bad_signature",
        "signature",
        lambda sent, to: flip(sent.signed(to), 170 + len(sent.stream) + DRAW.randrange(64)),
    )
    for at in (0, 32, 64, 74, -32):
        yield framed(
            "E25 F4", "bad_signature", "signature", lambda sent, to: sent.signed(flip(to, at))
        )
    yield framed(
        "D2",
        "bad_compression",
        "inflation",
        lambda sent, to: with_stream(sent, to, stored(b"\xa0") + b"\0"),
    )
    yield framed(
        "D2",
        "bad_compression",
        "inflation",
        lambda sent, to: with_stream(sent, to, stored(content.encode(sent.said)[:1000])[:-1]),
    )
    yield framed(
        "D4",
        "too_long",
        "inflation",
        lambda sent, to: with_stream(sent, to, content.deflate(b"\0" * 65_537)),
    )
    yield with_cbor("C1", "bad_cbor", "cbor", content.encode({"type": "cover"}) + b"\0")
    yield with_cbor("C6", "bad_cbor", "cbor", b"\xa2\x64type\x65cover\x61a\x01")
    yield with_cbor("C4", "bad_cbor", "cbor", b"\xa1\x78\x04type\x65cover")
    yield with_cbor("C7", "bad_cbor", "cbor", b"\xa1\x64type\x65cov\xc3\x28")
    yield with_cbor(
        "C9", "bad_cbor", "cbor", b"\xa2\x61a\xfb" + struct.pack(">d", 1.0) + b"\x64type\x65cover"
    )
    yield with_cbor("C10", "too_deep", "cbor", b"\xa1\x61a" + b"\x81" * 16)
    many = content.deflate(b"\xa1\x61a\x99\x10\x00" + b"\xf6" * 4_096)
    yield framed("C12", "too_many", "cbor", lambda sent, to: with_stream(sent, to, many))
    yield with_cbor("M2", "bad_content", "members", b"\xa2\x64body\x01\x64type\x67message")
    sent = new()
    yield "E26", "untrusted", "trust", sent.sealed(), {"trusted": []}, sent
    day = 86_400_000
    sent = new()
    yield "E28", "clock", "sentAt", sent.sealed(), {"now": sent.sent_at - 600_001}, sent
    sent = new()
    yield "E28", "too_old", "sentAt", sent.sealed(), {"now": sent.sent_at + 30 * day + 1}, sent
    sent = new()
    late = sent.sender.device.certificate.expires_at * 1000
    sent = sent._replace(sent_at=late)
    yield "E29 T6", "certificate_expired", "certificateTimes", sent.sealed(), {}, sent
    sent = new()
    early = sent.sender.device.certificate.not_before * 1000 - 600_001
    sent = sent._replace(sent_at=early)
    yield "E29 T6", "certificate_not_yet_valid", "certificateTimes", sent.sealed(), {}, sent
