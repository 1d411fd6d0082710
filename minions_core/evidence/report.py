"""Evidence as the remote model sees it: a numbered report of a round, that fits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from minions_core.evidence.coverage import Coverage, excerpts
from minions_core.evidence.discretion import OPEN, Discretion, Told, told_lines
from minions_core.evidence.fields import field
from minions_core.evidence.finding import Finding, rank
from minions_core.evidence.library import Library
from minions_core.evidence.lines import WHOLE_QUOTE_CHARS, Entry, entry, line
from minions_core.ledger import Disclosed
from minions_core.messages import TokenCounter
from minions_core.result import JobResult, JobStatus

if TYPE_CHECKING:
    from minions_core.jobs import Job

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
_QUOTE_CHARS = 300
_MOST_WHOLE_QUOTES = 50
_FEWEST_LINE_TOKENS = 4
_QUIET_SHARE = 3
_MOST_POINTERS = 5
_MOST_STRANGERS = 3


def report(
    findings: Sequence[Finding],
    *,
    tasks: Sequence[str],
    done: Sequence[tuple[Job, JobResult]],
    coverage: Coverage,
    count: TokenCounter,
    max_tokens: int,
    discretion: Discretion = OPEN,
    library: Library | None = None,
) -> Told:
    """The evidence of a round, grouped by task, within `max_tokens`.

    Quotes are given whole as long as half of the room holds them all, and cut to their middle
    otherwise. Where not all fits even so, the best checked findings stay, of every task in turn;
    the rest is counted. What an earlier round found, too, is told in short.

    Args:
        findings: what was found, as `gather_findings` returns it.
        tasks: what was asked, in order.
        done: the round's jobs with what became of them.
        coverage: how much was read so far.
        count: counts tokens.
        max_tokens: room for the report.
        discretion: what of the documents may be told, and how.
        library: the documents; with it, names that a task has and no document are pointed out.
    """
    discretion = replace(discretion, hide=cache(discretion.hide))
    named = len(coverage.shares) > 1
    counts = _counted(tasks, done)
    titles = {
        task: _title(number, discretion.task(task), discretion, library)
        for number, task in enumerate(counts, 1)
    }
    best_first = _in_turn(findings)[: max_tokens // _FEWEST_LINE_TOKENS]
    draft = _Draft(
        head=Told(f"Read so far: {coverage}. {_jobs(counts.values())}"),
        titles=titles,
        best_first=[entry(finding, discretion, named=named) for finding in best_first],
        number=len(findings),
        foot=_fitting(_quiet(titles, counts, done, findings), count, max_tokens // _QUIET_SHARE),
    )
    return draft.fitted(count, max_tokens)


def _quiet(
    titles: Mapping[str, Told],
    counts: Mapping[str, Counter[JobStatus]],
    done: Sequence[tuple[Job, JobResult]],
    findings: Sequence[Finding],
) -> list[Told]:
    """The tasks of which the report has no finding, and why."""
    found = {finding.task for finding in findings}
    return [
        _without_findings(title, counts[task], _found_for(task, done, findings))
        for task, title in titles.items()
        if task not in found
    ]


def _counted(
    tasks: Sequence[str], done: Sequence[tuple[Job, JobResult]]
) -> dict[str, Counter[JobStatus]]:
    """What became of the jobs of each task, the tasks in order."""
    counts: dict[str, Counter[JobStatus]] = {task: Counter() for task in tasks}
    for _, result in done:
        counts.setdefault(result.task, Counter())[result.status] += 1
    return counts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A report of which it is still open how many findings it shows, and how long their quotes."""

    head: Told
    titles: Mapping[str, Told]
    best_first: Sequence[Entry]
    number: int
    foot: Sequence[Told]

    def fitted(self, count: TokenCounter, max_tokens: int) -> Told:
        most = len(self.best_first)
        if self.number <= min(most, _MOST_WHOLE_QUOTES):
            whole = self.written(most, WHOLE_QUOTE_CHARS)
            if count(whole.text) <= max_tokens // 2:
                return whole
        room = min(_QUOTE_CHARS, max_tokens)
        shown = bisect_right(
            range(1, most + 1), max_tokens, key=lambda size: count(self.written(size, room).text)
        )
        return self.written(shown, room)

    def written(self, shown: int, quote_chars: int) -> Told:
        lines = [self.head, *self._grouped(shown, quote_chars), *self.foot]
        if shown < self.number:
            left_out = self.number - shown
            lines.append(Told(f"No room for {left_out} more findings: see prev_job_outputs"))
        return told_lines(lines)

    def _grouped(self, shown: int, quote_chars: int) -> Iterator[Told]:
        groups: dict[str, list[Entry]] = {}
        for told in sorted(self.best_first[:shown], key=lambda told: told.finding.number):
            groups.setdefault(told.finding.task, []).append(told)
        for task in filter(groups.get, self.titles):
            yield self.titles[task]
            yield from (line(told, quote_chars) for told in groups[task])


def _title(number: int, task: str, discretion: Discretion, library: Library | None) -> Told:
    if not task:
        return Told(f"T{number} (computed by the plan)")
    text = field(discretion.told(task), _TASK_CHARS)
    strange = library.strangers(task)[:_MOST_STRANGERS] if library else []
    names = field(discretion.told(", ".join(strange)))
    unknown = f" (nowhere in the documents: {names})" if names else ""
    return Told(f"T{number} {text}{unknown}", (Disclosed(kind="task", text=text),))


def _found_for(
    task: str, done: Sequence[tuple[Job, JobResult]], findings: Sequence[Finding]
) -> list[int]:
    """The findings, listed under another task, that jobs of this task arrived at, too."""
    jobs = {result.id for _, result in done if result.task == task and result.answer is not None}
    return [finding.number for finding in findings if not jobs.isdisjoint(finding.jobs)]


def _without_findings(title: Told, counts: Counter[JobStatus], elsewhere: Sequence[int]) -> Told:
    parts = [f"nothing in {excerpts(counts['abstained'])}"] if counts["abstained"] else []
    if elsewhere:
        parts.append(f"see {', '.join(f'[{number}]' for number in elsewhere[:_MOST_POINTERS])}")
    parts += [
        f"{number} {_STATUS_WORDS[status]}"
        for status, number in counts.items()
        if status != "abstained" and not (elsewhere and status == "answered")
    ]
    return Told(f"{title.text}: {', '.join(parts) or 'no job was done'}", title.disclosed)


def _fitting(lines: Sequence[Told], count: TokenCounter, room: int) -> list[Told]:
    fitting: list[Told] = []
    for told in lines:
        room -= count(told.text) + 1
        if room < 0:
            return [*fitting, Told(f"{len(lines) - len(fitting)} more tasks without a finding")]
        fitting.append(told)
    return fitting


def _in_turn(findings: Sequence[Finding]) -> list[Finding]:
    """The best first; among equals the first of every task, then the second, and so on."""
    seen: Counter[tuple[object, ...]] = Counter()
    turns: list[tuple[tuple[int, bool], bool, int, int]] = []
    for index, finding in enumerate(findings):
        kind = (finding.task, rank(finding), finding.again)
        turns.append((rank(finding), finding.again, seen[kind], index))
        seen[kind] += 1
    return [findings[index] for *_, index in sorted(turns)]


def _jobs(counts: Iterable[Counter[JobStatus]]) -> str:
    total: Counter[JobStatus] = Counter()
    for counted in counts:
        total.update(counted)
    told = ", ".join(
        f"{total[status]} {words}" for status, words in _STATUS_WORDS.items() if total[status]
    )
    return f"This round's jobs: {told or 'none'}."
