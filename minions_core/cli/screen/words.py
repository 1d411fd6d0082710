"""Words for people: counts, times, money, and foreign text made safe for a terminal."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

_JOINERS = "\u200c\u200d"  # part of Persian, Hindi and emoji spelling, and nothing to a terminal
_MINUTE = 60
_HOUR = 3600
_SHORT_SECONDS = 10
_LEAST_DOLLARS = Decimal("0.0001")


def clean(text: str) -> str:
    """Text that cannot command a terminal: letters, marks and line ends alone.

    Models and documents may be hostile. Control characters become spaces; invisible ones, such as
    those that turn the direction of writing, and soft hyphens go.
    """
    return "".join(_harmless(mark) for mark in text.replace("\r\n", "\n"))


def one_line(text: str, most: int) -> str:
    """`text` on one line, clean, of `most` characters at most; what is cut is marked."""
    words = " ".join(clean(text).split())
    if len(words) <= most:
        return words
    kept = words[: most - 3]
    whole = kept.rpartition(" ")[0]
    return f"{whole if len(whole) >= most // 2 else kept}..."


def counted(number: int, noun: str) -> str:
    """`1 job`, `1,200 jobs`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def duration(seconds: float) -> str:
    """A time for people: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    tenths = round(seconds, 1)
    if tenths < _SHORT_SECONDS:
        return f"{tenths:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def time_left(seconds: float) -> str:
    """A time that is only guessed, in round figures: `about 40 s left`."""
    fives = max(5, 5 * round(seconds / 5))
    if fives < _MINUTE:
        return f"about {fives} s left"
    minutes = round(seconds / _MINUTE)
    if minutes < _MINUTE:
        return f"about {minutes} min left"
    return f"about {seconds / _HOUR:.1f} h left"


def dollars(amount: Decimal | None) -> str:
    """Money, to a hundredth of a cent."""
    if amount is None:
        return "unknown"
    if 0 < amount < _LEAST_DOLLARS:
        return f"under ${_LEAST_DOLLARS}"
    return f"-${-amount:,.4f}" if amount < 0 else f"${amount:,.4f}"


def _harmless(mark: str) -> str:
    if mark.isprintable() or mark in _JOINERS or mark == "\n":
        return mark
    return "" if unicodedata.category(mark) == "Cf" else " "
