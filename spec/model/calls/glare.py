#!/usr/bin/env python3
"""Two accounts call each other: A1 places X to B, B1 places Y to A, and X < Y as bytes. Looks at every
order of what users do and of what arrives (spec/inbox.md, section 8.6).

    python3 spec/model/calls/glare.py             # every run below that takes seconds
    python3 spec/model/calls/glare.py all         # every run
    python3 spec/model/calls/glare.py a2 decline  # one run, with the steps of a violation

What may happen besides:
    a2, b2    A, B has a second device
    cancel    the callers' users hang up
    decline   users decline what rings
    timer     what was not to ring (X2) rings after 5 seconds
    old       an own call is more than 120 seconds old; its app may have stopped waiting for it
Other rules than those of the specification:
    patient   who answers by X1 ends its own call only once the other is up
    yield     who waits ends its own call when a sibling answers the other
    any-leg   `crossed` is given for every open leg, also one that was declined or is old
"""

import sys
import time
from collections import deque
from typing import NamedTuple

CALLER = {"X": "A1", "Y": "B1"}
CALLED = {"X": "B", "Y": "A"}
OPTIONS = {"a2", "b2", "cancel", "decline", "timer", "old", "patient", "yield", "any-leg"}

# Each run, with what is found: nothing, or the beginning of what is broken.
RUNS = [
    ("", None),
    ("a2", None),
    ("b2", None),
    ("a2 b2", None),
    ("cancel", None),
    ("a2 cancel", None),
    ("timer", None),
    ("a2 timer", None),
    ("b2 decline", None),
    ("old timer", None),
    ("a2 decline timer", None),
    ("b2 decline any-leg", "ANSWERS"),
    ("old timer any-leg", "ANSWERS"),
    ("a2 patient", "TWO CALLS"),
    ("a2 b2 yield", "DIED"),
]
LARGE = [
    ("a2 b2 cancel", None),
    ("a2 b2 timer cancel", None),
    ("a2 b2 decline timer", None),
    ("a2 b2 decline cancel", None),
    ("a2 decline old timer", None),
    ("b2 decline old timer", None),
    ("a2 b2 decline old timer", None),
]


class Leg(NamedTuple):
    """An own call. `told` and `second`: as in G4. `stopped`: the app does not wait any more."""

    phase: str = "none"
    by: str = ""
    told: bool = False
    second: bool = False
    declined: bool = False
    old: bool = False
    stopped: bool = False


