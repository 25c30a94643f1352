"""How vectors and scenes write values, as vectors/README.md says."""

import json
import uuid

import content


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def to_json(value: object, is_call: bool = False) -> object:
    """Content as the vectors write it."""
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    written = {name: to_json(member) for name, member in value.items()}
    kind = value.get("type")
    if is_call or (isinstance(kind, str) and kind.startswith("call.")):
        call_id = value.get("callId")
        if isinstance(call_id, bytes):
            written["callId"] = str(uuid.UUID(bytes=call_id))
    return written


def from_json(value: object) -> object:
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"bytes"} and isinstance(value["bytes"], str):
        return bytes.fromhex(value["bytes"])
    read = {name: from_json(member) for name, member in value.items()}
    kind = value.get("type")
    if isinstance(kind, str) and kind.startswith("call.") and isinstance(read.get("callId"), str):
        read["callId"] = content.call_id_of(read["callId"])
    return read


def number(value: int) -> int | str:
    return value if value < 2**53 else str(value)
