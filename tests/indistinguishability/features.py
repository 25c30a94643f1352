"""What is made of what a server sees: numbers, one row for each envelope. No kind is known here."""

import base64
import json
import zlib
from collections import Counter, defaultdict

import numpy as np

SIZE = 2880


class Seen:
    """One half of an experiment, as generate.mjs wrote it, in the order posted."""

    def __init__(self, directory):
        self.published = json.loads((directory / "published.json").read_text())
        self.envelopes, self.lengths, self.parts = [], [], []
        with open(directory / "seen.ndjson") as lines:
            for line in lines:
                seen = json.loads(line)
                envelope = base64.b64decode(seen["envelope"])
                before, _, after = seen["body"].partition(seen["envelope"])
                self.envelopes.append(envelope[:SIZE].ljust(SIZE, b"\0"))
                self.lengths.append(len(envelope))
                path, _, token = seen["path"].rpartition("/")
                self.parts.append(
                    {
                        "time": seen["time"],
                        "pushed": seen["pushed"],
                        "token": token,
                        "path": path,
                        "headers": dict(seen["headers"]),
                        "names": " ".join(name for name, _ in seen["headers"]),
                        "body": f"{before}…{after}",
                        "body length": len(seen["body"]),
                    }
                )
        self.bytes = np.frombuffer(b"".join(self.envelopes), np.uint8).reshape(-1, SIZE)
        self.times = np.array([part["time"] for part in self.parts])


def raw(seen, _):
    return seen.bytes


def histogram(seen, _):
    rows = np.arange(len(seen.bytes))[:, None] * 256
    counts = np.bincount((rows + seen.bytes).ravel(), minlength=len(seen.bytes) * 256)
    return counts.reshape(-1, 256).astype(np.float32)


def fields(seen, learnt):
    """Lengths, headers, and all that is not the envelope's ciphertext.

    Texts become numbers by their place in `learnt`, which the training half fills while it is a list.
    """
    used = Counter((part["token"], row[2:10].tobytes()) for part, row in zip(seen.parts, seen.bytes))
    received = Counter(part["token"] for part in seen.parts)
    header_names = ["apns-push-type", "apns-priority", "apns-expiration", "apns-topic"]
    rows = []
    for part, row, length in zip(seen.parts, seen.bytes, seen.lengths):
        prekey = row[2:10].tobytes()
        published = seen.published.get(part["token"], [])
        others = {name: value for name, value in part["headers"].items() if name not in header_names}
        expiration = part["headers"].get("apns-expiration", "")
        expires = float(expiration) if expiration.isdecimal() else -1.0
        texts = [part["path"], part["names"], part["body"], json.dumps(others)]
        texts += [part["headers"].get(name, "") for name in header_names if name != "apns-expiration"]
        rows.append(
            [
                length,
                part["body length"],
                len(part["token"]),
                len(part["headers"]),
                expires - part["time"] / 1000,
                expires % 86400,
                row[0],
                row[1],
                published.index(prekey.hex()) if prekey.hex() in published else -1,
                used[part["token"], prekey] / received[part["token"]],
                *(code(text, learnt) for text in texts),
            ]
        )
    return np.array(rows, np.float32)


def code(text, learnt):
    if isinstance(learnt, list) and text not in learnt and len(learnt) < 1000:
        learnt.append(text)
    return learnt.index(text) if text in learnt else -1


def statistics(seen, _):
    """Pairs of neighbouring half bytes, bits by their place, runs, equal bytes at a distance."""
    rows = seen.bytes
    found = []
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        pairs = ((part[:, :-1] & 15) << 4 | part[:, 1:] >> 4).astype(np.int64)
        offset = np.arange(len(part))[:, None] * 256
        bigrams = np.bincount((pairs + offset).ravel(), minlength=len(part) * 256).reshape(-1, 256)
        bits = np.unpackbits(part, axis=1)
        found.append(
            np.column_stack(
                [
                    bigrams,
                    bits.reshape(len(part), -1, 8).sum(1),
                    bits.reshape(len(part), 36, -1).sum(2),
                    (bits[:, 1:] != bits[:, :-1]).sum(1),
                    *((part[:, lag:] == part[:, :-lag]).sum(1) for lag in (1, 2, 3, 4, 8, 16, 32, 64)),
                    *((bits[:, lag:] == bits[:, :-lag]).sum(1) for lag in (8, 16, 64, 128)),
                    ((part == 0) * np.arange(SIZE)).sum(1),
                    part.astype(np.float32).mean(1),
                    part.astype(np.float32).std(1),
                ]
            )
        )
    return np.concatenate(found).astype(np.float32)


def compressibility(seen, _):
    def row(envelope):
        quarters = [envelope[at : at + SIZE // 4] for at in range(0, SIZE, SIZE // 4)]
        return [len(zlib.compress(part, 1)) for part in [envelope, *quarters]]

    rows = np.array([row(envelope) for envelope in seen.envelopes])
    counts = histogram(seen, None)
    extremes = np.column_stack([(counts > 0).sum(1), counts.max(1), (counts**2).sum(1)])
    return np.column_stack([rows, extremes]).astype(np.float32)


def order(seen, _):
    """Where an envelope stands between others: of all, and of the same recipient."""
    count = len(seen.bytes)
    last, place, by_token = {}, np.zeros(count), defaultdict(list)
    for index, part in enumerate(seen.parts):
        by_token[part["token"]].append(index)
    before, after = np.full(count, -1), np.full(count, -1)
    for indexes in by_token.values():
        before[indexes[1:]] = indexes[:-1]
        after[indexes[:-1]] = indexes[1:]
        place[indexes] = np.arange(len(indexes))
    index = np.arange(count)
    pushed = np.array([part["pushed"] for part in seen.parts])

    def gap(other, absent=1e6):
        return np.where(other < 0, absent, np.abs(seen.times[other] - seen.times) / 1000)

    def like(other):
        difference = seen.bytes ^ seen.bytes[other]
        return [
            (difference[:, :10] == 0).sum(1),
            (difference[:, 10:] == 0).sum(1),
            np.unpackbits(difference[:, 10:42], axis=1).sum(1),
            np.unpackbits(difference[:, 2848:], axis=1).sum(1),
        ]

    previous = np.maximum(index - 1, 0)
    following = np.minimum(index + 1, count - 1)
    return np.column_stack(
        [
            place,
            index % 2,
            index % 8,
            pushed - index,
            pushed % 8,
            seen.times / 1000 % 86400,
            seen.times % 1000,
            gap(previous),
            gap(following),
            gap(before),
            gap(after),
            gap(np.where(before < 0, -1, before[before])),
            *like(previous),
            *like(before),
        ]
    ).astype(np.float32)


ALL = {
    "fields": fields,
    "raw bytes": raw,
    "histogram": histogram,
    "statistics": statistics,
    "compressibility": compressibility,
    "order": order,
}
