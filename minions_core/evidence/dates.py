"""Dates in a text, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from minions_core.documents import Span

Day: TypeAlias = tuple[int, int, int]
"""Year, month, day."""

_NAMES = "january february march april may june july august september october november december"
MONTHS: Final[Mapping[str, int]] = MappingProxyType(
    {
        name: number
        for number, month in enumerate(_NAMES.split(), 1)
        for name in (month, month[:3], month[:4])
    }
)
"""The number of each month by its English name, in full or short, in lower case."""

_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})(?!\d)"
_BETWEEN = r"(?P<mark>[-/.])"
_FIRST, _SECOND = r"(?P<first>\d{1,2})", r"(?P<second>\d{1,2})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d)(?P<year>\d{{4}}){_BETWEEN}{_FIRST}(?P=mark){_SECOND}(?!\d)",
        rf"(?<![\d.]){_FIRST}{_BETWEEN}{_SECOND}(?P=mark)(?P<year>\d{{4}}|\d\d)(?!\.?\d)",
        rf"\b{_MONTH}\s*{_DAY}\b,?\s*{_YEAR}",
        rf"(?<![\w.,]){_DAY}\.?(?:\s+day)?(?:\s+of)?[\s-]*{_MONTH},?[\s-]*{_YEAR}",
    )
)
_MONTHS_A_YEAR = 12
_DAYS_A_MONTH = 31
_YEARS_A_CENTURY = 100
_FIRST_OF_LAST_CENTURY = 70


@dataclass(frozen=True, slots=True)
class Date:
    """A date in a text.

    Attributes:
        span: where it stands.
        days: what it may mean: `3/4/2023` is a day in March or one in April.
    """

    span: Span
    days: frozenset[Day]


def dates(text: str) -> list[Date]:
    """The full dates of a text, those of day, month and year, in order."""
    found = [
        Date(Span(*match.span()), days)
        for form in _FORMS
        for match in form.finditer(text)
        if (days := frozenset(_readings(match)))
    ]
    return sorted(found, key=lambda date: date.span)


def _readings(match: re.Match[str]) -> Iterator[Day]:
    fields = match.groupdict()
    year = int(fields["year"])
    if year < _YEARS_A_CENTURY:
        year += 1900 if year >= _FIRST_OF_LAST_CENTURY else 2000
    if fields.get("month"):
        yield from _real(year, MONTHS[fields["month"].lower()], int(fields["day"]))
        return
    first, second = int(fields["first"]), int(fields["second"])
    yield from _real(year, first, second)
    if match.start("year") > match.start("first"):
        yield from _real(year, second, first)


def _real(year: int, month: int, day: int) -> Iterator[Day]:
    if 1 <= month <= _MONTHS_A_YEAR and 1 <= day <= _DAYS_A_MONTH:
        yield year, month, day


_SHORT_YEAR = re.compile(
    rf"(?:\b(?:FY|CY|Q[1-4]|H[12])\s?['\u2019]?|\b[1-4][QH]\s?['\u2019]?|['\u2019]"
    rf"|\b(?:{'|'.join(MONTHS)})-|\b(?:19|20)\d\d[-/\u2013])(\d\d)(?!\d)",
    re.IGNORECASE,
)


def short_years(text: str) -> dict[int, str]:
    """Years written with two digits (`FY23`, `'23`, `2022/23`): where, and in full: `2023`."""
    return {
        match.start(1): f"{19 if int(match[1]) >= _FIRST_OF_LAST_CENTURY else 20}{match[1]}"
        for match in _SHORT_YEAR.finditer(text)
    }
