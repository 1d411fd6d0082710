"""Cost against quality, with the frontier."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import altair as alt

from minions_core.charts.axis import CostAxis
from minions_core.charts.labels import Box, Side, sides
from minions_core.charts.look import FIRST, FONT_SIZE, SECOND, TEXT, WIDTH, Row, data, finished
from minions_core.charts.points import Placed, Point, frontier, placed

_HEIGHT = 340
_HEIGHT_OF_NOTHING = 40
_LONGEST_LABEL = 28  # letters
_MARK, _STROKE = 8.0, 3.0  # half of how wide a point and a line are, in pixels
_BEST, _BEATEN = "best for the money", "beaten by another"
_KINDS = [_BEST, _BEATEN]


def drawn(points: Sequence[Point], quality_name: str) -> alt.LayerChart:
    """The chart `minions_core.charts.cost_quality` describes."""
    known, best = placed(points), frontier(points)
    unknown = [point.name for point in points if point.cost is None or point.quality is None]
    said = f"Not drawn, since cost or quality is unknown: {', '.join(unknown)}" if unknown else ""
    if not known:
        return _nothing(said)
    axis = CostAxis.of(one.cost for one in known)
    rows = [_row(one, axis, _BEST if one.point in best else _BEATEN) for one in known]
    scale = alt.Scale(domain=[0, 1])
    quality = alt.Y("quality:Q", title=quality_name, scale=scale, axis=alt.Axis(tickCount=5))
    steps = _steps(rows, axis)
    leaders, names = _names(rows, steps, axis)
    layers = [
        *axis.parting(),
        alt.Chart(data(steps))
        .mark_line(interpolate="step-after", color=FIRST, strokeWidth=1.5)
        .encode(x=axis.encoding(), y=quality, order="place:Q"),
        alt.Chart(data(_with_interval(rows)))
        .mark_rule(color=TEXT, strokeWidth=1.5)
        .encode(x=axis.encoding(), y=alt.Y("low:Q", title=quality_name), y2="high:Q"),
        *(line.encode(x=axis.encoding(), y=quality, x2="x2:Q", y2="y2:Q") for line in leaders),
        _marks(rows).encode(x=axis.encoding(), y=quality, tooltip=_tooltip(quality_name)),
        *(name.encode(x=axis.encoding(), y=quality) for name in names),
    ]
    return finished(layers, _HEIGHT, said)


def _nothing(said: str) -> alt.LayerChart:
    """Words in the place of a chart, as axes without points would look like a result."""
    empty = alt.Chart(data([{"said": "Nothing to draw"}]))
    words = empty.mark_text(color=TEXT, fontSize=FONT_SIZE).encode(text="said:N")
    return finished([words], _HEIGHT_OF_NOTHING, said)


def _row(one: Placed, axis: CostAxis, kind: str) -> Row:
    low, high = one.point.low, one.point.high
    return {
        "name": one.point.name,
        "label": _shortened(one.point.name),
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


def _shortened(name: str) -> str:
    return (
        name
        if len(name) <= _LONGEST_LABEL
        else f"{name[: _LONGEST_LABEL - 1]}\N{HORIZONTAL ELLIPSIS}"
    )


def _box(
    rows: Sequence[Row],
    axis: CostAxis,
    wider: float,
    ends: tuple[str, str] = ("quality", "quality"),
) -> Box:
    """What rows cover, in pixels."""
    across = [axis.share(row["place"]) * WIDTH for row in rows]
    down = [(1 - row[end]) * _HEIGHT for row in rows for end in ends]
    return Box(min(across), min(down), max(across), max(down)).wider(wider)


def _covered(rows: Sequence[Row], steps: Sequence[Row], axis: CostAxis) -> list[Box]:
    """Where points, bars and lines are."""
    covered = [_box([row], axis, _MARK) for row in rows]
    covered += [_box([row], axis, _STROKE, ("high", "low")) for row in _with_interval(rows)]
    if axis.free is not None:
        ends = [{"place": axis.start, "quality": end} for end in (0, 1)]
        covered.append(_box(ends, axis, _STROKE))
    for one, following in pairwise(steps):
        corner = {"place": following["place"], "quality": one["quality"]}
        covered += [_box([one, corner], axis, _STROKE), _box([corner, following], axis, _STROKE)]
    return covered


def _names(
    rows: Sequence[Row], steps: Sequence[Row], axis: CostAxis
) -> tuple[list[alt.Chart], list[alt.Chart]]:
    """Lines to names far from their points, and the names, off points, bars, lines, one another."""
    at = [(row["label"], *_box([row], axis, 0).middle) for row in rows]
    chosen = sides(at, _covered(rows, steps, axis), Box(0, 0, WIDTH, _HEIGHT))
    lines = [
        alt.Chart(data([_leader(row, side, name, axis)])).mark_rule(color=TEXT, strokeWidth=0.8)
        for row, name, side in zip(rows, at, chosen, strict=True)
        if side.is_far
    ]
    words = [
        alt.Chart(data([row]))
        .mark_text(align=side.align, dx=side.dx, dy=side.dy, color=TEXT, fontSize=FONT_SIZE)
        .encode(text="label:N")
        for row, side in zip(rows, chosen, strict=True)
    ]
    return lines, words


def _leader(row: Row, side: Side, name: tuple[str, float, float], axis: CostAxis) -> Row:
    """From a point to the nearest end of its name."""
    _, x, y = name
    across, down = side.box(*name).nearest(x, y)
    end = {"x2": axis.at(across / WIDTH), "y2": 1 - down / _HEIGHT}
    return {"place": row["place"], "quality": row["quality"], **end}
