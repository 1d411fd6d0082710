"""What happens in a run, told in lines that stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from minions_core.cli.screen.paper import Line
from minions_core.cli.screen.words import counted, duration, one_line
from minions_core.events import (
    CallFailed,
    CallRetried,
    EvidenceGathered,
    MessageSent,
    PlanRejected,
    PlanWritten,
    RoundStarted,
    RunStarted,
)
from minions_core.failures import masked

if TYPE_CHECKING:
    from minions_core.events import Event
    from minions_core.progress import Progress
    from minions_core.result import JobStatus

STATUSES: Final[Sequence[tuple[JobStatus, str]]] = (
    ("answered", "green"),
    ("abstained", "blue"),
    ("truncated", "yellow"),
    ("unparsable", "yellow"),
    ("failed", "red"),
)
"""What may become of a job, and its colour, in the order they are told."""

_MOST_TASKS = 5
_MOST_ERRORS = 3
_LONGEST_TASK = 300
_LONGEST_ERROR = 300
_LONGEST_SAYING = 1200


class Narrator:
    """Turns the events of a run into lines.

    Calls of the local model that fail are told once their round is over, each error once: a server
    that is down would otherwise fill the screen.

    Args:
        progress: the run so far; it takes in each event before this does.
        remote_name: what to call the remote model.

    Attributes:
        errors: why calls of this round failed for good, and how many.
    """

    def __init__(self, progress: Progress, remote_name: str) -> None:
        self.errors: Counter[str] = Counter()
        self._retries: Counter[str] = Counter()
        self._progress = progress
        self._remote = remote_name

    def lines(self, event: Event) -> list[Line]:
        """What an event tells, if it tells a reader anything."""
        return list(self._lines(event))

    def _lines(self, event: Event) -> Iterator[Line]:
        match event:
            case RunStarted():
                documents = counted(event.documents, "document")
                yield Line("Question", event.question, "bold")
                yield Line("To read", f"{documents}, {event.document_tokens:,} tokens")
            case RoundStarted():
                self.errors.clear()
                self._retries.clear()
            case PlanWritten():
                yield from _plan(event)
            case PlanRejected():
                yield Line("Sent back", one_line(event.reason, _LONGEST_ERROR), "yellow")
            case MessageSent():
                name = "Remote asks" if event.sender == "remote" else "Local says"
                yield Line(name, one_line(event.text, _LONGEST_SAYING))
            case EvidenceGathered():
                yield from self._evidence(event)
            case CallRetried() | CallFailed():
                yield from self._trouble(event)
            case _:
                pass

    def _trouble(self, event: CallRetried | CallFailed) -> Iterator[Line]:
        error = one_line(masked(event.error), _LONGEST_ERROR)
        if isinstance(event, CallFailed):
            self.errors[error] += 1
        elif event.role == "local" and self._progress.planned:
            self._retries[error] += 1
        else:
            name = self._remote if event.role == "remote" else "the local model"
            wait = f"asking {name} again in {duration(event.wait)}"
            yield Line("Trouble", f"{wait}: {error}", "yellow")

    def _evidence(self, event: EvidenceGathered) -> Iterator[Line]:
        if event.round == 0:
            yield Line("Known before", counted(event.findings, "finding"))
            return
        progress = self._progress
        if progress.planned:
            yield Line("  Jobs", jobs_told(progress))
        new = len(event.evidence)
        fresh = f", {new} of them new" if new < event.findings else ""
        yield Line("  Evidence", counted(event.findings, "finding") + fresh)
        yield from self._troubles_of_round()

    def _troubles_of_round(self) -> Iterator[Line]:
        for error, times in self.errors.most_common(_MOST_ERRORS):
            yield Line("  Failed", f"{counted(times, 'call')}: {error}", "red")
        for error, times in self._retries.most_common(1):
            total = self._retries.total()
            most = "" if times == total else "mostly "
            yield Line("  Asked again", f"{counted(total, 'time')}, {most}for: {error}", "yellow")


def jobs_told(progress: Progress) -> str:
    """How far the jobs of the round are: `6 of 6 done: 2 answered, 4 abstained`."""
    statuses = progress.statuses
    counts = [f"{statuses[status]:,} {status}" for status, _ in STATUSES if statuses[status]]
    told = f"{progress.done:,} of {progress.planned:,} done"
    return f"{told}: {', '.join(counts)}" if counts else told


def _plan(event: PlanWritten) -> Iterator[Line]:
    yield Line(f"Round {event.round}", counted(event.jobs, "job"), "bold")
    for task in event.tasks[:_MOST_TASKS]:
        yield Line("  Task", one_line(task, _LONGEST_TASK))
    if len(event.tasks) > _MOST_TASKS:
        yield Line("  Task", f"... and {len(event.tasks) - _MOST_TASKS} more", "dim")
