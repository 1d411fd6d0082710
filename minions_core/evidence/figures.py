"""Figures in a text, and whether two are the same however they are written."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
"""A number as it is written."""

_COMMAS_GROUP = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")
_POINTS_GROUP = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+")
_SIMPLE = re.compile(r"\d+(?:\.\d+|,\d{1,2})?")


def figures(text: str) -> set[str]:
    """The numbers in `text`, each in one plain form.

    `1,577`, `1577.0` and `(1,577)` are all `1577`; `20.20 %` is `20.2`; a date is its numbers.
    Signs and scale words are left aside: `$1.2bn` is `1.2`.
    """
    return {figure for number in NUMBER.findall(text) for figure in plain(number)}


def first_figure(text: str, answer: str) -> int:
    """Where in `text` the first figure of `answer` stands; 0 if none does."""
    wanted = figures(answer)
    numbers = (found for found in NUMBER.finditer(text) if not wanted.isdisjoint(plain(found[0])))
    return next((found.start() for found in numbers), 0)


def plain(number: str) -> list[str]:
    """The plain form of a number; of `31.12.2023` those of its three."""
    if _COMMAS_GROUP.fullmatch(number):
        several = [number.replace(",", "")]
    elif _POINTS_GROUP.fullmatch(number):
        several = [number.replace(".", "").replace(",", ".")]
    elif _SIMPLE.fullmatch(number):
        several = [number.replace(",", ".")]
    else:
        several = re.split("[.,]", number)
    return [_shortest(part) for part in several]


def _shortest(decimal: str) -> str:
    """`decimal` in ASCII digits without zeros that say nothing."""
    digits = "".join(mark if mark == "." else str(unicodedata.decimal(mark)) for mark in decimal)
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


_SCALED = re.compile(r"\s?(?:thousand|million|billion|trillion|mn|mm|bn|tn|[kmb])\b", re.IGNORECASE)
_SCALE_STEP = 3  # thousand, million, billion: three digits each
_FEWEST_DIGITS = 2


def is_rescaled(text: str, place: tuple[int, int], passage: str) -> bool:
    """Whether a number stands in `passage` in another scale: `1.2 billion` is `1,200 million`.

    Args:
        text: what the number stands in.
        place: where it stands there.
        passage: where it is looked for. One of the two numbers must have its scale beside it, for
            the other may have it from the head of a table.
    """
    digits = [_digits(form) for form in plain(text[slice(*place)])]
    is_scaled = bool(_SCALED.match(text, place[1]))
    others = [
        _digits(form)
        for number in NUMBER.finditer(passage)
        if is_scaled or _SCALED.match(passage, number.end())
        for form in plain(number[0])
    ]
    return all(any(_are_same(one, other) for other in others) for one in digits)


def _digits(form: str) -> tuple[str, int]:
    """The digits of a plain number between its zeros, and how many places follow them."""
    whole, _, fraction = form.partition(".")
    digits = (whole + fraction).rstrip("0")
    return digits.lstrip("0"), len(whole) - len(digits)


def _are_same(one: tuple[str, int], other: tuple[str, int]) -> bool:
    # A single digit says too little: 2 million is not the year 2000.
    is_alike = one[0] == other[0] and len(one[0]) >= _FEWEST_DIGITS
    return is_alike and (one[1] - other[1]) % _SCALE_STEP == 0
