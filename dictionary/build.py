#!/usr/bin/env python3
"""Assembles src/dictionary.bin from segments.json, which search.py has chosen.

python3 dictionary/build.py            writes src/dictionary.bin
python3 dictionary/build.py --check    fails unless src/dictionary.bin is exactly that
"""

import json
import sys
from collections import defaultdict

from contents import HERE, REASONS, training

TARGET = HERE.parent / "src" / "dictionary.bin"
SEGMENTS = HERE / "segments.json"

LARGEST = 8192
# What search.py may fill: the rest is for TERMS.
ROOM = 7900
PRICE = 0.3

# Keys and values of the format. Whatever the segments do not hold already comes first, where
# distances are longest.
TERMS = [
    "type", "call.invite", "call.answer", "call.candidates", "call.negotiate", "call.end", "message", "cover",
    "callId", "handle", "generic", "phoneNumber", "emailAddress", "value", "callerName", "hasVideo", "lifetime",
    "offer", "answer", "groupId", "data", "candidates", "candidate", "sdpMid", "sdpMLineIndex", "usernameFragment",
    "description", "sdp", "reason", *REASONS, "caller", "body", "pranswer", "rollback",
]


def build():
    segments = b"".join(text.encode("latin-1") for text in json.loads(SEGMENTS.read_text()))
    heads = [bytes([0x60 + len(term)]) + term.encode() for term in TERMS]
    return b"".join(head for head in heads if head not in segments) + segments


def runs(pieces):
    """The stretches of a content that do not vary."""
    run = b""
    for data, varies in pieces:
        if varies:
            if run:
                yield run
            run = b""
        else:
            run += data
    if run:
        yield run


def grams_by_session(contents, size):
    """In which sessions each stretch of `size` bytes occurs, varying parts included."""
    sessions = defaultdict(set)
    for session, _, _, pieces in contents:
        data = b"".join(data for data, _ in pieces)
        for at in range(len(data) - size + 1):
            sessions[data[at : at + size]].add(session)
    return sessions


def random_stretches(size=8):
    """Stretches within one segment that fewer than two sessions of the training corpus share."""
    sessions = grams_by_session(training(), size)
    found = []
    for text in json.loads(SEGMENTS.read_text()):
        segment = text.encode("latin-1")
        found += [segment[at : at + size] for at in range(len(segment) - size + 1) if len(sessions[segment[at : at + size]]) < 2]
    return found


def main():
    dictionary = build()
    if len(dictionary) > LARGEST:
        sys.exit(f"the dictionary has {len(dictionary)} bytes, more than {LARGEST}")
    lonely = random_stretches()
    if lonely:
        sys.exit(f"the segments hold what only one session has: {lonely[:5]}")
    if sys.argv[1:] == ["--check"]:
        if not TARGET.exists() or TARGET.read_bytes() != dictionary:
            sys.exit(f"{TARGET.name} is not what the recipe gives: run python3 dictionary/build.py")
        print(f"{TARGET.name}: {len(dictionary)} bytes, as the recipe gives")
        return
    TARGET.write_bytes(dictionary)
    print(f"{TARGET.name}: {len(dictionary)} bytes")


if __name__ == "__main__":
    main()
