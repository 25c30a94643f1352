"""Can a classifier tell what is in an envelope? And would it, if something leaked?

run.py <where hushring is installed> <a directory to work in> [scale]

Fails if a classifier tells two classes of the package's envelopes apart, twice, with fresh data the
second time; or if it does not find a leak that leaks.mjs put there. README.md says what this shows.
A scale below 1 makes all of it smaller, to try things; the leak of one bit is then missed.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from scipy.stats import norm

from classify import COMPARISONS, Experiment

# Two processes work side by side, each with one thread.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

HERE = Path(__file__).parent
FALSE_ALARM = 0.01  # of all comparisons of one attempt together
EVERYTHING = {"call": 12, "message": 12, "end": 4, "answer": 3, "candidates": 1, "cover": 4}
HONEST = 24000  # envelopes in each half
LEAKY, FAINT = 2000, 24000


def is_kind(*kinds):
    return lambda half: sum(half.kind == kind for kind in kinds) > 0


def versus(one, other, **only):
    def question(half):
        within = half.suite == only["suite"] if only else True
        return one(half) & within, other(half) & within

    return question


call, message, end, cover = map(is_kind, ["call", "message", "end", "cover"])
QUESTIONS = {
    "call or message": versus(call, message),
    "the same, x25519": versus(call, message, suite=1),
    "the same, xwing": versus(call, message, suite=2),
    "end or message": versus(end, message),
    "cover or another": versus(cover, lambda half: half.kind != "cover"),
    "long or short message": versus(lambda half: half.length >= 1000, lambda half: (0 <= half.length) & (half.length <= 200)),
}
# What is generated, and what is asked, for each leak. The largest first: two run side by side.
LEAKS = {
    "one bit, 5 %": (FAINT, {"call": 1, "message": 1}, ["call or message"]),
    "end after call": (2 * LEAKY, {}, ["end or message"]),
} | {
    name: (LEAKY, {"call": 1, "message": 1}, ["call or message"])
    for name in [
        "longer envelope",
        "version byte",
        "zeros for padding",
        "prekey by kind",
        "expires sooner",
        "lower priority",
        "headers' order",
        "calls pushed first",
    ]
}
THRESHOLD = float(norm.isf(FALSE_ALARM / 2 / len(QUESTIONS) / len(COMPARISONS)))


def main(installed, work, scale=1.0):
    began = time.monotonic()
    print(f"{len(QUESTIONS)} questions, {len(COMPARISONS)} comparisons each. A comparison finds a leak if its area")
    print(f"under the ROC curve is {THRESHOLD:.2f} standard errors from 0.5: by chance, {FALSE_ALARM:.0%} of runs do, in any.\n")
    sys.stdout.flush()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:

        def start(seed, name, count, kinds, questions):
            directory = work / f"{seed}-{name.replace(' ', '-')}"
            return pool.submit(experiment, installed, directory, seed, name, int(count * scale), kinds, questions)

        honest = [start(1, "none", HONEST, EVERYTHING, list(QUESTIONS))]
        leaky = {name: start(1, name, *plan) for name, plan in LEAKS.items()}
        suspects = examine(honest[0].result())
        if suspects:
            print("Once more, with fresh envelopes: what chance found, it will not find again.\n")
            suspects &= examine(start(2, "none", HONEST, EVERYTHING, list(QUESTIONS)).result())

        print("Leaks put there on purpose\n")
        line("leak", "tested on", "found by", "AUC", "errors", "the clearest")
        missed = []
        for name, plan in LEAKS.items():
            if not caught(name, leaky[name].result()) and not caught(name, start(2, name, *plan).result()):
                missed.append(name)

    print()
    for question, comparison in sorted(suspects):
        print(f"LEAK: {question}, by {' '.join(comparison)}")
    for name in missed:
        print(f"NOT CAUGHT: {name}")
    if not suspects and not missed:
        print("No difference was found, and every leak put there was.")
    print(f"{time.monotonic() - began:.0f} s")
    return 1 if suspects or missed else 0


def experiment(installed, directory, seed, leak, count, kinds, questions):
    """Seals, learns and measures: the results of each question. A process of its own does this."""
    shutil.rmtree(directory, ignore_errors=True)
    job = dict(installed=str(installed), out=str(directory), seed=seed, leak=leak, envelopes=count, kinds=kinds)
    subprocess.run(["node", HERE / "generate.mjs", json.dumps(job)], check=True)
    loaded = Experiment(directory)
    shutil.rmtree(directory)  # it is large
    return {question: loaded.compare(QUESTIONS[question]) for question in questions}


def examine(results):
    """Prints all comparisons of the package as it is; returns those that found a difference."""
    found = set()
    for question, comparisons in results.items():
        line(question, "tested on", "AUC", "error", "errors")
        for comparison, result in comparisons.items():
            area, error, ones, others = result
            line(" ".join(comparison), f"{ones} + {others}", f"{area:.4f}", f"{error:.4f}", f"{distance(result):+.1f}")
            if abs(distance(result)) > THRESHOLD:
                found.add((question, comparison))
        print(flush=True)
    return found


def caught(name, results):
    (comparisons,) = results.values()
    by = sum(distance(result) > THRESHOLD for result in comparisons.values())
    best = max(comparisons, key=lambda comparison: distance(comparisons[comparison]))
    area, _, ones, others = comparisons[best]
    line(name, f"{ones} + {others}", f"{by} of {len(comparisons)}", f"{area:.4f}", f"{distance(comparisons[best]):+.1f}", " ".join(best))
    sys.stdout.flush()
    return by > 0


def distance(result):
    """From 0.5, in standard errors. Scores that are all the same have none."""
    area, error, *_ = result
    return (area - 0.5) / error if error > 0 else 0.0


def line(first, *others):
    numbers, last = others[:4], others[4:]
    print("  ".join([f"  {first:<25}", *(f"{it:>{width}}" for it, width in zip(numbers, (15, 9, 7, 7))), *last]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), *map(float, sys.argv[3:])))
