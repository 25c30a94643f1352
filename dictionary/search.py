#!/usr/bin/env python3
"""Chooses the dictionary's segments from the training corpus and writes segments.json (minutes).

python3 dictionary/search.py [--price P] [--seconds S] [--start segments.json]

Two stages, both judged by real compression of the encoded training contents:
greedy growth, which always adds the run of constant bytes that saves most for its length, and local
search, which drops, trims, cuts, extends and moves segments so that compressed bytes plus the price of
the dictionary's own bytes go down. The held-back half is never read.
"""

import argparse
import json
import random
import sys
import time

import build
from contents import joined, raw_deflate, training

SHORTEST = 4
GRAM = 8
# How long a stretch must be for the dictionary not to hold it twice: one long match is cheaper than
# several short ones, so that some repetition pays.
STRETCHES = [24, 60, 150]
# Losses that the local search accepts at first, in weighted bytes over the whole corpus.
HEAT = 30


class Task:
    """The contents to compress and what one byte of each is worth."""

    def __init__(self, contents):
        self.contents = contents
        self.data = [joined(pieces) for *_, pieces in contents]
        self.weights = [WEIGHTS.get(kind, 0.3) for _, _, kind, _ in contents]

    def cost(self, dictionary):
        return sum(weight * len(raw_deflate(data, dictionary)) for weight, data in zip(self.weights, self.data))


# Invitations must fit; the other contents of a call are far below the limit.
WEIGHTS = {"call.invite": 2, "call.answer": 1, "call.negotiate": 1, "call.candidates": 1}


def constant_runs(contents):
    """Runs of bytes that do not vary and that two sessions share, and how many contents have each."""
    sessions = build.grams_by_session(contents, GRAM)
    runs = {}
    for *_, pieces in contents:
        for run in build.runs(pieces):
            for part in shared_parts(run, sessions):
                runs[part] = runs.get(part, 0) + 1
    return runs


def shared_parts(run, sessions):
    if len(run) <= GRAM:
        return [run] if len(run) >= SHORTEST else []
    parts, start = [], None
    for at in range(len(run) - GRAM + 1):
        if len(sessions[run[at : at + GRAM]]) >= 2:
            start = at if start is None else start
        elif start is not None:
            parts.append(run[start : at - 1 + GRAM])
            start = None
    if start is not None:
        parts.append(run[start:])
    return parts


def novel(run, dictionary, least):
    """The parts of a run that the dictionary does not hold in stretches of `least` bytes or more."""
    parts, start, at = [], 0, 0
    while at < len(run):
        length = longest(run, at, dictionary, least)
        if length:
            if at - start >= SHORTEST:
                parts.append(run[max(0, start - 3) : at + 3])
            at += length
            start = at
        else:
            at += 1
    if len(run) - start >= SHORTEST:
        parts.append(run[max(0, start - 3) :])
    return parts


def longest(run, at, dictionary, least):
    if len(run) - at < least or run[at : at + least] not in dictionary:
        return 0
    low, high = least, len(run) - at
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if run[at : at + middle] in dictionary else (low, middle - 1)
    return low


def grow(task, price, limit, stretches=STRETCHES):
    """Greedy growth: segments in the order of the dictionary, most valuable last."""
    runs = constant_runs(task.contents)
    candidates = [run for run in runs if len(run) >= SHORTEST]
    segments = []
    cost = task.cost(b"")
    gains = {run: float("inf") for run in candidates}
    while True:
        dictionary = b"".join(segments)
        best, best_rate = None, 0
        for run in sorted(gains, key=lambda run: (-gains[run], run)):
            if gains[run] <= best_rate:
                break
            gains[run] = 0
            for parts in dict.fromkeys(tuple(novel(run, dictionary, least)) for least in stretches):
                added = b"".join(parts)
                if not added or len(dictionary) + len(added) > limit:
                    continue
                rate = (cost - task.cost(added + dictionary) - price * len(added)) / (len(added) + 8)
                gains[run] = max(gains[run], rate)
                if rate > best_rate:
                    best, best_rate = list(parts), rate
            if gains[run] <= 0:
                del gains[run]
        if best is None:
            return segments
        segments = best + segments
        cost = task.cost(b"".join(segments))


