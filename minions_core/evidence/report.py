"""Evidence as the remote model sees it: a numbered report that fits, and the answer's markers.

What documents and workers say is data: in the report it stays inside its line and its field, and
nothing in it can pass for a heading, a tag, a code fence or an evidence number of ours.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from minions_core.documents import Document
from minions_core.evidence.citations import MARKER
from minions_core.evidence.coverage import Coverage, excerpts
from minions_core.evidence.figures import first_figure
from minions_core.evidence.findings import RANKS, Finding, Place
from minions_core.evidence.folding import fold
from minions_core.jobs import Job
from minions_core.ledger import Disclosed
from minions_core.messages import TokenCounter
from minions_core.result import JobResult, JobStatus

_STATUS_WORDS: Final[Mapping[JobStatus, str]] = MappingProxyType(
    {
        "answered": "answered",
        "abstained": "nothing found",
        "truncated": "cut off",
        "unparsable": "unreadable",
        "failed": "failed",
    }
)
_TASK_CHARS = 100
_ANSWER_CHARS = 600
_QUOTE_CHARS = 300
_WHOLE_QUOTE_CHARS = 1500
_MOST_WHOLE_QUOTES = 50
_DOUBTFUL_QUOTE_CHARS = 120
_TITLE_CHARS = 80
_MAX_PLACES = 4
_MAX_MISSING = 3
_FEWEST_LINE_TOKENS = 4
_QUIET_SHARE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Text for the remote model, and the strings in it that come from documents, each once."""

    text: str
    disclosed: tuple[Disclosed, ...] = ()


