"""Figures with their sign, scale and unit, and whether a passage bears one out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from minions_core.documents import Span
from minions_core.evidence.figures import NUMBER, plain
from minions_core.evidence.words import COUNTED, SCALES, UNIT_OF

Sign: TypeAlias = Literal["minus", "brackets"]

_BELOW_TEN = 10


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_ALL, _ONES = _any_of(COUNTED), _any_of(w for w, number in COUNTED.items() if number < _BELOW_TEN)
_BELOW_HUNDRED = rf"(?:{_ALL})\b(?:[ -](?:{_ONES})\b)?"
_SPELT = rf"\b(?:(?:{_ONES})[ -]hundred\b(?:[ -](?:and[ -])?{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
_CURRENCY = r"(?:US\$|[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|GBP|JPY)\b)"
_SCALE = _any_of(word for word, unit in UNIT_OF.items() if unit in SCALES)
_UNIT = _any_of(word for word, unit in UNIT_OF.items() if unit not in SCALES and word[-1].isalpha())
_KIND_OF_DAY = r"(?:(?:calendar|business|working|full|consecutive|additional)\s)?"
_LATER = rf"(?=(?:\s?\(\d+%?\)|\))\s*{_KIND_OF_DAY}(?P<later>{_UNIT}|%)\b)"  # "thirty (30) days"
_AMOUNT = re.compile(
    rf"(?:(?P<digits>{NUMBER.pattern})|(?P<spelt>{_SPELT}))(?:\s?(?P<scale>{_SCALE})\b)?"
    rf"(?:\s?(?P<mark>%|{_CURRENCY}(?!\s?\d))|[\s-]?(?P<unit>{_UNIT})\b|{_LATER})?(?P<close>\))?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?P<open>\()?(?:(?<![\w.)%])(?P<minus>[-\u2212\u2013]))?"
    rf"(?:(?P<currency>{_CURRENCY})\s?(?:(?P<late_minus>[-\u2212])|(?P<late_open>\())?)?\Z",
    re.IGNORECASE,
)
_MOST_BEFORE = 8
_FEWEST_DIGITS = 2
_BOTH = 2
_SCALE_STEP = 3  # thousand, million, billion: three digits each

_FALL = re.compile(
    r"\b(?:loss|deficit|declin|decreas|fell\b|fall|drop|down|negative|minus|less\b|lower|outflow"
    r"|reduc|shr[aiu]nk)",
    re.IGNORECASE,
)
_GAIN = re.compile(r"\b(?:profit|gain|surplus|positive)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A figure in a text.

    Attributes:
        text: the figure with its sign, scale and unit, as written.
        number: the figure alone, as written.
        span: where that stands.
        forms: its plain form; those of its parts where it is several, as `31.12.2023` is.
        sign: how it is marked as negative, if it is.
        zeros: how many zeros its scale stands for; None where none is named.
        unit: its unit; None where none is named.
    """

    text: str
    number: str
    span: Span
    forms: tuple[str, ...]
    sign: Sign | None
    zeros: int | None
    unit: str | None

    @property
    def is_spelt(self) -> bool:
        """Whether it is written in words."""
        return not self.number[0].isdigit()


def amounts(text: str) -> Iterator[Amount]:
    """The figures of a text in their order, those in English words included."""
    for found in _AMOUNT.finditer(text):
        before = _BEFORE.search(text, max(0, found.start() - _MOST_BEFORE), found.start())
        signs = before.groupdict() if before else {}
        is_bracketed = found["close"] and (signs.get("open") or signs.get("late_open"))
        is_minus = signs.get("minus") or signs.get("late_minus")
        start = found.start() - len(before[0]) if before else found.start()
        whole = text[start : found.end()]
        unit = signs.get("currency") or found["mark"] or found["unit"] or found["later"]
        number = found["digits"] or found["spelt"]
        scale = found["scale"]
        yield Amount(
            text=whole if is_bracketed else whole.strip("() "),
            number=number,
            span=Span(found.start(), found.start() + len(number)),
            forms=tuple(plain(number)) if found["digits"] else (_counted(number),),
            sign="minus" if is_minus else "brackets" if is_bracketed else None,
            zeros=SCALES[UNIT_OF[scale.lower()]] if scale else None,
            unit=UNIT_OF[unit.lower()] if unit else None,
        )


def _counted(words: str) -> str:
    """A number in words as digits."""
    total = 0
    for word in re.split("[ -]", words.lower()):
        total = total * 100 if word == "hundred" else total + COUNTED.get(word, 0)
    return str(total)


def stray_amounts(answer: str, passage: str, loose: Iterable[str] = ()) -> Iterator[Amount]:
    """The figures of an answer that its passage lacks or contradicts.

    Scale, unit and sign are compared where both sides name one: `1.2 billion` is `1,200 million`
    and may be `1,200` in a table, whose head tells the scale. Brackets mean minus in accounts, but
    an answer may tell such a figure bare unless it speaks of a gain.

    Args:
        answer: what the worker concluded.
        passage: where its figures are looked for.
        loose: plain figures that the passage tells otherwise, whatever their unit.
    """
    there: defaultdict[str, list[tuple[Amount, int]]] = defaultdict(list)
    for amount in amounts(passage):
        for digits, places in map(_digits, amount.forms):
            there[digits].append((amount, places))
    known = {*loose}
    fell = bool(_FALL.search(passage))
    gained = bool(_GAIN.search(answer)) and not _GAIN.search(passage)

    def is_there(amount: Amount, form: str) -> bool:
        digits, places = _digits(form)
        return form in known or any(
            _are_one_value(amount, other, shift=places - other_places, digits=len(digits))
            and not _clash(amount, other, fell=fell, gained=gained)
            for other, other_places in there[digits]
        )

    for amount in amounts(answer):
        if not all(is_there(amount, form) for form in amount.forms):
            yield amount


def _clash(amount: Amount, other: Amount, *, fell: bool, gained: bool) -> bool:
    """Whether units or signs contradict one another."""
    if amount.unit and other.unit and amount.unit != other.unit:
        return True
    if "percent" in (amount.unit, other.unit) and (amount.zeros is None) != (other.zeros is None):
        return True
    if amount.sign == "minus":
        return not other.sign and not fell
    return bool(other.sign) and not amount.sign and gained


def _are_one_value(amount: Amount, other: Amount, *, shift: int, digits: int) -> bool:
    """Whether figures of the same digits, their points `shift` apart, may be of one value."""
    more = shift + (amount.zeros or 0) - (other.zeros or 0)
    scales = (amount.zeros is not None) + (other.zeros is not None)
    if not more or scales == _BOTH:
        return not more
    # A single digit says too little: 2 million is not the year 2000.
    is_rescaled = scales > 0 and digits >= _FEWEST_DIGITS and shift % _SCALE_STEP == 0
    return not shift or is_rescaled


def _digits(form: str) -> tuple[str, int]:
    """The digits of a plain number between its zeros, and how many places follow them."""
    whole, _, fraction = form.partition(".")
    digits = (whole + fraction).rstrip("0")
    return digits.lstrip("0"), len(whole) - len(digits)
