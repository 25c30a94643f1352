"""Writes fresh vectors of publishing, and of lists of bundles that a server may hand out."""

import hashlib
from collections.abc import Iterator

import bundles
import play
import statements
from bundles import Prekey
from keys import Certificate, Device, SigningKey, Statements
from memory import LastPublished, Publication
from refusal import Refusal
from samples import DRAW

DAY = 86_400
Vector = tuple[str, str, str, dict]


def refused(code: str) -> dict:
    return {"expect": {"error": code}}


def prekey(suite: int, expires_at: int) -> bytes:
    return bytes([suite]) + DRAW.randbytes(32) + expires_at.to_bytes(8)


def publications() -> Iterator[Vector]:
    """The order of "Publishing"."""
    now = DRAW.randrange(10**9, 4 * 10**9)

    def device(begins: int, ends: int) -> str:
        account, key = SigningKey(DRAW.randbytes(32)), SigningKey(DRAW.randbytes(32))
        certificate = Certificate.issue(account, key.public, now + begins, now + ends)
        return Device(key, certificate).export().hex()

    good, over, early = device(-DAY, 200 * DAY), device(-DAY, 0), device(601, DAY)
    ends = device(-DAY, 600)
    sound, ended, long = (1, DAY), (2, 0), (2, 90 * DAY + 1)
    for who, prekeys, last, code in [
        (over, [], 601, "no_prekeys"),
        (early, [], None, "no_prekeys"),
        (over, [sound, sound], 601, "certificate_expired"),
        (early, [ended, ended], None, "certificate_not_yet_valid"),
        (good, [ended, sound, ended], 600, "duplicate_suite"),
        (good, [long, long], None, "duplicate_suite"),
        (good, [long, (1, 0)], None, "bad_lifetime"),
        (good, [ended, (1, 90 * DAY + 1)], None, "prekey_expired"),
        (good, [sound, ended], None, "prekey_expired"),
        (good, [sound], 600, "clock"),
        (good, [sound], 2**40, "clock"),
        # B21: B20 moves issued_at to the end of the prekey, or of the certificate.
        (good, [(1, 600)], 599, "bad_lifetime"),
        (good, [(1, 1)], 0, "bad_lifetime"),
        (good, [(1, 300)], 599, "bad_lifetime"),
        (good, [(1, 300), ended], 599, "bad_lifetime"),
        (good, [ended, (1, 300)], 599, "prekey_expired"),
        (good, [(2, 600), sound], 600, "clock"),
        (ends, [sound], 599, "bad_lifetime"),
    ]:
        given = {
            "device": who,
            "prekeys": [prekey(suite, now + seconds).hex() for suite, seconds in prekeys],
            "now": now * 1000,
        }
        given |= {} if last is None else {"last": now + last}
        yield "publish", "B20 B21 T9", "The first check that fails.", given | refused(code)
    yield from later_publications(good, now)


def later_publications(device: str, now: int) -> Iterator[Vector]:
    """B20: issued_at is `now`, or a second after the last publication."""
    for last in (-DAY, -1, 0, 1, 599):
        prekeys = [prekey(suite, now + DAY) for suite in (2, 1)]
        read = [Prekey.read(export) for export in prekeys]
        made = bundles.publish(Device.read(bytes.fromhex(device)), read, now * 1000, now + last)
        given = {
            "device": device,
            "prekeys": [export.hex() for export in prekeys],
            "now": now * 1000,
            "last": now + last,
            "expect": {"bundles": [data.hex() for data in made]},
        }
        yield "publish", "B20", "After the last publication.", given


