"""Refusals: a code of envelope.md, "Codes", with further details."""


class Refusal(Exception):
    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def require(condition: bool, code: str, **details: object) -> None:
    if not condition:
        raise Refusal(code, **details)
