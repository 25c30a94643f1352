"""inbox.md, "Calls": tables A, Z and G. They decide, and change nothing before `then`."""

from calls import ANSWERED, CLOSED, MISSED, OPEN, RINGING, TAKEN, Calls
from content import ELSEWHERE
from envelope import Frame
from events import ENDED_BEFORE_ANSWER, ENDED_REASONS, Entry, Outcome, is_late
from keys import Certificate
from refusal import Refusal, require


def invited(calls: Calls, frame: Frame, said: dict, now: int, was_held: bool) -> Outcome:
    """Applies table A. `was_held` says that the invitation was held for the clock."""
    account, call_id, time = frame.certificate.account, said["callId"], frame.sent_at
    require(call_id not in calls.placed, "call_id_taken")  # A0
    call = calls.call(account, call_id)

    def rung(action: str, reason: str | None, phase: str | None, follow: bool = False) -> Outcome:
        return Outcome(action, reason, account, lambda ring: calls.ring(ring, phase), follow)

    if time <= call.rung:  # A1
        return Outcome("drop", "repeated")
    if call.phase == ANSWERED:  # A2
        return rung("signal", None, ANSWERED, follow=True)
    if time <= call.elsewhere.time:  # A3
        return rung("drop", call.elsewhere.reason, None)
    if time <= call.over:  # A4
        return rung("missed", "ended", None)
    if is_late(said, time, now):  # A5
        return rung("missed", "expired", MISSED)
    if not holds(frame.certificate, now):
        return rung("missed", "certificate", MISSED)
    if was_held:
        return rung("missed", "clock", MISSED)
    return rung("ring", None, RINGING, follow=True)  # A6


def ended(calls: Calls, frame: Frame, said: dict, device: bytes, now: int) -> Outcome:
    """Applies table Z. `device` is the device's own key."""
    if not holds(frame.certificate, now):
        return Outcome("drop", "certificate")
    account, call_id = frame.certificate.account, said["callId"]
    if "caller" not in said:
        return ended_by_caller(calls, frame, said, device, now)
    if said["caller"] == calls.own and account in calls.legs(call_id):
        return ended_by_callee(calls, frame, said)
    if account == calls.own and said["reason"] in ELSEWHERE:
        return ended_elsewhere(calls, said, now)
    if said["caller"] in calls.joined_to(account, call_id):  # Z13
        return Outcome("signal", caller=said["caller"])
    return Outcome("drop", "unknown")


def ended_by_caller(calls: Calls, frame: Frame, said: dict, device: bytes, now: int) -> Outcome:
    account, call_id, time = frame.certificate.account, said["callId"], frame.sent_at
    if said.get("device") == device:  # Z1
        return Outcome("drop", "taken")
    call = calls.call(account, call_id)
    was_answered = call.phase == ANSWERED

    def end(entry: Entry) -> None:
        reason = ENDED_REASONS[said["reason"]] if was_answered else ENDED_BEFORE_ANSWER
        entry.ended_reason = reason
        calls.end(account, call_id, time, now)

    if call.phase is not None and call.rung <= time:  # Z2
        return Outcome("end", caller=account, then=end)
    is_recorded = calls.find(account, call_id) is not None
    return Outcome("drop", "over" if is_recorded else "unknown", then=end)  # Z3


