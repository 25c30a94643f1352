"""Asks whether times depend on secrets: run.py <the program> [question…]

Fails if what must not depend shows a t above 10 in three runs, one after the other, or if the control,
which leaks on purpose, does not. Between 4.5 and 10 dudect calls it suspicious; a busy machine is enough.
"""

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

LEAK = 10
CONSTANT = ["request_mac", "grant_mac", "padding", "decryption_x25519", "decryption_xwing"]
CONTROLS = ["control_mac"]
BY_DESIGN = ["sealing"]


def measure(program, question):
    """Gives t, how many samples, and the medians of both classes in µs."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw.csv")
        command = [program, "--filter", question, "--out", raw]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        taken = [float(line.split(",")[2]) for line in raw.read_text().splitlines()[1:]]
    # dudect-bencher 0.7 writes the two classes in turn, and calls both 0.
    medians = [statistics.median(taken[place::2]) / 1000 for place in (0, 1)]
    t = abs(float(re.search(r"max t = ([-+\d.]+)", output)[1]))
    return t, len(taken), medians


def main():
    program, *chosen = sys.argv[1:]
    failed = False
    print(f"{'question':20} {'must be':9} {'samples':>9} {'medians, µs':>19} {'|t| of each run':>18}")
    for question in chosen or CONSTANT + CONTROLS + BY_DESIGN:
        runs = []
        while len(runs) < 3 and (not runs or (question in CONSTANT and runs[-1][0] > LEAK)):
            runs.append(measure(program, question))
        leaks = all(t > LEAK for t, _, _ in runs)
        wanted = "constant" if question in CONSTANT else "found" if question in CONTROLS else "known"
        failed |= wanted == "constant" and leaks or wanted == "found" and not leaks
        samples, medians = runs[-1][1:]
        shown = " ".join(f"{median:9.3f}" for median in medians)
        ts = " ".join(f"{t:.1f}" for t, _, _ in runs)
        print(f"{question:20} {wanted:9} {samples:9,} {shown:>19} {ts:>18}", flush=True)
    if failed:
        sys.exit("A time depends on what it must not depend on, or the control was not found.")


if __name__ == "__main__":
    main()
