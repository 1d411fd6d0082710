"""The arguments of chunkers, checked: plans pass them, and read what was wrong with them.

Messages name types and numbers only, since what a plan passes may be document text.
"""

from __future__ import annotations

from minions_core.errors import UsageError
from minions_core.messages import TokenCounter

_MOST_TOKENS_PER_CHARACTER = 100
_LONGEST_NUMBER = 10**15


def checked_room(
    name: str, text: object, size: object, overlap: object, *, unit: str = "characters"
) -> tuple[int, int]:
    """How much a chunk holds and the next may repeat, neither more than there is to cut.

    Args:
        name: the chunker's name, for the message.
        text: must be a str.
        size: must be a whole number of at least 1.
        overlap: must be a whole number from 0 to less than the size.
        unit: what both are counted in.

    Raises:
        UsageError: one of them is not.
    """
    if not isinstance(text, str):
        raise UsageError(f"{name}: text must be one str, not {type(text).__name__}")
    longest = _whole(size, f"{name}: the size", unit, 1)
    repeated = _whole(overlap, f"{name}: overlap", unit, 0)
    if repeated >= longest:
        raise UsageError(
            f"{name}: overlap ({_shown(repeated)}) must be smaller than the size "
            f"({_shown(longest)}); overlap=0 always works"
        )
    most = max(1, len(text)) * (1 if unit == "characters" else _MOST_TOKENS_PER_CHARACTER)
    return min(longest, most), min(repeated, most)


def checked_language(name: str, language: object) -> str | None:
    """The language of a text, or None to guess it.

    Raises:
        UsageError: it is neither a str nor None.
    """
    if language is None or isinstance(language, str):
        return language
    raise UsageError(f"{name}: language must be a str or None, not {type(language).__name__}")


def checked_count(name: str, count: TokenCounter) -> TokenCounter:
    """A counter of tokens.

    Raises:
        UsageError: it cannot be called.
    """
    if not callable(count):
        raise UsageError(f"{name}: count must be a function of a str, not {type(count).__name__}")
    return count


def _whole(value: object, what: str, unit: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        kind = type(value).__name__
        raise UsageError(f"{what} must be a whole number of {unit}, not {kind}: use int(...)")
    if value < least:
        raise UsageError(f"{what} must be at least {least} {unit}, not {_shown(value)}")
    return value


def _shown(number: int) -> str:
    """A number, or what it is instead of its endless digits."""
    if abs(number) < _LONGEST_NUMBER:
        return str(number)
    return "a number beyond all texts" if number > 0 else "a number far below"
