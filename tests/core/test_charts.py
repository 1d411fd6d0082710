"""Charts show what they are given, say what is unknown, and are written without a network."""

import io
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from minions_core import charts
from minions_core.charts import Point, against_remote_only, cost_quality, frontier, save
from minions_core.charts.look import FIRST, SECOND, TEXT
from minions_core.errors import UsageError
from minions_core.ledger import Account, Ledger
from minions_core.messages import Usage

PUBLIC = [getattr(charts, name) for name in charts.__all__]
POINTS = [
    Point("local only", 0, 0.35, 0.3, 0.42),
    Point("remote only", 0.0855, 0.82, 0.74, 0.9),
    Point("BM25", 0.011, 0.7),
    Point("MinionS", 0.0061, 0.79, 0.7, 0.86),
    Point("Minion", None, 0.5),
]
LEDGER = Ledger(
    remote=Account(calls=2, usage=Usage(input_tokens=2_000, output_tokens=140)),
    cost=Decimal("0.006"),
    baseline=Decimal("0.08"),
)
SHARES = st.sampled_from([0, 0.25, 0.5, 0.75, 1]) | st.floats(0, 1)
COSTS = st.sampled_from([0, 0.01, 0.02, 0.05]) | st.floats(0, 10)
SOME_POINTS = st.lists(st.builds(Point, st.just("one"), st.none() | COSTS, st.none() | SHARES))


