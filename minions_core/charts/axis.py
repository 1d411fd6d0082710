"""A logarithmic axis of dollars that has room for what costs nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import altair as alt

from minions_core.charts.look import TEXT, data

_PADDING = 0.12  # at both ends, as a share of the decades there are
_FREE_PADDING = 0.27  # on both sides of what costs nothing, likewise
_LEAST_DECADES = 1.0
_MOST_TICKS = 8
_STEPS = (1, 2, 5)
_NO_COSTS: Final = (0.001, 1.0)


@dataclass(frozen=True, slots=True)
class CostAxis:
    """Where on the axis a cost stands.

    Attributes:
        free: where what costs nothing stands, or None if there is none of it.
        start: where the logarithmic part begins.
        end: where it ends.
    """

    free: float | None
    start: float
    end: float

    @classmethod
    def of(cls, costs: Iterable[float]) -> CostAxis:
        """The axis that shows these costs."""
        given = list(costs)
        paid = [cost for cost in given if cost > 0] or _NO_COSTS
        decades = max(_LEAST_DECADES, math.log10(max(paid) / min(paid)))
        padding = 10 ** (_PADDING * decades)
        # A single cost stands in the middle of the least that is shown.
        middle = math.sqrt(min(paid) * max(paid))
        start = min(*paid, middle / 10 ** (_LEAST_DECADES / 2)) / padding
        end = max(*paid, middle * 10 ** (_LEAST_DECADES / 2)) * padding
        free = start / 10 ** (_FREE_PADDING * decades)
        return cls(free if 0 in given else None, start, end)

    @property
    def domain(self) -> tuple[float, float]:
        """Both ends of it, in dollars."""
        if self.free is None:
            return self.start, self.end
        return self.free * self.free / self.start, self.end

    def place(self, cost: float) -> float:
        """Where a cost is drawn, in dollars of the axis."""
        return self.free if cost == 0 and self.free is not None else cost

    def share(self, place: float) -> float:
        """How far along the axis a place is, 0 to 1."""
        low, high = map(math.log10, self.domain)
        return (math.log10(place) - low) / (high - low)

    def at(self, share: float) -> float:
        """The place so far along the axis, in dollars of it."""
        low, high = map(math.log10, self.domain)
        return 10 ** (low + share * (high - low))

    def encoding(self) -> alt.X:
        """The axis as it is drawn, for the field `place`."""
        free = [] if self.free is None else [self.free]
        said = f"datum.value < {self.start!r} ? '$0' : format(datum.value, '$,.8~f')"
        return alt.X(
            "place:Q",
            title="US dollars a question",
            axis=alt.Axis(values=[*free, *self._ticks()], labelExpr=said, grid=False),
            scale=alt.Scale(type="log", domain=list(self.domain), nice=False),
        )

    def parting(self) -> list[alt.Chart]:
        """The dashed line between what costs nothing and what costs little."""
        if self.free is None:
            return []
        line = alt.Chart(data([{"place": self.start}]))
        return [line.mark_rule(color=TEXT, strokeDash=[3, 4]).encode(x=self.encoding())]

    def _ticks(self) -> list[float]:
        first, last = math.floor(math.log10(self.start)), math.ceil(math.log10(self.end))
        powers = [10.0**power for power in range(first, last + 1)]
        ticks = [power * step for power in powers for step in _STEPS]
        shown = [tick for tick in ticks if self.start <= tick <= self.end]
        if len(shown) <= _MOST_TICKS:
            return shown
        whole = [power for power in powers if self.start <= power <= self.end]
        return whole[:: math.ceil(len(whole) / _MOST_TICKS)]
