"""Telephone numbers, told from figures by how they are written.

Reports are full of numbers, so bare digits never count. What does: a country code after a plus, the
groupings of the Americas and of countries that dial a zero first, and whatever a word such as
"Phone:" or "Fax No." announces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from minions_core.documents import Span

_BETWEEN = r"(?:[ \xa0.\-/\u2011]?\(?|\)[ \xa0.\-/]?)"
_DIGITS = rf"\(?\d(?:{_BETWEEN}\d){{6,14}}"
_EXTENSION = r"(?:,?[ ]?(?:ext\.?|extension|x)[ ]?\d{1,6})?"
_NOT_IN_A_NUMBER = r"(?<![\w.,\-/+])"
_ENDS = r"(?!\w|[.,\-/]\d)"

_INTERNATIONAL = re.compile(rf"(?<![\w+])\+{_DIGITS}")
_AMERICAN = re.compile(
    rf"{_NOT_IN_A_NUMBER}(?:1[ .\-])?"
    r"(?:\([2-9]\d\d\)[ \xa0]?\d{3}[\-.]\d{4}"
    r"|[2-9]\d\d(?P<mark>[\-.])\d{3}(?P=mark)\d{4}"
    r"|[2-9]\d\d/\d{3}-\d{4}"
    rf"|\(\d\d\)[ \xa0]9?\d{{4}}-\d{{4}}){_EXTENSION}{_ENDS}"  # Brazil groups them much alike
)
_WITH_ZERO = re.compile(
    rf"{_NOT_IN_A_NUMBER}(?<!\d[ ])"
    r"(?:0[1-9](?P<pair>[ .\-])\d\d(?:(?P=pair)\d\d){3}(?![ ]\d)"
    r"|0\d{1,4}-\d{1,4}-\d{4}"
    r"|(?:\(0\d{1,5}\)[ ]?|0\d{1,5}[ /])\d{3,8}(?:[ \-]\d{2,6}){0,3}"
    rf"|0\d{{2,5}}-\d{{5,8}}){_ENDS}"
)
_ANNOUNCED = re.compile(
    r"(?<![^\W_])(?:tele(?:phone|fon|fax)|tel|phone|fax|facsimile|mobile?|cell(?:[ ]?phone)?|handy"
    r"|portable|hotline|whatsapp)s?\b[ \t]*"
    r"(?P<mark>(?:(?:(?:no|nos|nr|num|number|numéro)\b\.?|[.:#]|\([a-z ]{1,12}\))[ \t]*){0,4})"
    rf"(?:\n[ \t]*)?(?P<number>\+?{_DIGITS}){_EXTENSION}",
    re.IGNORECASE,
)

_FEWEST = 8
_NORTH_AMERICAN_DIGITS = 11
_DIALLED_WITH_ZERO = range(9, 13)
_LOOKS_LIKE_YEARS = re.compile(r"(?:19|20)\d\d")
_LOOKS_LIKE_THOUSANDS = re.compile(r"\+\d{1,3}(?:[ .\xa0]\d{3})+")
_MOST_DIGITS_OF_A_FIGURE = 9
_LOOKS_LIKE_AN_AMOUNT = re.compile(r"\d+\.\d\d?")


def phones(text: str) -> Iterator[Span]:
    """Where telephone numbers stand in a text; one may be given twice."""
    yield from _international(text)
    yield from (Span(*match.span()) for match in _AMERICAN.finditer(text))
    for match in _WITH_ZERO.finditer(text):
        if _is_dialled(match.group()):
            yield Span(*match.span())
    for match in _ANNOUNCED.finditer(text):
        number = match["number"]
        told = match["mark"] or number.startswith(("+", "0", "(0"))
        figure = _LOOKS_LIKE_AN_AMOUNT.fullmatch(number) or _are_years(number)
        if told and not figure and _is_whole(text, match.end()):
            yield Span(match.start("number"), match.end())


def _international(text: str) -> Iterator[Span]:
    for match in _INTERNATIONAL.finditer(text):
        number = _as_long_as_may_be(match.group(), text[match.end() : match.end() + 1])
        end = match.start() + len(number)
        long_enough = len(_digits(number)) >= _FEWEST and not number.startswith(("+0", "+(0"))
        if long_enough and _is_whole(text, end) and not _is_figure(number):
            extension = re.compile(_EXTENSION).match(text, end)
            yield Span(match.start(), extension.end() if extension else end)


def _as_long_as_may_be(number: str, after: str) -> str:
    """A number without what follows it: all North American ones are of one length.

    Of others the last group goes that has no room; nothing is left if no length fits.
    """
    if number.startswith(("+1", "+(1")):
        places = [place for place, char in enumerate(number, 1) if char.isdigit()]
        whole = len(places) >= _NORTH_AMERICAN_DIGITS
        return number[: places[_NORTH_AMERICAN_DIGITS - 1]] if whole else ""
    return re.sub(r"(?:\D+|^\+)\d+\Z", "", number) if after.isdigit() else number


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))


def _is_whole(text: str, end: int) -> bool:
    """Whether a number does not go on after `end`, as an amount or a share would."""
    return re.compile(r"\d|[ ]?%|[.,]\d").match(text, end) is None


def _is_figure(number: str) -> bool:
    """Whether a number with a plus may be a change in an amount: `+345 678 901`."""
    few = len(_digits(number)) <= _MOST_DIGITS_OF_A_FIGURE
    return few and _LOOKS_LIKE_THOUSANDS.fullmatch(number) is not None


def _groups(number: str) -> list[str]:
    return re.findall(r"\d+", number)


def _are_years(number: str) -> bool:
    return all(map(_LOOKS_LIKE_YEARS.fullmatch, _groups(number)))


def _is_dialled(number: str) -> bool:
    """Whether digits that begin with a zero are no dates, years, months or hours in a row."""
    groups = _groups(number)
    values = [int(group) for group in groups]
    in_a_row = values == list(range(values[0], values[0] + len(values)))
    years = any(map(_LOOKS_LIKE_YEARS.fullmatch, groups[1:]))
    return len(_digits(number)) in _DIALLED_WITH_ZERO and not in_a_row and not years