def rows(chart):
    """All that the layers of a chart draw."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def layer(chart, mark):
    """The first layer of a chart with such marks."""
    return next(one for one in chart.to_dict()["layer"] if one["mark"]["type"] == mark)


def beats(one, other):
    at_least = one.cost <= other.cost and one.quality >= other.quality
    return at_least and (one.cost, one.quality) != (other.cost, other.quality)


@given(SOME_POINTS)
def test_the_frontier_is_what_nothing_beats(points):
    known = [point for point in points if None not in (point.cost, point.quality)]
    best = frontier(points)
    left = [one for one in known if not any(beats(other, one) for other in known)]
    assert sorted(best, key=repr) == sorted(left, key=repr)
    assert [point.cost for point in best] == sorted(point.cost for point in best)


@given(SOME_POINTS)
def test_along_the_frontier_more_money_never_buys_less(points):
    qualities = [point.quality for point in frontier(points)]
    assert qualities == sorted(qualities)


@pytest.mark.parametrize(
    "figures", [(-1, 0.5), (float("nan"), 0.5), (float("inf"), 0.5), (1, 1.5), (1, 0.5, -0.1)]
)
def test_a_point_that_cannot_be_is_refused(figures):
    with pytest.raises(UsageError, match="cost must be 0 or more"):
        Point("odd", *figures)


def test_points_of_one_name_are_refused():
    with pytest.raises(UsageError, match="names of their own"):
        cost_quality([Point("one", 1, 0.5), Point("one", 2, 0.5)])


def test_cost_is_on_a_logarithmic_axis_and_quality_from_0_to_1():
    marks = layer(cost_quality(POINTS, quality_name="contains the answer"), "point")
    assert marks["encoding"]["x"]["scale"]["type"] == "log"
    assert marks["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert marks["encoding"]["y"]["title"] == "contains the answer"


def test_what_costs_nothing_stands_left_of_all_that_costs_something():
    places = {row["name"]: row["place"] for row in rows(cost_quality(POINTS)) if "name" in row}
    assert 0 < places["local only"] < min(places["MinionS"], places["BM25"], places["remote only"])


def test_what_costs_nothing_is_marked_as_0_dollars_beyond_a_dashed_line():
    dashed = layer(cost_quality(POINTS), "rule")
    assert "'$0'" in dashed["encoding"]["x"]["axis"]["labelExpr"]
    assert dashed["mark"]["strokeDash"]


def test_without_anything_free_there_is_no_dashed_line():
    assert "strokeDash" not in layer(cost_quality(POINTS[1:]), "rule")["mark"]


def test_the_line_goes_through_the_frontier():
    chart = cost_quality(POINTS)
    through = chart.to_dict()["datasets"][layer(chart, "line")["data"]["name"]]
    assert [row["quality"] for row in through] == [0.35, 0.79, 0.82, 0.82]


def test_the_beaten_are_told_by_colour_and_by_shape():
    chart = cost_quality(POINTS)
    kinds = {row["name"]: row["kind"] for row in rows(chart) if "name" in row}
    assert kinds["BM25"] != kinds["MinionS"]
    assert {"stroke", "shape"} <= set(layer(chart, "point")["encoding"])


def test_what_is_unknown_is_said_and_not_drawn():
    chart = cost_quality(POINTS)
    assert "Minion" not in [row.get("name") for row in rows(chart)]
    assert chart.to_dict()["title"]["text"][-1].endswith("unknown: Minion")


def test_many_unknown_names_are_said_on_several_lines():
    chart = cost_quality([Point(f"contender {n}", None, 0.5) for n in range(20)])
    assert max(map(len, chart.to_dict()["title"]["text"])) < 90


@pytest.mark.parametrize("points", [[], POINTS[-1:]])
def test_without_anything_to_draw_there_are_no_axes(points):
    (only,) = cost_quality(points).to_dict()["layer"]
    assert only["mark"]["type"] == "text"


def test_drawing_leaves_the_public_names_as_they_are():
    cost_quality(POINTS)
    against_remote_only(LEDGER, document_tokens=1)
    assert [getattr(charts, name) for name in charts.__all__] == PUBLIC


def test_no_points_at_all_make_an_empty_chart(tmp_path):
    save(cost_quality([]), tmp_path / "empty.svg")
    assert "<svg" in (tmp_path / "empty.svg").read_text("utf-8")


def shares(chart):
    return {(row["what"], row["who"]): (row["share"], row["said"]) for row in rows(chart)}


def test_a_run_is_a_share_of_sending_everything():
    told = shares(against_remote_only(LEDGER, document_tokens=40_000))
    assert told["tokens sent", "this run"] == (0.05, "2,000 (5.0%)")
    assert told["tokens sent", "sending everything"] == (1.0, "about 40,000")
    assert told["money", "this run"] == (0.075, "$0.0060 (7.5%)")
    assert told["money", "sending everything"] == (1.0, "$0.0800")


def test_counts_that_are_estimates_are_said_to_be():
    usage = Usage(input_tokens=2_000, estimated=True)
    chart = against_remote_only(Ledger(remote=Account(usage=usage)), document_tokens=40_000)
    assert shares(chart)["tokens sent", "this run"][1] == "about 2,000 (5.0%)"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        pytest.param({"baseline": None}, ("$0.0060", "price unknown"), id="the baseline"),
        pytest.param({"cost": None}, ("price unknown", "$0.0800"), id="the cost"),
        pytest.param({"cost": None, "baseline": None}, ("price unknown",) * 2, id="both"),
    ],
)
def test_an_unknown_price_is_said_and_not_drawn(known, said):
    told = shares(against_remote_only(replace(LEDGER, **known), document_tokens=40_000))
    run, everything = told["money", "this run"], told["money", "sending everything"]
    assert (run[1], everything[1]) == said
    assert run[0] is None


def test_a_run_that_costs_more_than_sending_everything_has_the_longer_bar():
    chart = against_remote_only(LEDGER, document_tokens=1_000)
    scale = layer(chart, "bar")["encoding"]["x"]["scale"]
    assert shares(chart)["tokens sent", "this run"][0] == 2.0
    assert scale["domain"][1] > 2.0


def test_documents_without_tokens_have_no_share():
    told = shares(against_remote_only(LEDGER, document_tokens=0))
    assert told["tokens sent", "this run"] == (None, "2,000")


CHARTS = [
    pytest.param(cost_quality(POINTS), id="cost_quality"),
    pytest.param(against_remote_only(LEDGER, document_tokens=40_000), id="against_remote_only"),
]


def contrast(colour, ground):
    """As WCAG 2.2 defines it: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""

    def luminance(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted([luminance(colour), luminance(ground)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#111111"])
@pytest.mark.parametrize(("colour", "least"), [(FIRST, 3), (SECOND, 3), (TEXT, 4)])
def test_colours_are_seen_on_light_and_dark_pages(colour, least, ground):
    assert contrast(colour, ground) >= least


@pytest.mark.parametrize("chart", CHARTS)
def test_a_png_shows_the_colours_of_the_chart(chart, tmp_path):
    save(chart, tmp_path / "chart.png")
    picture = Image.open(io.BytesIO((tmp_path / "chart.png").read_bytes())).convert("RGBA")
    counts = {colour: count for count, colour in picture.getcolors(picture.width * picture.height)}
    blue, vermilion = (tuple(bytes.fromhex(colour[1:])) for colour in (FIRST, SECOND))
    assert picture.width > 1_120
    assert counts[0, 0, 0, 0] > 100_000  # the transparent ground
    assert counts[*blue, 255] > 200
    assert counts[*vermilion, 255] > 20


@pytest.mark.parametrize("chart", CHARTS)
def test_an_svg_holds_its_words_as_text(chart, tmp_path):
    save(chart, tmp_path / "chart.svg")
    assert "</text>" in (tmp_path / "chart.svg").read_text("utf-8")


class Fetched(HTMLParser):
    """Notes what a page would fetch."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href", "data")]


@pytest.mark.parametrize("chart", CHARTS)
def test_an_html_file_fetches_nothing(chart, tmp_path):
    save(chart, tmp_path / "chart.HTML")
    page = Fetched()
    page.feed((tmp_path / "chart.HTML").read_text("utf-8"))
    assert page.addresses == []


def test_a_name_cannot_end_the_script_of_the_page(tmp_path):
    save(cost_quality([Point("</script><script>no", 1, 0.5)]), tmp_path / "chart.html")
    page = (tmp_path / "chart.html").read_text("utf-8")
    assert "</script><script>no" not in page
    assert "\\u003c/script>\\u003cscript>no" in page


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"to .png, .svg or .html, not to"):
        save(cost_quality(POINTS), tmp_path / "chart.pdf")


WITHOUT = "import sys; sys.modules[{missing!r}] = None; from minions_core.charts import *; {line}"


@pytest.mark.parametrize(
    ("missing", "line", "package"),
    [
        pytest.param("altair", "cost_quality([])", "altair", id="cost_quality"),
        pytest.param("altair", "against_remote_only(None, document_tokens=1)", "altair", id="bars"),
        pytest.param("vl_convert", "save(None, 'a.png')", "vl-convert-python", id="save"),
    ],
)
def test_a_missing_package_is_told_with_its_extra(missing, line, package):
    script = WITHOUT.format(missing=missing, line=line)
    run = subprocess.run(  # noqa: S603 - our own line of Python
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    advice = f"{package} is not installed: pip install 'minions-integrations[bench]'"
    assert advice in run.stderr


def test_points_and_the_frontier_need_no_altair():
    script = WITHOUT.format(missing="altair", line="print(frontier([Point('one', 1, 0.5)]))")
    run = subprocess.run(  # noqa: S603 - our own line of Python
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "name='one'" in run.stdout
