"""What a plan passes, checked.

Messages name types and limits only: a value, a number too, may be document text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from minions_core.errors import UsageError

_LARGEST = 10**9


def string(value: object, what: str) -> str:
    """`value`, if it is a str.

    Raises:
        UsageError: it is not; so with the functions below.
    """
    if not isinstance(value, str):
        raise UsageError(f"{what} must be a str, not {type(value).__name__}")
    return value


def strings(value: object, what: str) -> list[str]:
    """`value`, if it is a list of str."""
    if not isinstance(value, list | tuple):
        raise UsageError(f"{what} must be a list of str, not {type(value).__name__}")
    items = cast("Sequence[object]", value)
    return [string(item, f"each of {what}") for item in items]


def whole(value: object, what: str) -> int:
    """`value`, if it is an int and no bool; the nearest that can be meant if it is huge."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{what}, must be a whole number, not {type(value).__name__}")
    return max(-_LARGEST, min(value, _LARGEST))


def within(value: object, count: int, what: str) -> int:
    """`value`, if it is an index into a sequence of `count` items."""
    index = whole(value, what)
    if not 0 <= index < count:
        raise UsageError(f"{what}, must be between 0 and {count - 1}")
    return index


def at_least_one(value: object, what: str) -> int:
    """`value`, if it is a positive int."""
    number = whole(value, what)
    if number < 1:
        raise UsageError(f"{what}, must be at least 1")
    return number
