#!/usr/bin/env python3
"""Runs every model in this directory with Verifpal, and compares each verdict with what the model says.

    python3 spec/model/check.py [name ...]

A model says, in lines of its own:

    // expect: <query, as in its queries block> = holds | fails
    // sessions: <runs of each principal that are analysed at once; 2 if absent>

It fails on a verdict other than expected, a query without expectation, an expectation without query, a
search that was cut short, a model that Verifpal refuses, and one that takes longer than LIMIT seconds
(or than MODEL_LIMIT of the environment says).
"""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

LIMIT = float(os.environ.get("MODEL_LIMIT", "120"))
HERE = Path(__file__).resolve().parent


def main(names):
    models = [HERE / f"{name.removesuffix('.vp')}.vp" for name in names] or sorted(HERE.glob("*.vp"))
    if not models:
        sys.exit("no models")
    print(verifpal("--version").stdout.strip())
    begun, queries, failures = time.monotonic(), 0, []
    for model in models:
        rows, seconds = check(model)
        for query, expected, verdict, note in rows:
            right = expected == verdict and not note
            queries += 1
            outcome = "ok" if right else f"WRONG: expected {expected or 'nothing'}{note}"
            print(f"{model.stem:26} {seconds:6.1f} s  {query:50} {verdict:7} {outcome}", flush=True)
            if not right:
                failures.append(model.stem)
    seconds = time.monotonic() - begun
    print(f"\n{len(models)} models, {queries} queries, {len(failures)} wrong, {seconds:.0f} s")
    return 1 if failures else 0


def check(model):
    """What became of each query: (query, expected, verdict, what else is wrong)."""
    source = model.read_text()
    expected = {}
    for query, verdict in re.findall(r"^// expect: (.*) = (holds|fails)$", source, re.M):
        if normal(query) in expected:
            return [(query, None, "-", " twice")], 0.0
        expected[normal(query)] = verdict
    if len(expected) != len(re.findall(r"^//\s*expect", source, re.M)) or not expected:
        return [("-", None, "-", " that can be read")], 0.0
    sessions = re.search(r"^// sessions: (\d+)$", source, re.M)

    begun = time.monotonic()
    try:
        found, problem = analyse(model, sessions[1] if sessions else "2")
    except subprocess.TimeoutExpired:
        found, problem = [], f" within {LIMIT:.0f} s"
    seconds = time.monotonic() - begun

    rows = []
    for query, verdict, note in found:
        rows.append((query, expected.pop(normal(query), None), verdict, note))
    for query, verdict in expected.items():
        rows.append((query, verdict, "-", problem or ", in a query that is not there"))
    return rows, seconds


def analyse(model, sessions):
    run = verifpal("verify", str(model), "--format", "json", "--sessions", sessions)
    try:
        report = json.loads(run.stdout)["models"][0]
    except (ValueError, KeyError, IndexError):
        return [], f"; verifpal said: {(run.stderr or run.stdout).strip()[:500]}"
    if not report["ok"]:
        return [], f"; verifpal said: {report['error']}"
    found = []
    for query in report["analysis"]["queries"]:
        cut = query["envelope"]["truncations"]
        note = f", and its search was cut short: {', '.join(cut)}" if cut else ""
        found.append((query["query"], "fails" if query["resolved"] else "holds", note))
    return found, ""


def verifpal(*arguments):
    try:
        return subprocess.run(
            ["verifpal", *arguments], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except FileNotFoundError:
        sys.exit("verifpal is not there: `make model` installs it")


def normal(query):
    return " ".join(query.split())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
