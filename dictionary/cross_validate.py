#!/usr/bin/env python3
"""How large should the dictionary be? Cross-validation within the training half, by set-up.

python3 dictionary/cross_validate.py

Every fourth set-up in turn is left out, a dictionary is grown from the rest without a price, and
its last N bytes (greedy growth puts the most valuable last) compress what was left out.
"""

import statistics
from concurrent.futures import ProcessPoolExecutor

from contents import joined, raw_deflate, training
from search import Task, grow

SIZES = [0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24]
FOLDS = 4


def fold(number):
    contents = training()
    set_ups = sorted({set_up for _, set_up, _, _ in contents if not set_up.startswith("small-")})
    left_out = set(set_ups[number::FOLDS])
    dictionary = b"".join(grow(Task([content for content in contents if content[1] not in left_out]), 0.05, SIZES[-1] * 1024))
    test = [(kind, joined(pieces)) for _, set_up, kind, pieces in contents if set_up in left_out]
    return len(dictionary), [
        [(kind, len(raw_deflate(data, dictionary[-size * 1024 :] if size else b""))) for kind, data in test] for size in SIZES
    ]


def main():
    with ProcessPoolExecutor(2) as pool:
        folds = list(pool.map(fold, range(FOLDS)))
    print("grown to", [length for length, _ in folds])
    print("KiB   all: mean   invite: median  mean   max   candidates: mean")
    for at, size in enumerate(SIZES):
        results = [result for _, sizes in folds for result in sizes[at]]
        invites = [length for kind, length in results if kind == "call.invite"]
        batches = [length for kind, length in results if kind == "call.candidates"]
        print(
            f"{size:3d} {statistics.mean(length for _, length in results):12.0f} {statistics.median(invites):16.0f} "
            f"{statistics.mean(invites):5.0f} {max(invites):5d} {statistics.mean(batches):18.0f}"
        )


if __name__ == "__main__":
    main()
