"""A run against sending the documents to the remote model."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import altair as alt

from minions_core.as_html import dollars
from minions_core.charts.look import FIRST, FONT_SIZE, SECOND, TEXT, Row, data, finished

if TYPE_CHECKING:
    from minions_core.ledger import Ledger

_HEIGHT = 120
_RUN, _ALL = "this run", "sending everything"
_ROOM_FOR_WORDS = 1.45


def drawn(ledger: Ledger, document_tokens: int) -> alt.LayerChart:
    """The chart `minions_core.charts.against_remote_only` describes."""
    usage, prices = ledger.remote.usage, [_price(ledger.cost), _price(ledger.baseline)]
    sent, everything = Decimal(usage.input_tokens), Decimal(document_tokens)
    about = "about " if usage.estimated else ""
    rows = [
        *_pair("tokens sent", sent, everything, [f"{about}{sent:,}", f"about {everything:,}"]),
        *_pair("money", ledger.cost, ledger.baseline, prices),
    ]
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(
            "what:N",
            title=None,
            sort=None,
            axis=alt.Axis(ticks=False, domain=False, labelPadding=8),
        ),
        yOffset=alt.YOffset("who:N", sort=None),
        tooltip=[alt.Tooltip(f"{field}:N") for field in ("what", "who", "said")],
    )
    widest = max(1.0, *(row["place"] for row in rows))
    x = alt.X(
        "share:Q",
        axis=None,  # the bars say what they are
        scale=alt.Scale(domain=[0, widest * _ROOM_FOR_WORDS], nice=False),
    )
    colours = alt.Scale(domain=[_RUN, _ALL], range=[FIRST, SECOND])
    legend = alt.Legend(orient="top", title=None)
    bars = base.mark_bar(cornerRadiusEnd=3).encode(
        x=x, color=alt.Color("who:N", scale=colours, legend=legend)
    )
    said = base.mark_text(align="left", dx=6, color=TEXT, fontSize=FONT_SIZE)
    return finished([bars, said.encode(x="place:Q", text="said:N")], _HEIGHT)


def _pair(what: str, run: Decimal | None, everything: Decimal | None, said: list[str]) -> list[Row]:
    """A run and sending everything; a share is None where either is unknown."""
    share = float(run / everything) if run is not None and everything else None
    whole = 1.0 if everything else None
    in_words = said[0] if share is None else f"{said[0]} ({share:.1%})"
    return [
        {"what": what, "who": _RUN, "share": share, "place": share or 0.0, "said": in_words},
        {"what": what, "who": _ALL, "share": whole, "place": whole or 0.0, "said": said[1]},
    ]


def _price(amount: Decimal | None) -> str:
    return "price unknown" if amount is None else dollars(amount)