def ended_by_callee(calls: Calls, frame: Frame, said: dict) -> Outcome:
    call_id, reason = said["callId"], said["reason"]
    leg = calls.legs(call_id)[frame.certificate.account]
    device = frame.certificate.device

    def end(entry: Entry) -> None:
        entry.ended_reason = ENDED_REASONS[reason]
        entry.remaining = calls.remaining(call_id)

    def declined(entry: Entry) -> None:
        leg.declined = True
        end(entry)

    def closed(entry: Entry) -> None:
        leg.state, leg.by = CLOSED, device
        calls.lapse()
        end(entry)

    if said["ring"] < leg.since or reason in ELSEWHERE:  # Z4
        return Outcome("drop", "over")
    if leg.state == OPEN:
        if reason == "declined":  # Z5
            if leg.declined:
                return Outcome("drop", "over")
            return Outcome("end", caller=calls.own, then=declined)
        if reason in ("remoteEnded", "failed"):  # Z6
            return Outcome("end", caller=calls.own, then=closed)
        return Outcome("signal", caller=calls.own)  # Z7
    speaks_for_itself = reason in ("busy", "unanswered", "cancelled")
    if leg.state == TAKEN and leg.by == device and not speaks_for_itself:  # Z8
        return Outcome("end", caller=calls.own, then=closed)
    return Outcome("drop", "over")  # Z9


def ended_elsewhere(calls: Calls, said: dict, now: int) -> Outcome:
    caller, call_id, ring, reason = (said[name] for name in ("caller", "callId", "ring", "reason"))
    call = calls.find(caller, call_id)

    def then(_: Entry) -> None:
        calls.end_elsewhere(caller, call_id, ring, reason, now)

    def end(entry: Entry) -> None:
        call.phase = None
        entry.ended_reason = ENDED_REASONS[reason]
        then(entry)

    if call is not None and call.phase == ANSWERED:  # Z10
        return Outcome("drop", "answered", then=then)
    if call is not None and call.phase in (RINGING, MISSED) and call.rung <= ring:  # Z11
        return Outcome("end", caller=caller, then=end)
    is_known = call is not None or (caller, call_id) in calls.early_ends
    return Outcome("drop", "over" if is_known else "unknown", then=then)  # Z12


def signalled(calls: Calls, frame: Frame, said: dict, now: int) -> Outcome:
    """Applies table G to all signals."""
    if not holds(frame.certificate, now):
        return Outcome("drop", "certificate")
    account, call_id, time = frame.certificate.account, said["callId"], frame.sent_at
    leg = calls.legs(call_id).get(account)
    if said["type"] == "call.answer":
        return answered(calls, frame, said)
    if leg is not None:
        is_heard = leg.state == OPEN or (leg.state == TAKEN and leg.by == frame.certificate.device)
        if is_heard:  # G6
            return Outcome("signal", caller=calls.own)
        return Outcome("drop", "over")  # G7
    call = calls.call(account, call_id)
    if call.phase in (RINGING, ANSWERED):  # G8
        if time >= call.rung:
            return Outcome("signal", caller=account)
        return Outcome("drop", "over")
    joined = calls.joined_to(account, call_id)
    if joined:  # G9
        return Outcome("signal", caller=joined[0])
    if time > call.rung and time > call.over:  # G10
        return Outcome("drop", "early", then=lambda entry: calls.keep(entry, now))
    is_recorded = calls.find(account, call_id) is not None
    return Outcome("drop", "over" if is_recorded else "unknown")  # G11


def answered(calls: Calls, frame: Frame, said: dict) -> Outcome:
    leg = calls.legs(said["callId"]).get(frame.certificate.account)
    device = frame.certificate.device
    if leg is None:
        return Outcome("drop", "unknown")
    if said["ring"] < leg.since:  # G1
        return Outcome("drop", "over")

    def take(_: Entry) -> None:
        leg.state, leg.by = TAKEN, device

    def tell(entry: Entry) -> None:
        entry.taken, entry.since = leg.by, leg.since
        leg.told = True

    if leg.state == OPEN:  # G2
        return Outcome("signal", caller=calls.own, then=take)
    if leg.state == TAKEN and leg.by == device:  # G3
        return Outcome("signal", caller=calls.own)
    if leg.by is not None and leg.by != device and not leg.told:  # G4
        return Outcome("second", caller=calls.own, then=tell)
    return Outcome("drop", "over")  # G5


def holds(certificate: Certificate, now: int) -> bool:
    """Says whether the certificate's times (T6) hold at `now`."""
    try:
        certificate.check_times(now)
    except Refusal:
        return False
    return True
