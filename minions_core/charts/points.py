"""Ways of answering the same questions, by cost and quality, and which of them are worth having."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from minions_core.errors import UsageError


@dataclass(frozen=True, slots=True)
class Point:
    """One way of answering the same questions.

    Attributes:
        name: what it is called in a chart.
        cost: US dollars a question; 0 for what costs nothing; None if a price is unknown.
        quality: how good the answers are, 0 to 1; None if unknown.
        low: the lower end of the interval `quality` is known to, or None.
        high: its upper end, or None.
    """

    name: str
    cost: float | None
    quality: float | None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            UsageError: `cost` is below 0 or infinite, or another figure is not within 0 and 1.
        """
        shares = [share for share in (self.quality, self.low, self.high) if share is not None]
        right = self.cost is None or 0 <= self.cost < math.inf
        if not (right and all(0 <= share <= 1 for share in shares)):
            raise UsageError(f"{self}: cost must be 0 or more, quality, low and high 0 to 1")


@dataclass(frozen=True, slots=True)
class Placed:
    """A point whose cost and quality are known."""

    point: Point
    cost: float
    quality: float

    def beats(self, other: Placed) -> bool:
        """Whether it is as cheap and as good, and cheaper or better."""
        as_good = self.cost <= other.cost and self.quality >= other.quality
        return as_good and (self.cost, self.quality) != (other.cost, other.quality)


def placed(points: Iterable[Point]) -> list[Placed]:
    """The points that can be compared; those of unknown cost or quality are passed over."""
    return [
        Placed(point, point.cost, point.quality)
        for point in points
        if point.cost is not None and point.quality is not None
    ]


def frontier(points: Iterable[Point]) -> list[Point]:
    """The points no other point beats by being as cheap and as good, and cheaper or better.

    Args:
        points: any number of points; those of unknown cost or quality are passed over.

    Returns:
        What is left, the cheapest first. Of equal points all are left, or none.
    """
    known = placed(points)
    best = [one for one in known if not any(other.beats(one) for other in known)]
    return [one.point for one in sorted(best, key=lambda one: one.cost)]
