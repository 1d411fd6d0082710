"""Results and passages as HTML, for notebooks and other pages that show them.

The HTML needs no script, no style sheet and nothing from elsewhere. Its colours suit light and dark
pages, and it reads well without any. All text is escaped: what is `Html` was made here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, NewType

from minions_core.documents import Span

if TYPE_CHECKING:
    from minions_core.ledger import Account, Disclosure, Ledger
    from minions_core.result import Citation, JobResult, MinionsResult, RoundRecord

Html = NewType("Html", str)

_MOST_ROWS = 100
_FOUR_PLACES = Decimal("0.0001")
_LEFT_OUT = Html(" … ")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKER = re.compile(r"\[(?:[\d\s,;&#^\u2010-\u2014-]|and|evidence|source|ref)+\]", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_TITLES = {
    "answered": "Answer",
    "exhausted": "No answer from the remote model. The best evidence found",
    "budget": "Answer within the budget, a limit of which was reached",
    "failed": "The run broke off. The answer up to then",
}
_ROUNDS = {
    "minion": ("The remote model asked", "The local model said"),
    "minions": ("The plan", "The report to the remote model"),
}
_CHECKS = {  # what is said of it, and a ground on which white is read well
    "verified": ("verified", "#1a7f37"),
    "partial": ("quote found, but a figure of the answer is not in it", "#8a5a00"),
    "unverified": ("not found in the document", "#b42318"),
}
_LINE = "1px solid rgba(127,127,127,.35)"
_BOX = f"border:{_LINE};border-radius:8px;padding:12px 16px;margin:4px 0;max-width:60em"
_PLAIN = "white-space:pre-wrap;overflow-wrap:anywhere;word-break:normal"
_NO_MATHS = {"class": "tex2jax_ignore mathjax_ignore"}  # or notebooks set "$1 to $2" as a formula
_CODE = (
    f"{_PLAIN};background:rgba(127,127,127,.1);color:inherit;border-radius:6px;padding:8px;"
    "margin:4px 0;max-height:24em;overflow:auto;font:90%/1.4 monospace"
)
_QUOTE = f"{_PLAIN};border-left:3px solid rgba(127,127,127,.5);margin:4px 0;padding-left:10px"
_CELL = (
    f"text-align:left;vertical-align:top;padding:2px 14px 2px 0;border-bottom:{_LINE};"
    "white-space:pre-wrap"
)
_LINK = "color:inherit;text-decoration:underline;font-weight:600"
_BADGE = "color:#fff;border-radius:9px;padding:1px 8px;font-size:85%;background:"
_MARK = "background:#ffe58a;color:#1a1a1a;border-radius:3px;padding:0 1px"


def highlighted(text: str, spans: Iterable[Span], *, around: int | None = None) -> Html:
    """A text as HTML, with some passages in `<mark>`.

    Line breaks stay line breaks: show it where `white-space` is `pre-wrap`.

    Args:
        text: the text, such as that of a document.
        spans: the passages, in any order; where they overlap or touch they become one.
        around: how many characters to show before and after each passage, to the next end of a
            word; the whole text if None.

    Returns:
        The text without control characters, escaped; " … " where something is left out.
    """
    marked = _merged(span.common(Span(0, len(text))) for span in spans)
    shown = [Span(0, len(text))]
    if around is not None:
        shown = _merged(_widened(text, span, around) for span in marked)
    pieces = [_with_marks(text, part, marked) for part in shown]
    before = _LEFT_OUT if shown and shown[0].start > 0 else Html("")
    after = _LEFT_OUT if shown and shown[-1].end < len(text) else Html("")
    return _joined(before, Html(_LEFT_OUT.join(pieces)), after)


def excerpt(text: str, spans: Iterable[Span], *, around: int = 300) -> Html:
    """What stands around some passages of a text, as a block for notebooks; see `highlighted`."""
    shown = highlighted(text, spans, around=around)
    return _element("div", shown, style=f"{_BOX};{_PLAIN}", **_NO_MATHS)


def result_html(result: MinionsResult) -> Html:
    """A result as HTML: the answer, what it rests on, the bill, what left, and the rounds.

    Markers in the answer are links to the citations below it. Of long lists the beginning is shown,
    and how many more there are.
    """
    # Links go by ids, which must be told apart on a page with several results on it.
    place = "minions-" + hashlib.sha256(repr(result).encode()).hexdigest()[:12]
    return _element(
        "div",
        _element("strong", _text(_TITLES[result.status])),
        _element("div", _answer(result, place), style=f"{_PLAIN};margin:6px 0 10px"),
        _output(result),
        *(_citation(citation, place) for citation in result.citations),
        *(_element("p", _text(f"Note: {note}"), style="margin:6px 0") for note in result.notes),
        _bill(result.ledger),
        _left(result.disclosure),
        *(_round(record, result.protocol) for record in result.rounds),
        style=_BOX,
        **_NO_MATHS,
    )


def dollars(amount: Decimal | None) -> str:
    """Money as people read it: `$0.0059`, `-$0.0100`, `$0.000005`; `unknown` if None."""
    if amount is None:
        return "unknown"
    small = 0 < abs(amount) < _FOUR_PLACES
    figure = f"{abs(amount):.8f}".rstrip("0") if small else f"{abs(amount):,.4f}"
    return f"{'-' if amount < 0 else ''}${figure}"


def _text(text: str) -> Html:
    return Html(escape(_UNSEEN.sub(" ", text)))


def _joined(*parts: Html) -> Html:
    return Html("".join(parts))


def _element(name: str, *children: Html, style: str = "", **attributes: str) -> Html:
    given = {"style": style, **attributes} if style else attributes
    opened = "".join(f' {key}="{_text(value)}"' for key, value in given.items())
    return Html(f"<{name}{opened}>{_joined(*children)}</{name}>")


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(span for span in spans if len(span)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _widened(text: str, span: Span, around: int) -> Span:
    """A passage and what stands around it, not cut within a word."""
    start, end = max(0, span.start - around), min(len(text), span.end + around)
    while 0 < start < span.start and not text[start - 1].isspace():
        start += 1
    while span.end < end < len(text) and not text[end].isspace():
        end -= 1
    return Span(start, end)


def _with_marks(text: str, part: Span, marked: Sequence[Span]) -> Html:
    within = [span for span in marked if part.start <= span.start and span.end <= part.end]
    edges = [part.start, *(edge for span in within for edge in (span.start, span.end)), part.end]
    pieces = [_text(text[start:end]) for start, end in pairwise(edges)]
    pieces[1::2] = [_element("mark", piece, style=_MARK) for piece in pieces[1::2]]
    return _joined(*pieces)


def _answer(result: MinionsResult, place: str) -> Html:
    known = {str(citation.number): citation for citation in result.citations}

    def linked(number: str) -> Html:
        if number not in known:
            return _text(number)
        told = f"{known[number].place}: {known[number].quote}"
        return _element("a", _text(number), style=_LINK, href=f"#{place}-{number}", title=told)

    def marker(text: str) -> Html:
        return _joined(*_replaced(_NUMBER, text, linked))

    answer = result.answer.strip() or "No answer was found."
    return _joined(*_replaced(_MARKER, answer, marker))


def _replaced(
    pattern: re.Pattern[str], text: str, replace: Callable[[str], Html]
) -> Iterator[Html]:
    """`text`, escaped, but for what matches, which is replaced."""
    done = 0
    for match in pattern.finditer(text):
        yield _text(text[done : match.start()])
        yield replace(match[0])
        done = match.end()
    yield _text(text[done:])


def _output(result: MinionsResult) -> Html:
    if result.output is None:
        return Html("")
    return _code(json.dumps(result.output, indent=2, ensure_ascii=False))


def _citation(citation: Citation, place: str) -> Html:
    said, ground = _CHECKS[citation.check]
    votes = f", {citation.agreed} of {citation.samples} agreed" if citation.samples > 1 else ""
    line = _element(
        "div",
        _text(f"[{citation.number}] {citation.place} "),
        _element("span", _text(said + votes), style=_BADGE + ground),
    )
    quote = _text(citation.quote or "no quote was given")
    body = _element("blockquote", quote, style=_QUOTE)
    return _element("div", line, body, style="margin:8px 0", id=f"{place}-{citation.number}")


def _bill(ledger: Ledger) -> Html:
    usages = ledger.remote.usage, ledger.local.usage
    about = " (estimated)" if any(usage.estimated for usage in usages) else ""
    money = (
        f"Cost {dollars(ledger.cost)}; sending the remote model everything "
        f"{dollars(ledger.baseline)}; {_saved(ledger)}"
    )
    table = _table(
        ["", "calls", f"tokens in{about}", f"tokens out{about}", "model"],
        [_account("remote", ledger.remote), _account("local", ledger.local)],
    )
    return _element("div", table, _element("div", _text(money)), style="margin:10px 0")


def _saved(ledger: Ledger) -> str:
    if ledger.saving is None or not ledger.baseline:
        return f"saved {dollars(ledger.saving)}"
    if ledger.saving < 0:
        return f"so {dollars(-ledger.saving)} more was paid"
    return f"saved {dollars(ledger.saving)} ({ledger.saving / ledger.baseline:.0%})"


def _account(name: str, account: Account) -> list[str]:
    usage = account.usage
    failed = f" and {account.failed} failed" if account.failed else ""
    cached = f", {usage.cached_input_tokens:,} cached" if usage.cached_input_tokens else ""
    return [
        name,
        f"{account.calls:,}{failed}",
        f"{usage.input_tokens:,}{cached}",
        f"{usage.output_tokens:,}",
        ", ".join(account.models) or "none",
    ]


def _left(disclosure: Disclosure) -> Html:
    title = (
        f"Left the machine: {disclosure.tokens:,} tokens of the documents' "
        f"{disclosure.document_tokens:,} ({disclosure.share:.1%})"
    )
    named = len({item.document for item in disclosure.items} - {None}) > 1
    rows = [
        [item.kind, item.text, *([item.document or ""] if named else [])]
        for item in disclosure.items
    ]
    return _folded(title, _table(["sent as", "text", *(["from"] if named else [])], rows))


def _round(record: RoundRecord, protocol: str) -> Html:
    planned, reported = _ROUNDS[protocol]
    counts = Counter(job.status for job in record.jobs)
    jobs = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    title = f"Round {record.number}" + (f": {len(record.jobs)} jobs, {jobs}" if jobs else "")
    parts = [_element("div", _text(planned)), _code(record.plan)]
    if record.jobs:
        heads = ["job", "task", "place", "status", "answer"]
        several = len({job.document for job in record.jobs}) > 1
        parts.append(_table(heads, [_job(job, named=several) for job in record.jobs]))
    return _folded(title, *parts, _element("div", _text(reported)), _code(record.report))


def _job(job: JobResult, *, named: bool) -> list[str]:
    document = [job.document or "composed by the plan"] if named else []
    where = [f"characters {job.span.start}-{job.span.end}"] if job.span else []
    place = ", ".join([*document, *where])
    return [str(job.id), job.task, place, job.status, job.answer or job.detail or ""]


def _code(text: str) -> Html:
    return _element("pre", _text(text), style=_CODE)


def _folded(title: str, *parts: Html) -> Html:
    return _element("details", _element("summary", _text(title)), *parts, style="margin:4px 0")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Html:
    lines = [
        _element(
            "tr",
            *(_element("th", _text(head), style=f"{_CELL};white-space:nowrap") for head in heads),
        )
    ]
    for row in rows[:_MOST_ROWS]:
        cells = (_element("td", _text(cell), style=_CELL) for cell in row)
        lines.append(_element("tr", *cells))
    more = f"and {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    table = _element("table", *lines, style="border-collapse:collapse;margin:6px 0;font-size:95%")
    return _element("div", table, _text(more), style="overflow-x:auto")