class State:
    def __init__(self, options):
        self.options = options
        self.devices = [d for d in ("A1", "A2", "B1", "B2") if d[1] == "1" or d.lower() in options]
        self.legs = {"X": Leg(), "Y": Leg()}
        # What each device makes of the call: none, rings, quiet, answered, over.
        self.rings = {(c, d): "none" for c in "XY" for d in self.of(CALLED[c])}
        self.answers = frozenset()
        # Those that were answered by X1.
        self.by_itself = frozenset()
        self.letters = ()
        self.acts = frozenset()
        self.broken = None

    def of(self, account):
        return [d for d in self.devices if d[0] == account]

    def copy(self):
        state = State.__new__(State)
        state.__dict__.update(self.__dict__)
        state.legs, state.rings = dict(self.legs), dict(self.rings)
        return state

    def key(self):
        rings = tuple(self.rings[key] for key in sorted(self.rings))
        legs = (self.legs["X"], self.legs["Y"])
        return legs, rings, self.answers, self.by_itself, self.letters, self.acts

    def change(self, call, **members):
        self.legs[call] = self.legs[call]._replace(**members)

    def post(self, *letters):
        self.letters = tuple(sorted(self.letters + letters))

    def to_called(self, kind, call, extra=""):
        self.post(*((kind, call, device, extra) for device in self.of(CALLED[call])))

    # What apps do.

    def place(self, call):
        self.change(call, phase="open")
        self.to_called("invitation", call)

    def end(self, call):
        """The caller ends its call. What was quiet because of it rings (X2)."""
        self.change(call, phase="closed", by="", told=True, second=False)
        self.to_called("end", call)
        self.rings_after_all(call)

    def rings_after_all(self, call):
        incoming = (other(call), CALLER[call])
        if self.rings[incoming] == "quiet":
            self.rings[incoming] = "rings"

    def post_answer(self, call, device):
        self.answers -= {(call, device)}
        self.post(("answer", call, CALLER[call], device))
        self.to_siblings("answered", call, device)

    def decline(self, call, device):
        self.rings[call, device] = "over"
        self.post(("declined", call, CALLER[call], device))
        self.to_siblings("declined", call, device)

    def to_siblings(self, act, call, device):
        siblings = [d for d in self.of(CALLED[call]) if d != device]
        self.post(*(("elsewhere", call, sibling, act) for sibling in siblings))

    # What arrives.

    def receive(self, kind, call, device, extra):
        getattr(self, f"receive_{kind}")(call, device, extra)

    def receive_invitation(self, call, device, _):
        if self.rings[call, device] != "none":
            return
        own = other(call)
        leg = self.legs[own] if CALLER[own] == device else Leg()
        counts = "any-leg" in self.options or not (leg.declined or leg.old or leg.stopped)
        waits = leg.phase == "open" and counts
        is_taken = leg.phase == "taken" and leg.by == CALLER[call]
        if waits and call < own:
            # X1. Its user waits for this account.
            if leg.declined or leg.old:
                self.broken = "ANSWERS: a device answers by itself, though its user's call is long past"
            self.rings[call, device] = "answered"
            self.answers |= {(call, device)}
            self.by_itself |= {(call, device)}
            if "patient" not in self.options:
                self.end(own)
        elif waits or is_taken:
            # X2, X3.
            self.rings[call, device] = "quiet"
        else:
            self.rings[call, device] = "rings"

    def receive_end(self, call, device, taken):
        if taken != device:
            self.over(call, device)

    def receive_elsewhere(self, call, device, act):
        if self.rings[call, device] == "answered":
            return
        self.over(call, device)
        own = other(call)
        waits = CALLER[own] == device and self.legs[own].phase == "open"
        if "yield" in self.options and act == "answered" and waits:
            self.end(own)

    def over(self, call, device):
        self.rings[call, device] = "over"
        self.answers -= {(call, device)}

    def receive_answer(self, call, device, by):
        leg = self.legs[call]
        if leg.phase == "open":
            self.change(call, phase="taken", by=by)
            # X2. Another device than the one that calls: Y is call waiting.
            if by != CALLER[other(call)]:
                self.rings_after_all(call)
        elif by != leg.by and leg.by and not leg.told:
            self.change(call, told=True, second=True)
        incoming = (other(call), CALLER[call])
        if incoming in self.by_itself and self.is_up(call) and self.rings[incoming] == "answered":
            self.broken = "TWO CALLS: a device that answered by itself is in its own call as well"

    def receive_declined(self, call, device, _):
        if self.legs[call].phase == "open" and not self.legs[call].declined:
            self.change(call, declined=True)
            # The app has heard the last end of its call.
            self.rings_after_all(call)

    # What may happen.

    def is_up(self, call):
        leg = self.legs[call]
        return leg.phase == "taken" and self.rings[call, leg.by] == "answered"

    def steps(self, users=True):
        for place, letter in enumerate(self.letters):
            state = self.copy()
            state.letters = self.letters[:place] + self.letters[place + 1 :]
            state.receive(*letter)
            kind, call, device, extra = letter
            yield f"{device} gets {kind} {extra} of {call}", state
        for call, device in self.answers:
            yield f"{device} posts its answer to {call}", self.after("post_answer", call, device)
        for call in "XY":
            yield from self.steps_of(call)
        if users:
            yield from self.steps_of_users()

    def steps_of(self, call):
        leg, own = self.legs[call], other(call)
        if leg.second:
            state = self.copy()
            state.change(call, second=False)
            state.to_called("end", call, leg.by)
            yield f"{CALLER[call]} says that it took {leg.by} for {call}", state
        if leg.phase == "taken" and leg.stopped:
            yield f"{CALLER[call]}, which had stopped, ends {call}", self.after("end", call)
        # X4, and X1 in a patient device.
        is_begun = self.legs[own].phase in ("open", "taken")
        if self.is_up(call) and leg.by == CALLER[own] and is_begun:
            yield f"{call} is up: {leg.by} ends {own}", self.after("end", own)
        incoming = (own, CALLER[call])
        if "timer" in self.options and self.rings[incoming] == "quiet" and leg.phase == "open":
            state = self.copy()
            state.rings[incoming] = "rings"
            yield f"{CALLER[call]} rings after 5 seconds: {own}", state

    def steps_of_users(self):
        for call in "XY":
            leg, caller = self.legs[call], CALLER[call]
            # Nobody places a call where one rings, or is up, with the same account.
            if leg.phase == "none" and self.rings[other(call), caller] in ("none", "over"):
                yield f"{caller} places {call}", self.after("place", call)
            if "cancel" in self.options and leg.phase in ("open", "taken") and not leg.stopped:
                yield f"{caller}'s user ends {call}", self.after("end", call, act="end")
            if "old" in self.options and leg.phase == "open" and not leg.old:
                for stopped in (False, True):
                    state = self.copy()
                    state.change(call, old=True, stopped=stopped)
                    state.acts |= {"old"}
                    waits = "stops waiting for" if stopped else "still waits for"
                    yield f"{caller} {waits} {call} after 120 seconds", state
        for (call, device), ring in self.rings.items():
            own = other(call)
            in_own = CALLER[own] == device and self.legs[own].phase == "taken"
            # Whoever takes another call while in one decides that: not looked at here.
            if ring != "rings" or in_own or self.rings.get((own, device)) == "answered":
                continue
            state = self.copy()
            state.rings[call, device] = "answered"
            state.answers |= {(call, device)}
            state.acts |= {"answer"}
            yield f"{device}'s user answers {call}", state
            if "decline" in self.options:
                yield f"{device}'s user declines {call}", self.after("decline", call, device, act="decline")

    def after(self, step, *arguments, act=None):
        state = self.copy()
        getattr(state, step)(*arguments)
        if act:
            state.acts |= {act}
        return state

    # What has to hold.

    def check(self):
        """The invariants; most are about states in which nothing happens without a user."""
        if self.broken or next(self.steps(users=False), None):
            return self.broken
        up = [call for call in "XY" if self.is_up(call)]
        for call in "XY":
            leg = self.legs[call]
            if leg.phase == "taken" and call not in up:
                return f"DISAGREE: {CALLER[call]} takes {call} to be up with {leg.by}"
            for device in self.of(CALLED[call]):
                ring = self.rings[call, device]
                if ring == "answered" and not (call in up and leg.by == device):
                    return f"DISAGREE: {device} takes {call} to be up"
                if ring in ("rings", "quiet") and leg.phase != "open":
                    return f"RINGS: {call} {ring} on {device}, and nobody waits"
                if ring == "quiet":
                    return f"QUIET: {call} never rings on {device}"
        if len(up) == 2 and len({CALLER[c] for c in up} | {self.legs[c].by for c in up}) < 4:
            return "TWO CALLS: a device is in both"
        placed = all(leg.phase != "none" for leg in self.legs.values())
        if placed and not self.acts and "timer" not in self.options and up != ["X"]:
            return f"NOT X: no user did anything else, and {up} is up"
        if placed and not self.acts & {"end", "decline", "old"} and not up:
            return "DIED: nobody ended, and no call is up"
        return None


