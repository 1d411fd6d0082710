"""Names in a chart: by their points, off one another, joined to their points where they are far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.charts import Point, cost_quality
from minions_core.charts.labels import Box, sides


def rows(chart):
    """All that the layers of a chart draw."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


CLOSE = [
    Point("an interval at its left", 1, 0.9, 0.6, 0.98),
    Point("and one at its right, too", 1.2, 0.9, 0.6, 0.98),
    Point("it has no room beside it", 1.1, 0.9, 0.6, 0.98),
]


def leaders(chart):
    """The lines from points to names: from where, and to where."""
    return [row for row in rows(chart) if "x2" in row]


def test_a_name_far_from_its_point_is_joined_to_it():
    line = leaders(cost_quality(CLOSE))[-1]
    assert (line["place"], line["quality"]) == (1.1, 0.9)
    assert line["y2"] < 0.6


def test_a_name_by_its_point_is_not():
    assert leaders(cost_quality([Point("alone", 1, 0.5, 0.4, 0.6)])) == []


def test_a_long_name_is_cut_short_in_the_chart_alone():
    (row,) = (row for row in rows(cost_quality([Point("long " * 20, 1, 0.5)])) if "name" in row)
    assert (row["name"], len(row["label"]), row["label"][-1]) == ("long " * 20, 28, "\u2026")


INSIDE = st.tuples(st.text("abc", min_size=1, max_size=12), st.floats(0, 560), st.floats(0, 340))
CHART = Box(0, 0, 560, 340)


@given(st.lists(INSIDE, max_size=4))
def test_a_few_names_never_cover_one_another(names):
    chosen = sides(names, [], CHART)
    boxes = [side.box(*name) for side, name in zip(chosen, names, strict=True)]
    assert not sum(one.common(other) for one in boxes for other in boxes if one is not other)


@given(INSIDE)
def test_a_name_stays_in_the_chart_and_off_its_point(name):
    point = Box(name[1], name[2], name[1], name[2]).wider(5)
    box = sides([name], [point], CHART)[0].box(*name)
    assert not box.common(point)
    assert box.common(CHART) == pytest.approx(box.area)
