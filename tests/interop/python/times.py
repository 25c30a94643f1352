"""envelope.md, "Time".

Python's integers are unbounded, so nothing wraps. `min` and `max` saturate.
"""

MINUTE = 60_000
DAY = 86_400_000
TOLERANCE = 10 * MINUTE
LARGEST = 2**64 - 1


def in_ms(seconds: int) -> int:
    return min(seconds * 1000, LARGEST)


def in_seconds(ms: int) -> int:
    return ms // 1000


def later(ms: int) -> int:
    """Adds the tolerance."""
    return min(ms + TOLERANCE, LARGEST)


def earlier(ms: int, by: int = TOLERANCE) -> int:
    return max(ms - by, 0)
