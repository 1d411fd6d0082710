"""Names of points, placed so that they cover neither one another nor a point."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

Align: TypeAlias = Literal["left", "center", "right"]

_LETTER, _LINE = 7.0, 16.0  # a letter's width and a line's height, in pixels, with some room
_GAP = 9.0  # between a point and its name
_AWAY: dict[Align, float] = {"left": _GAP, "right": -_GAP, "center": 0.0}
_BEFORE: dict[Align, float] = {"left": 0.0, "center": 0.5, "right": 1.0}
_LINES = sorted(range(-8, 9), key=abs)  # up and down, the nearest first


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, from the upper left corner of the chart."""

    left: float
    top: float
    right: float
    bottom: float

    def common(self, other: Box) -> float:
        """The area both hold."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def wider(self, by: float) -> Box:
        """The same, so much larger to each side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    @property
    def middle(self) -> tuple[float, float]:
        """How far across and down its middle is."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def nearest(self, x: float, y: float) -> tuple[float, float]:
        """The place in it that is nearest to another."""
        return min(max(x, self.left), self.right), min(max(y, self.top), self.bottom)

    @property
    def area(self) -> float:
        """How large it is."""
        return self.common(self)


@dataclass(frozen=True, slots=True)
class Side:
    """Where a name stands by its point: how it is aligned, and how far off it begins, in pixels."""

    align: Align
    dx: float
    dy: float

    @property
    def is_far(self) -> bool:
        """Whether it is so far off that it takes a look to see whose name it is."""
        return abs(self.dy) > _LINE

    def box(self, name: str, x: float, y: float) -> Box:
        """What a name at this side of a point covers."""
        width = len(name) * _LETTER
        left = x + self.dx - _BEFORE[self.align] * width
        middle = y + self.dy
        return Box(left, middle - _LINE / 2, left + width, middle + _LINE / 2)


_SIDES = [
    Side(align, _AWAY[align], line * _LINE)
    for line, align in product(_LINES, _AWAY)
    if line or align != "center"
]


def sides(
    names: Sequence[tuple[str, float, float]], obstacles: Iterable[Box], chart: Box
) -> list[Side]:
    """For each name, the side of its point where it covers least.

    Args:
        names: each with the place of its point, in pixels.
        obstacles: what should not be covered.
        chart: what should not be left.
    """
    taken, chosen = list(obstacles), list[Side]()
    for name, x, y in names:
        boxes = {side: side.box(name, x, y) for side in _SIDES}
        side = min(boxes, key=lambda side: _harm(boxes[side], taken, chart))
        taken.append(boxes[side])
        chosen.append(side)
    return chosen


def _harm(box: Box, taken: Sequence[Box], chart: Box) -> float:
    return sum(box.common(other) for other in taken) + box.area - box.common(chart)
