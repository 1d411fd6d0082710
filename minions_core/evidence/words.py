"""Words that change what a figure or a sentence says: units, scales, number words, negations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SCALES: Final[Mapping[str, int]] = MappingProxyType(
    {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}
)
"""How many zeros each scale stands for."""

_NAMED: Final = {
    "percent": "% pct percentage",
    "basis point": "bp bps basis\u00a0points",
    "dollar": "$ us$ usd dollars",
    "euro": "\u20ac eur euros",
    "pound": "\u00a3 gbp pounds",
    "yen": "\u00a5 jpy",
    "thousand": "k thousands",
    "million": "m mn mm mio millions millionen",
    "billion": "bn mrd billions milliarden milliards",
    "trillion": "tn trillions",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "year": "years yr yrs",
    "hour": "hours",
    "minute": "minutes",
}
UNIT_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        spelling.replace("\u00a0", " "): unit
        for unit, spellings in _NAMED.items()
        for spelling in (unit, *spellings.split(" "))
    }
)
"""The unit or scale each spelling stands for, in lower case."""

NEGATIONS: Final = frozenset(
    {"no", "not", "never", "none", "neither", "nor", "without", "unless", "except", "nothing"}
)
"""Words that turn a sentence round."""

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
COUNTED: Final[Mapping[str, int]] = MappingProxyType(
    {
        **{word: number for number, word in enumerate(_COUNTED.split())},
        **{word: 10 * number for number, word in enumerate(_TENS.split(), 2)},
    }
)
"""Numbers by their English word, those below twenty and the tens."""
