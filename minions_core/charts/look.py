"""What all charts have in common: size, colours, type."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any, Final, TypeAlias

import altair as alt

Row: TypeAlias = dict[str, Any]

WIDTH: Final = 560
FONT_SIZE: Final = 13
_SMALL = 12
_SYMBOL = 110

# Blue and vermilion are of the Okabe-Ito palette (Okabe and Ito 2008, "Color Universal Design").
FIRST: Final = "#0072b2"
SECOND: Final = "#d55e00"
TEXT: Final = "#777777"
_GRID = "#80808040"
_FONT = "Helvetica, Arial, sans-serif"
_LETTERS_A_LINE = 85  # of words above a chart


def data(rows: Sequence[Row]) -> alt.InlineData:
    """Rows as what a chart draws."""
    return alt.InlineData(list(rows))


def finished(layers: Sequence[alt.Chart], height: int, above: str = "") -> alt.LayerChart:
    """Layers as one chart of the usual look, with words above it if there are any."""
    axis = alt.AxisConfig(
        labelColor=TEXT,
        labelFontSize=_SMALL,
        titleColor=TEXT,
        titleFontSize=FONT_SIZE,
        titleFontWeight="normal",
        gridColor=_GRID,
        domainColor=TEXT,
        tickColor=TEXT,
    )
    config = alt.Config(
        font=_FONT,
        axis=axis,
        legend=alt.LegendConfig(labelColor=TEXT, labelFontSize=_SMALL, symbolSize=_SYMBOL),
        title=alt.TitleConfig(color=TEXT, fontSize=_SMALL, fontWeight="normal", anchor="start"),
        view=alt.ViewConfig(stroke=None),
    )
    return alt.LayerChart(
        layer=list(layers),
        width=WIDTH,
        height=height,
        background="transparent",
        title=alt.TitleParams(text=wrap(above, _LETTERS_A_LINE)) if above else alt.Undefined,
        config=config,
    )
