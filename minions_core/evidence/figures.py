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