def other(call):
    return "Y" if call == "X" else "X"


def run(options):
    """Returns how many states there are, and what is broken with the steps that lead there."""
    start = State(options)
    parents = {start.key(): None}
    states = deque([start])
    while states:
        state = states.popleft()
        broken = state.check()
        if broken:
            return len(parents), broken, trace(parents, state.key())
        for told, after in state.steps():
            key = after.key()
            if key not in parents or after.broken:
                parents.setdefault(key, (state.key(), told))
                states.append(after)
    return len(parents), None, []


def trace(parents, key):
    steps = []
    while parents[key]:
        key, told = parents[key]
        steps.insert(0, told)
    return steps


def main(words):
    runs = [(" ".join(words), None)]
    if words in ([], ["all"]):
        runs = RUNS + (LARGE if words else [])
    failures = 0
    for name, expected in runs:
        options = set(name.split())
        if options - OPTIONS:
            sys.exit(__doc__)
        begun = time.monotonic()
        count, broken, steps = run(options)
        seconds = time.monotonic() - begun
        right = (broken or "").startswith(expected or "") and bool(broken) == bool(expected)
        failures += not right
        print(f"{name or '-':24} {count:9,} states {seconds:6.1f} s  {broken or 'holds'}", flush=True)
        if not right or (broken and words):
            for place, told in enumerate(steps, 1):
                print(f"    {place:2}. {told}")
    # As cargo has it, for tests/all.sh.
    outcome = "FAILED" if failures else "ok"
    print(f"test result: {outcome}. {len(runs) - failures} passed; {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
