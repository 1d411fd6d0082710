"""How much a mean over a few questions says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import NormalDist, fmean

_DEVIATIONS = NormalDist().inv_cdf(0.975)
_SAME = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean of some scores from 0 to 1, and where the mean over ever more questions may lie.

    Attributes:
        mean: the mean.
        low: lower end of the 95 % interval.
        high: upper end of it.
        of: how many scores there were.
    """

    mean: float
    low: float
    high: float
    of: int


def mean_of(values: Iterable[float | None]) -> Mean | None:
    """The mean of what is known, with Wilson's interval; None if nothing is.

    Wilson (doi:10.1080/01621459.1927.10502953) wants scores of 0 or 1. Scores in between vary less
    than those of the same mean, so that for them the interval is rather too wide than too narrow.
    It has a width, too, where all scores are alike.
    """
    known = [value for value in values if value is not None]
    if not known:
        return None
    mean, of, square = fmean(known), len(known), _DEVIATIONS**2
    centre = (mean + square / (2 * of)) / (1 + square / of)
    spread = max(0.0, mean * (1 - mean) / of) + square / (4 * of**2)
    reach = _DEVIATIONS * sqrt(spread) / (1 + square / of)
    low, high = max(0.0, centre - reach), min(1.0, centre + reach)
    return Mean(mean=mean, low=min(low, mean), high=max(high, mean), of=of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two contenders on the same questions.

    Attributes:
        better: on how many the first did better.
        worse: on how many it did worse.
        same: on how many they did alike.
        chance: how likely a split at least as uneven is if neither is better (sign test); 1 where
            there is nothing to tell them apart by.
    """

    better: int
    worse: int
    same: int
    chance: float


def compared(pairs: Sequence[tuple[float, float]]) -> Comparison:
    """The first of each pair against the second."""
    better = sum(one > other + _SAME for one, other in pairs)
    worse = sum(other > one + _SAME for one, other in pairs)
    tossed, fewer = better + worse, min(better, worse)
    tail = sum(comb(tossed, heads) for heads in range(fewer + 1)) / 2**tossed
    same = len(pairs) - tossed
    return Comparison(better=better, worse=worse, same=same, chance=min(1.0, 2 * tail))
