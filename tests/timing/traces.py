"""Asks whether what is done depends on secrets: traces.py <the program> [case…]

Valgrind's lackey records every instruction and every address that the program touches. They must be the
same whatever the secret is, and must not in the twins, which leak on purpose.
"""

import os
import re
import subprocess
import sys
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from functools import partial

# See `input` in src/bin/traces/main.rs.
INPUTS = 4
LACKEY = ["valgrind", "--tool=lackey", "--basic-counts=no"]
# Always the same, since its size moves the stack.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}


def main():
    program, *chosen = sys.argv[1:]
    listed = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    leaks = dict(line.split() for line in listed.splitlines())
    if unknown := set(chosen) - set(leaks):
        sys.exit(f"There is no {', '.join(sorted(unknown))}.")
    functions, wrong = Functions(program), []
    print(f"{'case':22} {'must be':10} {'instructions':>12}")
    for case in chosen or leaks:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            record = partial(trace, program, case, functions.marks)
            first, *others = pool.map(record, range(INPUTS))
        other = next((other for other in others if other != first), None)
        found = "the same for all inputs"
        if other is not None:
            found = f"differs in {place_of_difference(first, other, functions)}"
        is_right = found.startswith("differs") == (leaks[case] == "true")
        wrong += [] if is_right else [case]
        must_be = "different" if leaks[case] == "true" else "the same"
        print(f"{case:22} {must_be:10} {first.count(b'I  '):12,}  {found}", flush=True)
    if wrong:
        sys.exit(f"Not as it must be: {', '.join(wrong)}.")


def trace(program, case, marks, number):
    """What is done between the calls of `begin` and `end`, one instruction or access a line."""
    command = [*LACKEY, "--trace-mem=yes", program, case, str(number)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT) as process:
        record = cut(process.stderr, *(b"\nI  %08x," % mark for mark in marks))
    if process.returncode != 0 or record is None:
        sys.exit(f"{case} {number} did not come to its end.")
    return record


def cut(stream, begin, end):
    """The part of a stream between two marks. What is before it is not kept."""
    parts, rest, mark = [], b"", begin
    while chunk := stream.read(1 << 22):
        rest += chunk
        place = rest.find(mark)
        if place >= 0 and mark == begin:
            rest, mark = rest[place + 1 :], end
            place = rest.find(mark)
        if place >= 0:
            parts.append(rest[:place])
            # To its end, or valgrind could not write on.
            while stream.read(1 << 22):
                pass
            return b"".join(parts)
        if mark == end:
            parts.append(rest[: -len(mark)])
        rest = rest[-len(mark) :]
    return None


def place_of_difference(first, other, functions):
    """The function of the last instruction that both have done."""
    same, different = 0, min(len(first), len(other))
    while same < different:
        middle = (same + different + 1) // 2
        if first[same:middle] == other[same:middle]:
            same = middle
        else:
            different = middle - 1
    done = re.findall(rb"I  ([0-9a-f]+),", first[max(0, same - 1000) : same])
    return functions.name(int(done[-1], 16)) if done else "its first instruction"


class Functions:
    """Which function an address is in."""

    def __init__(self, program):
        command = ["nm", "--demangle", "--defined-only", "--numeric-sort", program]
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        rows = [line.split(" ", 2) for line in listed.splitlines()]
        code = [(int(address, 16), name) for address, kind, name in rows if kind in "tTwW"]
        self.addresses, self.names = zip(*code, strict=True)
        # Where `begin` and `end` are under valgrind, and so how far all functions are moved.
        command = [*LACKEY, program, "marks"]
        marks = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
        self.marks = [int(address, 16) for address in marks.stdout.split()]
        self.moved_by = self.marks[0] - self.addresses[self.names.index("traces::begin")]

    def name(self, address):
        place = bisect_right(self.addresses, address - self.moved_by)
        return self.names[place - 1] if 0 < place < len(self.names) else "a library of the system"


if __name__ == "__main__":
    main()
