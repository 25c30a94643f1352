"""inbox.md, "Saved state".

The version, the device's account and key, the revision, all other state in CBOR, and the SHA-256 of
everything before it. What has no order is sorted, so that equal state has equal bytes (N35); but
the accounts of a joined call stay as they came.
"""

import hashlib
from typing import TYPE_CHECKING

import cbor2

from calls import Call, EarlyEnd, Elsewhere, Joined, Kept, Leg, Placed
from envelope import Frame
from events import Entry
from holding import Held, name
from keys import Certificate, Device, Floors
from names import Handle
from records import Record
from refusal import Refusal, require

if TYPE_CHECKING:
    from inbox import Inbox

VERSION = 1


def save(inbox: "Inbox", revision: int, state: bytes) -> bytes:
    me = inbox.device.certificate
    data = bytes([VERSION]) + me.account + me.device + revision.to_bytes(8) + state
    return data + hashlib.sha256(data).digest()


def state_of(inbox: "Inbox") -> bytes:
    """Returns all state but the revision."""
    calls = inbox.calls
    state = {
        "issuedAt": inbox.issued_at,
        "freed": inbox.records.freed,
        "records": [
            [account, record.trusted, record.blocked, record.handle, record.name]
            + [record.floors.account, sorted(record.floors.devices.items())]
            + [record.replay_floor, sorted(record.ids.items())]
            for account, record in sorted(inbox.records.items())
        ],
        "calls": [
            [account, call_id, call.at, call.rung, call.over, call.phase, call.rings_until]
            + list(vars(call.elsewhere).values())
            for account, of in sorted(calls.recorded.items())
            for call_id, call in of.items()
        ],
        "earlyEnds": [
            [*of, end.at, *vars(end.elsewhere).values()] for of, end in calls.early_ends.items()
        ],
        "placed": [
            [call_id, placed.at]
            + [sorted([account, *vars(leg).values()] for account, leg in placed.legs.items())]
            for call_id, placed in calls.placed.items()
        ],
        "joined": [[*of, joined.at, joined.accounts] for of, joined in calls.joined.items()],
        "kept": [[kept.at, list(vars(kept.entry).values())] for kept in calls.kept],
        "journal": [list(vars(entry).values()) for entry in inbox.journal.values()],
        "held": [
            [held.reason, held.frame.tag, held.frame.certificate.data, *held.frame[2:]]
            for held in inbox.holding.all.values()
        ],
    }
    return cbor2.dumps(state)


def read(device: Device, data: bytes, at_least: int) -> tuple[int, dict]:
    """Makes the checks of N32, in their order. Returns the revision, and the other state."""
    require(len(data) > 0, "bad_state")
    require(data[0] <= VERSION, "state_too_new")
    require(data[0] == VERSION and len(data) > 105, "bad_state")
    require(hashlib.sha256(data[:-32]).digest() == data[-32:], "bad_state")
    require(data[1:33] == device.certificate.account, "wrong_account")
    require(data[33:65] == device.certificate.device, "wrong_device")
    revision = int.from_bytes(data[65:73])
    require(revision >= at_least, "state_rolled_back")
    try:
        return revision, cbor2.loads(data[73:-32])
    except cbor2.CBORDecodeError:
        raise Refusal("bad_state") from None


def restore(inbox: "Inbox", state: dict) -> None:
    """Fills an empty inbox with the state."""
    calls = inbox.calls
    inbox.issued_at = state["issuedAt"]
    inbox.records.freed = state["freed"]
    for account, trusted, blocked, handle, pinned, *floors, replay_floor, ids in state["records"]:
        inbox.records[account] = Record(
            trusted,
            blocked,
            handle and Handle(*handle),
            pinned,
            Floors(floors[0], dict(floors[1])),
            replay_floor,
            dict(ids),
        )
    for account, call_id, at, rung, over, phase, until, *elsewhere in state["calls"]:
        call = Call(at, rung, over, Elsewhere(*elsewhere), phase, until)
        calls.recorded.setdefault(account, {})[call_id] = call
    for caller, call_id, at, *elsewhere in state["earlyEnds"]:
        calls.early_ends[caller, call_id] = EarlyEnd(at, Elsewhere(*elsewhere))
    for call_id, at, legs in state["placed"]:
        calls.placed[call_id] = Placed(at, {account: Leg(*leg) for account, *leg in legs})
    for caller, call_id, at, accounts in state["joined"]:
        calls.joined[caller, call_id] = Joined(at, accounts)
    calls.kept = [Kept(at, Entry(*members)) for at, members in state["kept"]]
    for members in state["journal"]:
        entry = Entry(*members)
        inbox.journal[entry.account, entry.message_id] = entry
    for reason, tag, certificate, *others in state["held"]:
        held = Held(Frame(tag, Certificate.read(certificate), *others), reason)
        inbox.holding.all[name(held)] = held
