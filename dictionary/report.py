#!/usr/bin/env python3
"""Prints what the dictionary does to the corpus, in Markdown.

python3 dictionary/report.py [held-back|train|stress ...]
"""

import random
import statistics
import sys

import build
from contents import LIMIT, content, corpus, encode, joined, kind_of, raw_deflate

USUAL = {"handle": {"type": "phoneNumber", "value": "+12025550123"}, "callerName": "Ada Lovelace"}


def longest_names(name):
    """128 bytes each, and incompressible as far as printable ASCII can be."""
    chance = random.Random(f"longest {name}")
    text = lambda: "".join(chr(chance.randrange(0x21, 0x7F)) for _ in range(128))
    return {"handle": {"type": "generic", "value": text()}, "callerName": text()}


def group_of(name):
    kind = kind_of(name)
    browser = name.split("-")[0]
    if browser == "sample":
        browser = {"chrome": "chromium", "firefox": "firefox"}[name.split("-")[1]]
    if kind in ("call.invite", "call.answer"):
        gathered = "gathered" if "gathered" in name else "trickle"
        return f"`{kind}` {browser}, {gathered}"
    return f"`{kind}` {browser}"


def spread(sizes):
    return f"{min(sizes)} / {statistics.median_low(sizes)} / {max(sizes)}"


def table(half, dictionary):
    groups = {}
    for name, data in corpus(half):
        groups.setdefault(group_of(name), []).append((name, data))
    rows, too_large = [], []
    for group, files in sorted(groups.items()):
        columns = {"raw": [], "plain": [], "preset": [], "usual": [], "longest": []}
        for name, data in files:
            invite = kind_of(name) == "call.invite"
            bare = joined(encode(content(name, data)))
            columns["raw"].append(len(data))
            columns["plain"].append(len(raw_deflate(bare)))
            columns["preset"].append(len(raw_deflate(bare, dictionary)))
            for column, members in (("usual", USUAL), ("longest", longest_names(name))):
                size = len(raw_deflate(joined(encode(content(name, data, **members))), dictionary)) if invite else columns["preset"][-1]
                columns[column].append(size)
                if size > LIMIT:
                    too_large.append((name, column, size))
        named = [spread(columns["usual"]), spread(columns["longest"])] if "invite" in group else ["", ""]
        rows.append(f"| {group} | {len(files)} | {spread(columns['raw'])} | {spread(columns['plain'])} | {spread(columns['preset'])} | {named[0]} | {named[1]} |")
    print(f"### {half}\n")
    print("| content | count | file | DEFLATE | with the dictionary | with handle and name | with 128-byte handle and name |")
    print("|---|---|---|---|---|---|---|")
    print("\n".join(rows))
    print(f"\nOver {LIMIT} bytes: " + (", ".join(f"{name} ({column}: {size})" for name, column, size in too_large) or "none") + ".\n")


def main():
    dictionary = build.TARGET.read_bytes()
    print(f"Dictionary: {len(dictionary)} bytes, {len(raw_deflate(dictionary))} compressed. Sizes in bytes, least / median / most.\n")
    for half in sys.argv[1:] or ["held-back", "train", "stress"]:
        table(half, dictionary)


if __name__ == "__main__":
    main()
