"""Cost against quality, with the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import altair as alt

from minions_core.charts.axis import CostAxis
from minions_core.charts.labels import Box, sides
from minions_core.charts.look import FIRST, FONT_SIZE, SECOND, TEXT, WIDTH, Row, data, finished
from minions_core.charts.points import Placed, Point, frontier, placed

_HEIGHT = 340
_MARK, _STROKE = 8.0, 3.0  # half of how wide a point and a line are, in pixels
_BEST, _BEATEN = "best for the money", "beaten by another"
_KINDS = [_BEST, _BEATEN]


def drawn(points: Sequence[Point], quality_name: str) -> alt.LayerChart:
    """The chart `minions_core.charts.cost_quality` describes."""
    known, best = placed(points), frontier(points)
    axis = CostAxis.of(one.cost for one in known)
    rows = [_row(one, axis, _BEST if one.point in best else _BEATEN) for one in known]
    scale = alt.Scale(domain=[0, 1])
    quality = alt.Y("quality:Q", title=quality_name, scale=scale, axis=alt.Axis(tickCount=5))
    steps = _steps(rows, axis)
    layers = [
        *axis.parting(),
        alt.Chart(data(steps))
        .mark_line(interpolate="step-after", color=FIRST, strokeWidth=1.5)
        .encode(x=axis.encoding(), y=quality, order="place:Q"),
        alt.Chart(data(_with_interval(rows)))
        .mark_rule(color=TEXT, strokeWidth=1.5)
        .encode(x=axis.encoding(), y=alt.Y("low:Q", title=quality_name), y2="high:Q"),
        _marks(rows).encode(x=axis.encoding(), y=quality, tooltip=_tooltip(quality_name)),
        *(name.encode(x=axis.encoding(), y=quality) for name in _names(rows, steps, axis)),
    ]
    unknown = [point.name for point in points if point.cost is None or point.quality is None]
    said = f"Not drawn, since cost or quality is unknown: {', '.join(unknown)}" if unknown else ""
    return finished(layers, _HEIGHT, said)


def _row(one: Placed, axis: CostAxis, kind: str) -> Row:
    low, high = one.point.low, one.point.high
    return {
        "name": one.point.name,
        "place": axis.place(one.cost),
        "quality": one.quality,
        "low": low,
        "high": high,
        "kind": kind,
        "dollars": f"${one.cost:.4f}",
        "interval": "unknown" if low is None or high is None else f"{low:.2f} to {high:.2f}",
    }


def _steps(rows: Sequence[Row], axis: CostAxis) -> list[Row]:
    """Where the best quality that money buys changes, and the end of the axis."""
    best = sorted((row for row in rows if row["kind"] == _BEST), key=lambda row: row["place"])
    ends = [{"place": axis.end, "quality": best[-1]["quality"]}] if best else []
    return [{"place": row["place"], "quality": row["quality"]} for row in best] + ends


def _with_interval(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["low"] is not None and row["high"] is not None]


def _marks(rows: Sequence[Row]) -> alt.Chart:
    legend = alt.Legend(orient="top", title=None)
    fills = alt.Scale(domain=_KINDS, range=[FIRST, "transparent"])
    strokes = alt.Scale(domain=_KINDS, range=[FIRST, SECOND])
    shapes = alt.Scale(domain=_KINDS, range=["circle", "diamond"])
    marks: alt.Chart = alt.Chart(data(rows)).mark_point(size=100, opacity=1, strokeWidth=2)
    return marks.encode(
        fill=alt.Fill("kind:N", scale=fills, legend=legend),
        stroke=alt.Stroke("kind:N", scale=strokes, legend=legend),
        shape=alt.Shape("kind:N", scale=shapes, legend=legend),
    )


def _tooltip(quality_name: str) -> list[alt.Tooltip]:
    return [
        alt.Tooltip("name:N"),
        alt.Tooltip("dollars:N", title="a question"),
        alt.Tooltip("quality:Q", title=quality_name, format=".2f"),
        alt.Tooltip("interval:N"),
    ]


def _names(rows: Sequence[Row], steps: Sequence[Row], axis: CostAxis) -> list[alt.Chart]:
    """The names of points beside them, where they cover no point, bar, line or other name."""

    def box(
        rows: Sequence[Row], wider: float, top: str = "quality", bottom: str = "quality"
    ) -> Box:
        across = [axis.share(row["place"]) * WIDTH for row in rows]
        down = [(1 - row[end]) * _HEIGHT for row in rows for end in (top, bottom)]
        return Box(min(across), min(down), max(across), max(down)).wider(wider)

    covered = [box([row], _MARK) for row in rows]
    covered += [box([row], _STROKE, "high", "low") for row in _with_interval(rows)]
    if axis.free is not None:
        ends = [{"place": axis.start, "quality": end} for end in (0, 1)]
        covered.append(box(ends, _STROKE))
    for one, following in pairwise(steps):
        corner = {"place": following["place"], "quality": one["quality"]}
        covered += [box([one, corner], _STROKE), box([corner, following], _STROKE)]
    at = [(row["name"], *box([row], 0).middle) for row in rows]
    return [
        alt.Chart(data([row]))
        .mark_text(align=side.align, dx=side.dx, dy=side.dy, color=TEXT, fontSize=FONT_SIZE)
        .encode(text="name:N")
        for row, side in zip(rows, sides(at, covered, Box(0, 0, WIDTH, _HEIGHT)), strict=True)
    ]
