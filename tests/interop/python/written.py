"""Converts values to and from the form that vectors/README.md defines."""

import json
import uuid

import content


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def is_call(content: dict) -> bool:
    kind = content.get("type")
    return isinstance(kind, str) and kind.startswith("call.")


def content_to_json(said: dict) -> dict:
    """Writes a content. Its callId is a UUID; maps inside the content have none."""
    written = to_json(said)
    if is_call(said) and "callId" in said:
        written["callId"] = str(uuid.UUID(bytes=said["callId"]))
    return written


def content_from_json(written: dict) -> dict:
    said = {name: from_json(member) for name, member in written.items()}
    if is_call(said) and isinstance(said.get("callId"), str):
        said["callId"] = content.call_id_of(said["callId"])
    return said


def to_json(value: object) -> object:
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {name: to_json(member) for name, member in value.items()}
    return value


def from_json(value: object) -> object:
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # JSON has one kind of number
    if not isinstance(value, dict):
        return value
    if set(value) == {"bytes"} and isinstance(value["bytes"], str):
        return bytes.fromhex(value["bytes"])
    return {name: from_json(member) for name, member in value.items()}


def number(value: int) -> int | str:
    """Writes an integer above 2^53 - 1 as text."""
    return value if value < 2**53 else str(value)