class Server:
    """An account with two devices, some of their publications, and what a reader has stored."""

    def __init__(self) -> None:
        self.now = DRAW.randrange(10**9, 4 * 10**9)
        self.account = SigningKey(DRAW.randbytes(32))
        self.devices = [self.device() for _ in range(2)]
        self.published = [self.publish() for _ in range(DRAW.randint(1, 4))]

    def device(self) -> Device:
        key = SigningKey(DRAW.randbytes(32))
        begins, ends = self.now - 2 * DAY, self.now + 100 * DAY
        return Device(key, Certificate.issue(self.account, key.public, begins, ends))

    def publish(self) -> list[bytes]:
        """Publishes at one of a few moments, so that two publications often have the same."""
        suites = DRAW.choice([[1], [2], [1, 2], [2, 1]])
        prekeys = [Prekey.read(prekey(suite, self.now + 80 * DAY)) for suite in suites]
        issued_at = self.now - DRAW.choice([0, 0, 1, DAY])
        return bundles.publish(DRAW.choice(self.devices), prekeys, issued_at * 1000, None)

    def revocations(self) -> list[bytes]:
        make = statements.many if DRAW.randrange(8) == 0 else statements.some
        return make(self.account, [device.key.public for device in self.devices], self.now)

    def handed(self) -> list[bytes]:
        handed = [data for each in self.published for data in each]
        handed = DRAW.sample(handed, DRAW.randint(1, len(handed)))
        if DRAW.randrange(3) == 0:
            handed.append(DRAW.choice(handed))
        return handed

    def vector(self) -> Vector:
        account, now = self.account.public, self.now * 1000
        revocations = self.revocations()
        floors = Statements.read(revocations, account, now).floors()
        stored = LastPublished(self.now - DRAW.choice([-1, 0, 1, 2, DAY, 2 * DAY]))
        known = DRAW.sample(self.published, DRAW.randint(0, len(self.published)))
        bundles.verify_all([data for each in known for data in each], account, now, floors, stored)
        self.fill(stored)
        given = {
            "bundles": [data.hex() for data in self.handed()],
            "account": account.hex(),
            "now": now,
            "revocations": [statement.hex() for statement in revocations],
            "lastPublished": play.last_published_json(stored),
        }
        given["expect"] = play.several_bundles(given)
        return "bundles", "B14 B15 B25 B26 B27", "What a server may hand out.", given


    def fill(self, stored: LastPublished) -> None:
        """Fills the room, or nearly, with devices of which many published at one moment."""
        if DRAW.randrange(10) > 0:
            return
        for _ in range(DRAW.randint(2_045, 2_048) - len(stored.devices)):
            issued_at = self.now - DRAW.choice([0, 1, DAY, DAY, DAY + 1, 3 * DAY])
            publication = Publication(issued_at, 1, {1: DRAW.randbytes(32)})
            stored.devices[DRAW.randbytes(32)] = publication


class Wasteful(Server):
    """A server that hands out more bundles than are read, some of them only behind these."""

    def handed(self) -> list[bytes]:
        first, *more = [data for each in self.published for data in each]
        handed = DRAW.choices([first, *more[1:]], k=8) + [b"\x01"] * DRAW.randint(502, 504)
        return DRAW.sample(handed, len(handed)) + [first, *more]


class Repeating(Server):
    """A server that hands out one bundle as often as bundles are read."""

    def handed(self) -> list[bytes]:
        return [self.published[0][0]] * 513


def memories() -> Iterator[Vector]:
    """What is stored, with several things wrong at once: the first check names the code."""
    for _ in range(60):
        own, other = (SigningKey(DRAW.randbytes(32)).public for _ in range(2))
        stored = LastPublished(DRAW.choice([0, DRAW.randrange(2**64)]))
        for _ in range(DRAW.randint(0, 3)):
            suites = DRAW.choice([[1], [2], [1, 2]])
            offers = sum(suites) | DRAW.choice([0, 3, 0xF0])
            hashes = {suite: DRAW.randbytes(32) for suite in suites}
            publication = Publication(DRAW.randrange(2**64), offers, hashes)
            stored.devices[DRAW.randbytes(32)] = publication
        fields = bytearray(stored.pack(DRAW.choice([own, own, other]))[:-32])
        for _ in range(DRAW.choice([0, 0, 1, 2])):
            at = DRAW.choice([0, DRAW.randrange(33, 41), *range(41, len(fields))])
            fields[at] = DRAW.choice([0, 1, 2, 3, 4, 255, fields[at] ^ 1])
        if DRAW.randrange(4) == 0:
            del fields[DRAW.randrange(41, len(fields) + 1) :]
        checksum = hashlib.sha256(fields).digest()
        packed = bytes(fields) + DRAW.choice([checksum] * 4 + [checksum[1:], checksum + b"\0"])
        given = {"account": own.hex(), "packed": packed.hex()}
        try:
            given["expect"] = play.last_published(given)
        except Refusal as refusal:
            given |= refused(refusal.code)
        yield "lastPublished", "B28 B29 B30 B31 B32", "What is stored.", given


def lists() -> Iterator[Vector]:
    for kind in [Server] * 60 + [Wasteful] * 2 + [Repeating]:
        yield kind().vector()
