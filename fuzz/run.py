"""Runs the fuzzers one after the other: run.py <where they are built> <seconds each> [target…]

Fails if one finds something. The corpus of each grows from run to run; its seeds are the vectors.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Names that a fuzzer would take long to guess.
WITH_DICTIONARY = {"compression", "content", "frame", "state"}
# Built without AddressSanitizer, in a folder of its own, so that six times as many are tried.
PLAIN = {"session"}
# Targets whose inputs have one size, and a little more.
LONGEST = {"certificate": 160, "envelope": 2890, "inbox": 48, "keys": 200, "link": 200, "session": 64}


def main():
    built, seconds, *chosen = sys.argv[1:]
    built = Path(built).resolve()
    corpora = built / "corpus"
    targets = chosen or sorted(path.stem for path in (HERE / "targets").glob("*.rs"))
    rows = []
    for target in targets:
        print(f"{target} …", flush=True)
        folder = built / "plain" if target in PLAIN else built
        program = folder / "x86_64-unknown-linux-gnu" / "release" / target
        rows.append(fuzz(program, corpora / target, built / "found" / target, int(seconds)))
    print(f"\n{'target':12} {'executions':>12} {'a second':>9} {'edges':>6} {'features':>8} {'corpus':>7}  found")
    for row in rows:
        print("{:12} {:12,} {:9,} {:6} {:8} {:7}  {}".format(*row))
    if any(row[-1] != "nothing" for row in rows):
        sys.exit("\nReplay a find: the fuzzer's program with the file as its only argument.")


def fuzz(program, corpus, found, seconds):
    found.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-print_final_stats=1", "-timeout=10", "-rss_limit_mb=1024"]
    options += [f"-artifact_prefix={found}/"]
    if program.name in WITH_DICTIONARY:
        options += [f"-dict={HERE / 'names.dict'}"]
    if program.name in LONGEST:
        options += [f"-max_len={LONGEST[program.name]}"]
    begun = time.time()
    result = subprocess.run([program, corpus, *options], capture_output=True, text=True, errors="replace")
    log = result.stderr
    (found.parent / f"{program.name}.log").write_text(log)
    states = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log) or [(0, 0, 0)]
    executed = re.search(r"number_of_executed_units: (\d+)", log)
    executions = int(executed[1]) if executed else 0
    outcome = "nothing"
    if result.returncode != 0:
        names = re.findall(r"Test unit written to (\S+)", log)
        outcome = names[0] if names else f"failed, see {found.parent / program.name}.log"
        print(*re.findall(r"panicked at .*\n.*", log)[:1], *log.splitlines()[-12:], sep="\n")
    rate = round(executions / (time.time() - begun))
    return [program.name, executions, rate, *states[-1], outcome]


if __name__ == "__main__":
    os.environ.setdefault("ASAN_OPTIONS", "detect_leaks=0")
    main()
