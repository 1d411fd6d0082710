"""The bill of a run, and what of the documents left the machine for it."""

from __future__ import annotations

from collections import Counter
from importlib import import_module

import streamlit as st

from minions_core.app.markup import Html, counted, div, joined, span, tag
from minions_core.as_html import dollars
from minions_core.charts import against_remote_only
from minions_core.ledger import Account, Disclosed, Disclosure
from minions_core.result import MinionsResult

# A chart looks whether pandas is there. Two tabs that draw their first at once would meet it half
# imported; while this module is imported, the second waits.
for _needed in ("altair", "pandas"):
    import_module(_needed)

_KINDS = {
    "name": "document name",
    "outline": "outline",
    "passage": "passage",
    "answer": "answer of a job",
    "quote": "quote",
    "heading": "heading",
    "task": "task",
    "plan_output": "what a plan computed",
    "history": "earlier turn",
}
_CHART_HEIGHT = 190  # pixels, with the legend
_SAID = (
    "The remote model was sent the question, the rules of the protocol, and these strings taken "
    "from the documents. Nothing else of them was sent to it."
)
_ELSEWHERE = (
    "The local model of this run is not on this machine: it was sent the passages it read, whole. "
    "What follows is what the remote model was sent."
)
_WHOLE = "The local model, on another machine, was sent whole passages"
_WHOLE_TIMES = 10  # from here on nobody wants the decimals


def figures(result: MinionsResult, *, is_read_elsewhere: bool = False) -> Html:
    """Remote tokens, money, what was saved, what the remote model was sent of the documents.

    Args:
        result: the run's.
        is_read_elsewhere: whether the local model runs on another machine.
    """
    ledger = result.ledger
    about = "about " if ledger.remote.usage.estimated else ""
    calls = counted(ledger.remote.calls, "call")
    sent, of = _sent(result.disclosure)
    beside = f"{of}. {_WHOLE}" if is_read_elsewhere else of
    return div(
        "mn-figures",
        _figure("Remote tokens", f"{about}{ledger.remote.usage.total_tokens:,}", calls),
        _figure("Cost", dollars(ledger.cost), f"remote-only: {dollars(ledger.baseline)}"),
        _figure("Saved", *_saved(result)),
        _figure("Sent to the remote model", sent, beside),
    )


def show_money(result: MinionsResult) -> None:
    """Tokens and money, against remote-only as a chart if there is an answer, and in words."""
    ledger = result.ledger
    if result.status == "answered":
        chart = against_remote_only(ledger, document_tokens=result.disclosure.document_tokens)
        st.altair_chart(chart, height=_CHART_HEIGHT)
    st.html(div("mn-accounts", _account("Remote", ledger.remote), _account("Local", ledger.local)))
    if ledger.cost is None:
        st.caption(
            'No price is known for the remote model. Set "Price remote tokens as" in the settings.'
        )


def disclosed(disclosure: Disclosure, *, is_read_elsewhere: bool = False) -> Html:
    """Every string that left for the remote model, exactly, as a table, and how much it is.

    Args:
        disclosure: what left.
        is_read_elsewhere: whether the local model runs on another machine.
    """
    warned = div("mn-note mn-warn", _ELSEWHERE) if is_read_elsewhere else Html()
    if not disclosure.items:
        nothing = "Nothing of the documents was sent to the remote model."
        return joined(warned, div("mn-dim", nothing))
    kinds = Counter(item.kind for item in disclosure.items)
    chips = [span("mn-chip", f"{_KINDS[kind]} {count}") for kind, count in kinds.most_common()]
    has_several = len({item.document for item in disclosure.items} - {None}) > 1
    names = ("Sent as", "Text, exactly", *(["Document"] if has_several else []))
    head = tag("tr", *(tag("th", name) for name in names))
    rows = [_row(item, is_named=has_several) for item in disclosure.items]
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="mn-table")
    told = tag("p", _SAID), div("mn-line", *chips), div("mn-scroll", table)
    return div("mn-left", warned, *told)


def _row(item: Disclosed, *, is_named: bool) -> Html:
    exactly = tag("td", item.text, class_="mn-exactly")
    document = tag("td", item.document or "") if is_named else Html()
    return tag("tr", tag("td", _KINDS[item.kind]), exactly, document)


def _figure(name: str, value: str, beside: str) -> Html:
    return div("mn-figure", div("mn-label", name), div("mn-value", value), div("mn-dim", beside))


def _sent(left: Disclosure) -> tuple[str, str]:
    """How much of the documents the remote model was sent; short ones are no measure for it."""
    if left.tokens and left.tokens >= left.document_tokens:
        whole = f"of documents as short as these ({left.document_tokens:,}) nearly all is sent"
        return counted(left.tokens, "token"), whole
    share = f"{left.tokens:,} of {left.document_tokens:,} tokens of the documents"
    return f"{left.share:.1%}", share


def _saved(result: MinionsResult) -> tuple[str, str]:
    ledger = result.ledger
    if result.status != "answered":
        return "nothing", "there is no answer"
    if ledger.saving is None or ledger.cost is None or not ledger.baseline:
        return "unknown", "as a price is not known"
    if ledger.saving < 0:
        times = ledger.cost / ledger.baseline
        return "costs more", f"{times:.{0 if times >= _WHOLE_TIMES else 1}f} x sending everything"
    return f"{ledger.saving / ledger.baseline:.0%}", "against sending everything"


def _account(name: str, account: Account) -> Html:
    usage = account.usage
    about = "about " if usage.estimated else ""
    failed = f", {account.failed} failed" if account.failed else ""
    models = ", ".join(account.models) or "no model"
    said = (
        f"{counted(account.calls, 'call')}{failed}, {about}{usage.input_tokens:,} tokens in, "
        f"{usage.output_tokens:,} out"
    )
    return div("mn-line", tag("b", f"{name} "), span("mn-dim", f"{models}: {said}"))
