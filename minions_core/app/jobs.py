"""The jobs of a round as a grid: a square for each passage, coloured by what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

from minions_core.app.markup import Html, div, joined, span
from minions_core.progress import JobProgress
from minions_core.result import JobStatus

State: TypeAlias = JobStatus | Literal["reading", "waiting", "unread"]
"""What became of a job, or that nothing did yet."""

_WORDS: dict[State, str] = {
    "answered": "answered",
    "abstained": "nothing found",
    "truncated": "cut short",
    "unparsable": "unreadable",
    "failed": "failed",
    "reading": "being read",
    "waiting": "waiting",
    "unread": "not read",
}
_MOST_SQUARES = 600
_LONGEST_ANSWER = 240


def grid(jobs: Sequence[JobProgress], planned: int, *, is_over: bool) -> Html:
    """A square for each job, in the order of the plan, and below them what the colours mean.

    Args:
        jobs: those that were begun; pointing at one tells of it.
        planned: how many there are in all.
        is_over: whether no more will be done.
    """
    at_work: State = "unread" if is_over else "reading"
    to_come: State = "unread" if is_over else "waiting"
    begun = sorted(jobs, key=lambda job: job.id)
    states: list[tuple[JobProgress, State]] = [(job, job.status or at_work) for job in begun]
    more = max(planned - len(jobs), 0)
    squares = [_square(job, state) for job, state in states[:_MOST_SQUARES]]
    squares += [_empty_square(to_come)] * min(more, _MOST_SQUARES - len(squares))
    counts = Counter(state for _, state in states)
    counts[to_come] += more
    known = [_entry(state, counts[state]) for state in _WORDS if counts[state]]
    return joined(
        div("mn-grid", *squares, role="list", aria_label="Passages"), div("mn-legend", *known)
    )


def _entry(state: State, count: int) -> Html:
    return span("mn-entry", span(f"mn-dot mn-{state}"), f"{count:,} {_WORDS[state]}")


def _square(job: JobProgress, state: State) -> Html:
    told = _told(job, state)
    return div(
        f"mn-square mn-{state}",
        span("mn-tip", told),
        role="listitem",
        tabindex="0",
        aria_label=told,
    )


def _empty_square(state: State) -> Html:
    return div(f"mn-square mn-{state}", role="listitem", aria_label=_WORDS[state])


def _told(job: JobProgress, state: State) -> str:
    place = job.document or "text the plan put together"
    if job.span is not None:
        place += f", characters {job.span.start:,} to {job.span.end:,}"
    lines = [f"Passage {job.id}: {_WORDS[state]}", place, f"Asked: {job.task}"]
    if job.answer:
        answer = " ".join(job.answer.split())
        short = answer[:_LONGEST_ANSWER] + ("…" if len(answer) > _LONGEST_ANSWER else "")
        lines.append(f"Answer: {short}")
    return "\n".join(lines)
