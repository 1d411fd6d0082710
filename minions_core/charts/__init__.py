"""Charts of what answers cost and how good they are, drawn with Altair and without a network.

    chart = cost_quality([Point("remote only", 0.09, 0.8), Point("MinionS", 0.006, 0.78)])
    save(chart, "cost.png")

Their background is transparent, and their colours are seen well on white and on near-black. What
colours tell, shapes or words tell, too.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from minions_core.charts.points import Point, frontier
from minions_core.errors import MissingExtra, UsageError

if TYPE_CHECKING:
    import altair as alt

    from minions_core.ledger import Ledger

__all__ = ["Point", "against_remote_only", "cost_quality", "frontier", "save"]

_PIXELS_EACH_WAY = 2  # of a PNG, for each of the chart's


def cost_quality(points: Sequence[Point], *, quality_name: str = "quality") -> alt.LayerChart:
    """What a question costs against how good the answers are.

    The axis of the cost is logarithmic. What costs nothing has no place on such an axis: it stands
    in a column of its own at the left, marked $0 and parted from the rest by a dashed line. The
    line in steps is the best quality that money buys; filled circles are on it, open diamonds are
    beaten. A vertical bar is the interval a quality is known to. Points of unknown cost or quality
    are not drawn but named above the chart. A long name is cut short; a name that has no room by
    its point is joined to it by a thin line.

    Args:
        points: what to compare, each under a name of its own.
        quality_name: what `quality` measures, for its axis.

    Raises:
        MissingExtra: Altair is not installed.
        UsageError: two points have one name.
    """
    _need("altair", "altair")
    names = [point.name for point in points]
    if len(set(names)) < len(names):
        raise UsageError(f"points need names of their own, not {', '.join(names)}")
    from minions_core.charts.scatter import drawn

    return drawn(points, quality_name)


def against_remote_only(ledger: Ledger, *, document_tokens: int) -> alt.LayerChart:
    """What a run sent to the remote model and paid, as shares of sending it the documents.

    Args:
        ledger: the bill of the run.
        document_tokens: how many tokens the documents are: `result.disclosure.document_tokens`.

    Returns:
        Two pairs of bars, for tokens and for money. What is unknown has no bar but is said.

    Raises:
        MissingExtra: Altair is not installed.
    """
    _need("altair", "altair")
    from minions_core.charts.bars import drawn

    return drawn(ledger, document_tokens)


def save(chart: alt.TopLevelMixin, path: str | Path) -> None:
    """Write a chart to a file.

    Args:
        chart: any chart of Altair.
        path: ends in `.png`, `.svg` or `.html`. The HTML holds all it needs, script included, so
            that it opens without a network.

    Raises:
        MissingExtra: the package that writes these files is not installed.
        UsageError: the name has another ending.
        OSError: the file cannot be written.
    """
    _need("vl_convert", "vl-convert-python")
    suffix = Path(path).suffix.lower()
    if suffix == ".html":
        # The menu of a chart would open an editor on somebody's server.
        actions = {"export": True, "source": False, "compiled": False, "editor": False}
        chart.save(
            path,
            format="html",
            inline=True,
            embed_options={"actions": actions},
            json_kwds={"cls": _InScript},
        )
    elif suffix == ".svg":
        chart.save(path, format="svg")
    elif suffix == ".png":
        chart.save(path, format="png", scale_factor=_PIXELS_EACH_WAY)
    else:
        raise UsageError(f"a chart is written to .png, .svg or .html, not to {str(path)!r}")


class _InScript(json.JSONEncoder):
    """JSON for the inside of a script, which nothing in it can end."""

    def encode(self, o: object) -> str:
        return super().encode(o).replace("<", "\\u003c")


def _need(module: str, package: str) -> None:
    try:
        import_module(module)
    except ImportError as error:
        raise MissingExtra(package, "bench") from error