def improve(task, segments, price, limit, seconds, chance, report):
    """Local search by random moves, annealed: at first small losses are accepted as well."""
    runs = list(constant_runs(task.contents))
    total = lambda segments: task.cost(b"".join(segments)) + price * sum(map(len, segments))
    best, best_score = segments, total(segments)
    score, tried, begin = best_score, 0, time.monotonic()
    while (spent := (time.monotonic() - begin) / seconds) < 1:
        candidate = segments
        for _ in range(chance.choice([1, 1, 2])):
            candidate = candidate and move(candidate, runs, chance)
        for _ in range(4):
            if candidate and sum(map(len, candidate)) > limit:
                candidate = move(candidate, runs, chance, ["drop", "trim", "cut", "cut"])
        if not candidate or sum(map(len, candidate)) > limit:
            continue
        tried += 1
        candidate_score = total(candidate)
        tolerance = HEAT * max(0, 0.8 - spent) * chance.expovariate(1)
        if candidate_score <= score + tolerance:
            segments, score = candidate, candidate_score
            if score < best_score:
                best, best_score = segments, score
        if tried % 2000 == 0:
            report(f"{tried} tried: {score:.0f}, best {best_score:.0f}, {sum(map(len, best))} bytes")
    return best


MOVES = ["drop", "trim", "trim", "cut", "cut", "cut", "move", "move", "swap", "add", "add", "extend", "extend"]


def move(segments, runs, chance, moves=MOVES):
    """One random change, or None."""
    segments = list(segments)
    at = chance.randrange(len(segments))
    segment = segments[at]
    match chance.choice(moves):
        case "drop":
            del segments[at]
        case "trim":
            many = chance.choice([1, 1, 2, 3, 5, 8, 20, 50])
            if many >= len(segment):
                return None
            segments[at] = segment[many:] if chance.random() < 0.5 else segment[:-many]
        case "cut":
            # Lines are the natural unit: cut some out of the middle.
            ends = [end + 2 for end in range(len(segment)) if segment.startswith(b"\r\n", end)]
            if len(ends) < 2:
                return None
            first = chance.randrange(len(ends) - 1)
            last = min(len(ends) - 1, first + chance.choice([1, 1, 1, 2, 3, 5, 8]))
            segments[at : at + 1] = [part for part in (segment[: ends[first]], segment[ends[last] :]) if part]
        case "move":
            del segments[at]
            to = chance.choice([chance.randrange(len(segments) + 1), max(0, at - 1), at + 1, len(segments)])
            segments.insert(to, segment)
        case "swap":
            other = chance.randrange(len(segments))
            segments[at], segments[other] = segments[other], segments[at]
        case "add":
            parts = novel(chance.choice(runs), b"".join(segments), chance.choice([8, 16, 24, 40, 80, 150, 400]))
            if not parts:
                return None
            segments.insert(chance.choice([0, at, len(segments)]), chance.choice(parts))
        case "extend":
            # Grow a segment by what follows or precedes it somewhere in the corpus.
            many = chance.choice([1, 2, 4, 8, 16, 40])
            homes = [run for run in runs if segment in run and run != segment]
            if not homes:
                return None
            home = chance.choice(homes)
            start = home.index(segment)
            segments[at] = home[max(0, start - many) : start + len(segment)] if chance.random() < 0.5 else home[start : start + len(segment) + many]
    return segments or None


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--price", type=float, default=build.PRICE, help="compressed bytes that one byte of dictionary must save")
    arguments.add_argument("--limit", type=int, default=build.ROOM, help="most bytes of segments")
    arguments.add_argument("--seconds", type=float, default=600, help="time for the local search")
    arguments.add_argument("--start", help="segments to improve, instead of greedy growth")
    arguments.add_argument("--stretches", type=int, nargs="+", default=STRETCHES, help="for greedy growth: see STRETCHES")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--output", default=str(build.SEGMENTS))
    options = arguments.parse_args()
    report = lambda text: print(text, file=sys.stderr, flush=True)
    task = Task(training())
    if options.start:
        with open(options.start) as file:
            segments = [text.encode("latin-1") for text in json.load(file)]
    else:
        segments = grow(task, options.price, options.limit, options.stretches)
    report(f"start: {len(segments)} segments, {sum(map(len, segments))} bytes, cost {task.cost(b''.join(segments)):.0f}")
    segments = improve(task, segments, options.price, options.limit, options.seconds, random.Random(options.seed), report)
    with open(options.output, "w") as file:
        json.dump([segment.decode("latin-1") for segment in segments], file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