def report(
    findings: Sequence[Finding],
    *,
    tasks: Sequence[str],
    done: Sequence[tuple[Job, JobResult]],
    coverage: Coverage,
    count: TokenCounter,
    max_tokens: int,
) -> Told:
    """The evidence of a round, grouped by task, within `max_tokens`.

    Quotes are given whole as long as half of the room holds them all, and cut to their middle
    otherwise. Where not all fits even so, the best checked findings stay, of every task in turn;
    the rest is counted.

    Args:
        findings: what was found, as `gather_findings` returns it.
        tasks: what was asked, in order.
        done: the round's jobs with what became of them.
        coverage: how much was read so far.
        count: counts tokens.
        max_tokens: room for the report.
    """
    counts: dict[str, Counter[JobStatus]] = {task: Counter() for task in tasks}
    for _, result in done:
        counts.setdefault(result.task, Counter())[result.status] += 1
    titles = {task: _title(number, task) for number, task in enumerate(counts, 1)}
    found = {finding.task for finding in findings}
    quiet = [_nothing(titles[task], counts[task]) for task in counts if task not in found]
    draft = _Draft(
        head=Told(f"Read so far: {coverage}. {_jobs(counts.values())}"),
        titles=titles,
        best_first=_in_turn(findings),
        foot=_fitting(quiet, count, max_tokens // _QUIET_SHARE),
        named=len(coverage.shares) > 1,
    )
    return draft.fitted(count, max_tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A report of which it is still open how many findings it shows, and how long their quotes."""

    head: Told
    titles: Mapping[str, Told]
    best_first: Sequence[Finding]
    foot: Sequence[Told]
    named: bool

    def fitted(self, count: TokenCounter, max_tokens: int) -> Told:
        most = len(self.best_first)
        if most <= _MOST_WHOLE_QUOTES:
            whole = self.written(most, _WHOLE_QUOTE_CHARS)
            if count(whole.text) <= max_tokens // 2:
                return whole
        room = min(_QUOTE_CHARS, max_tokens)
        sizes = range(1, min(most, max_tokens // _FEWEST_LINE_TOKENS) + 1)
        shown = bisect_right(
            sizes, max_tokens, key=lambda size: count(self.written(size, room).text)
        )
        return self.written(shown, room)

    def written(self, shown: int, quote_chars: int) -> Told:
        body = _grouped(self.best_first[:shown], self.titles, quote_chars, named=self.named)
        lines = [self.head, *body, *self.foot]
        if shown < len(self.best_first):
            left_out = len(self.best_first) - shown
            lines.append(Told(f"{left_out} more findings not shown: no room"))
        return Told(
            text="\n".join(line.text for line in lines),
            disclosed=tuple(dict.fromkeys(item for line in lines for item in line.disclosed)),
        )


def report_line(finding: Finding, documents: Sequence[Document]) -> Told:
    """One finding: `[3] 1,577 | "Purchases of PP&E (1,577)" | p. 41, "Cash flows"`."""
    return _line(finding, _WHOLE_QUOTE_CHARS, named=len(documents) > 1)


def one_line(text: str, max_chars: int | None = None) -> str:
    """`text` on one line, at most `max_chars` long, with nothing in it that could pass for ours.

    Tags and code fences lose their first mark, `[3]` becomes `(3)`, unseen characters go.
    """
    line = " ".join(_UNSEEN.sub("", text).split())
    line = _TAG.sub("\u2039", line).replace("```", "'''")
    line = MARKER.sub(r"(\1)", line)
    if max_chars is not None and len(line) > max_chars:
        line = f"{line[: max_chars - len(_CUT)].rstrip()}{_CUT}"
    return line


_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_TAG = re.compile(r"<(?=/?[A-Za-z])")
_CUT = "..."
_SEPARATORS = str.maketrans({"|": "\u00a6", '"': "'"})


def _field(text: str, max_chars: int) -> str:
    """`text` as a part of a line: it cannot end its own field or open another."""
    return one_line(text, max_chars).translate(_SEPARATORS)


def _line(finding: Finding, room: int, *, named: bool) -> Told:
    name = finding.places[0].name if finding.places[0].document is not None else None
    answer = _field(finding.answer, min(_ANSWER_CHARS, 2 * room))
    disclosed = [Disclosed(kind="answer", text=answer, document=name)]
    fields = [f"[{finding.number}] {answer}"]
    quote = _quote(finding, room)
    if quote:
        fields.append(f'"{quote}"')
        disclosed.append(Disclosed(kind="quote", text=quote, document=name))
    where = _where(finding.places, named=named)
    fields += [where.text] if where.text else []
    fields += [_doubt(finding)] if finding.check != "verified" else []
    return Told(" | ".join(fields), (*disclosed, *where.disclosed))


def _quote(finding: Finding, room: int) -> str:
    """The quote, around the answer's first figure if it is long; nothing if it is the answer."""
    quote = " ".join(finding.quote.split())
    if fold(quote) == fold(finding.answer):
        return ""
    if finding.check == "unverified":
        return _field(quote, min(room, _DOUBTFUL_QUOTE_CHARS))
    if len(quote) > room:
        start = max(0, first_figure(quote, finding.answer) - room // 2)
        quote = f"{_CUT}{quote[start:]}" if start else quote
    return _field(quote, room)


def _doubt(finding: Finding) -> str:
    if finding.check == "unverified":
        return "quote not found in the text" if finding.quote.strip() else "no quote"
    missing = ", ".join(_field(item, _TASK_CHARS) for item in finding.missing[:_MAX_MISSING])
    return f"{missing} not in quote" if missing else "quote says too little"


def _where(places: Sequence[Place], *, named: bool) -> Told:
    """The places of a finding; heading and columns for the first, where it was read best."""
    labels = list(dict.fromkeys(filter(None, (_label(place, named=named) for place in places))))
    text = "; ".join(labels[:_MAX_PLACES])
    if len(labels) > _MAX_PLACES:
        text += f" and {len(labels) - _MAX_PLACES} more places"
    best = places[0]
    parts = [text] if text else []
    disclosed: list[Disclosed] = []
    if named and best.document is not None:
        disclosed.append(Disclosed(kind="name", text=one_line(best.name), document=best.name))
    for form, title in (('"{}"', best.heading), ("columns {}", best.columns)):
        if title:
            shown = _field(title.replace("|", "/"), _TITLE_CHARS)
            parts.append(form.format(shown))
            disclosed.append(Disclosed(kind="heading", text=shown, document=best.name))
    return Told(", ".join(parts), tuple(disclosed))


def _label(place: Place, *, named: bool) -> str:
    chunk = place.chunk
    parts = (
        [_field(place.label or place.name, _TITLE_CHARS)] if named or place.document is None else []
    )
    if place.page is not None:
        parts.append(f"p. {place.page}")
    elif chunk.number and chunk.of:
        parts.append(f"excerpt {chunk.number}/{chunk.of}")
    return " ".join(parts)


def _title(number: int, task: str) -> Told:
    text = _field(task, _TASK_CHARS)
    return Told(f"T{number} {text}", (Disclosed(kind="task", text=text),))


def _nothing(title: Told, counts: Counter[JobStatus]) -> Told:
    done = f"nothing in {excerpts(counts['abstained'])}" if counts["abstained"] else ""
    others = [
        f"{number} {_STATUS_WORDS[status]}"
        for status, number in counts.items()
        if status != "abstained"
    ]
    told = ", ".join(filter(None, [done, *others])) or "no job was done"
    return Told(f"{title.text}: {told}", title.disclosed)


def _fitting(lines: Sequence[Told], count: TokenCounter, room: int) -> list[Told]:
    fitting: list[Told] = []
    for line in lines:
        room -= count(line.text) + 1
        if room < 0:
            return [*fitting, Told(f"{len(lines) - len(fitting)} more tasks without a finding")]
        fitting.append(line)
    return fitting


def _in_turn(findings: Sequence[Finding]) -> list[Finding]:
    """The best checked first; among equals the first of every task, then the second, and so on."""
    seen: Counter[tuple[str, str]] = Counter()
    turns: list[tuple[int, int, int]] = []
    for index, finding in enumerate(findings):
        turns.append((RANKS[finding.check], seen[finding.task, finding.check], index))
        seen[finding.task, finding.check] += 1
    return [findings[index] for _, _, index in sorted(turns)]


def _grouped(
    chosen: Sequence[Finding], titles: Mapping[str, Told], room: int, *, named: bool
) -> Iterator[Told]:
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(chosen, key=lambda found: found.number):
        groups.setdefault(finding.task, []).append(finding)
    for task in filter(groups.get, titles):
        yield titles[task]
        yield from (_line(finding, room, named=named) for finding in groups[task])


def _jobs(counts: Iterable[Counter[JobStatus]]) -> str:
    total: Counter[JobStatus] = Counter()
    for counted in counts:
        total.update(counted)
    told = ", ".join(
        f"{total[status]} {words}" for status, words in _STATUS_WORDS.items() if total[status]
    )
    return f"This round's jobs: {told or 'none'}."
