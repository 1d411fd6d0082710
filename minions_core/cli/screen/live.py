"""The part of a terminal that moves while a run goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.segment import SegmentLines
from rich.text import Text

from minions_core.cli.screen.answers import answer_shown
from minions_core.cli.screen.bill import about, tokens_in_out
from minions_core.cli.screen.narration import STATUSES
from minions_core.cli.screen.words import dollars, duration, one_line, time_left
from minions_core.events import CallFinished, CallRetried
from minions_core.failures import masked

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult

    from minions_core.events import Event
    from minions_core.messages import Role
    from minions_core.progress import Progress
    from minions_core.result import Citation

_FRAMES, _PLAIN_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", "|/-\\"
_FRAMES_A_SECOND = 10
_INDENT = 2
_ECHO = 4  # room for the ^C a terminal echoes: on a line of its own it would shift the rest
_GAP = "  "
_SHORTEST_BAR, _LONGEST_BAR = 10, 40
_LEAST_ANSWER_LINES = 3
_LINES_AROUND_ANSWER = 8
_FEWEST_DONE_FOR_ETA = 2
_LONGEST_ERROR = 300
_PURPOSES = {
    "plan": "to write a plan",
    "ask": "to ask",
    "answer": "to answer",
    "form": "to fill in the form",
}
_TO_JUDGE = "to judge what was found"


class LiveView:
    """A run as it stands, drawn anew several times a second.

    Args:
        progress: the run so far.
        remote_name: what to call the remote model.
        lock: held while `progress` is read, since events come from other threads.
    """

    def __init__(self, progress: Progress, remote_name: str, lock: threading.Lock) -> None:
        self._progress = progress
        self._remote = remote_name
        self._lock = lock
        self._last_reply: Role | None = None
        self._retry: CallRetried | None = None
        self._again_at = 0.0

    def add(self, event: Event) -> None:
        """Take in what `progress` does not keep."""
        if isinstance(event, CallFinished):
            self._last_reply = event.role
        if isinstance(event, CallRetried):
            self._retry, self._again_at = event, self._progress.seconds + event.wait

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        width = options.max_width - _INDENT - _ECHO
        with self._lock:
            answer, evidence = self._progress.answer, tuple(self._progress.evidence)
            lines = list(self._lines(width, plain=options.ascii_only))
        if answer:
            yield Padding(_Tail(answer, evidence), (0, _ECHO, 1, _INDENT))
        for line in lines:
            line.truncate(width, overflow="ellipsis")
            yield Padding(line, (0, 0, 0, _INDENT), expand=False)

    def _lines(self, width: int, *, plain: bool) -> Iterator[Text]:
        yield self._doing(plain=plain)
        if self._reads:
            yield from packed(self._bar(width, plain=plain), width)
            yield from packed(self._counts(), width)
            yield from self._pause()
        yield from packed(self._spent(), width)

    @property
    def _reads(self) -> bool:
        return 0 < self._progress.planned > self._progress.done

    def _doing(self, *, plain: bool) -> Text:
        frames = _PLAIN_FRAMES if plain else _FRAMES
        frame = frames[int(self._progress.seconds * _FRAMES_A_SECOND) % len(frames)]
        return Text().append(f"{frame} ", "cyan").append(self._step())

    def _step(self) -> str:
        progress, waiting = self._progress, self._progress.seconds_waiting
        if waiting is not None:
            return self._waiting(waiting)
        if self._reads:
            return f"Round {progress.round}: the local model reads"
        if progress.waiting["local"] > 0:
            return "The local model reads"
        if self._last_reply == "remote":
            return "Working through the reply"
        return "Checking what was found" if progress.round else "Looking through the documents"

    def _waiting(self, seconds: float) -> str:
        if self._retry and self._pause_left > 0:
            return f"Asking {self._remote} again in {duration(self._pause_left)}"
        if self._progress.answer:
            return f"{self._remote} answers"
        label = self._progress.label
        later = self._progress.round > 0 and label.startswith(("plan", "ask"))
        purpose = _TO_JUDGE if later else _PURPOSES.get(label.split("_")[0], "")
        return f"Waiting {duration(seconds)} for {self._remote} {purpose}"

    def _bar(self, width: int, *, plain: bool) -> list[Text]:
        progress = self._progress
        size = min(_LONGEST_BAR, max(_SHORTEST_BAR, width // 2))
        done = Text(f"{progress.done:,} of {progress.planned:,} jobs")
        left = progress.seconds_left
        is_known = left is not None and progress.done >= _FEWEST_DONE_FOR_ETA
        eta = [Text(time_left(left), "dim")] if is_known and left is not None else []
        return [bar(progress, size, plain=plain), done, *eta]

    def _counts(self) -> list[Text]:
        progress, statuses = self._progress, self._progress.statuses
        counts = [
            Text(f"{statuses[status]:,} {status}", style)
            for status, style in STATUSES
            if statuses[status]
        ]
        at_work = sum(
            job.round == progress.round and job.status is None for job in progress.jobs.values()
        )
        return [*counts, Text(f"{at_work:,} at work", "dim")]

    @property
    def _pause_left(self) -> float:
        return self._again_at - self._progress.seconds

    def _pause(self) -> Iterator[Text]:
        """The wait before a job's call is sent again, while it lasts."""
        if self._retry and self._pause_left > 0:
            error = one_line(masked(self._retry.error), _LONGEST_ERROR)
            yield Text(f"again in {duration(self._pause_left)}: {error}", "yellow")

    def _spent(self) -> list[Text]:
        ledger = self._progress.ledger
        money = ""
        if ledger.cost is not None:
            money = f", {about(ledger.remote.usage)}{dollars(ledger.cost)}"
        told = [
            Text(f"{role} {tokens_in_out(account.usage)}{more}", "dim")
            for role, account, more in (
                ("remote", ledger.remote, money),
                ("local", ledger.local, ""),
            )
            if account.calls
        ]
        tokens = [Text("Tokens:", "dim")] if told else []
        return [*tokens, *told, Text(duration(self._progress.seconds), "dim")]


def bar(progress: Progress, size: int, *, plain: bool) -> Text:
    """The jobs of the round as a bar of `size` marks, a colour for each way a job may end."""
    full, rest = ("#", "-") if plain else ("━", "─")
    statuses = progress.statuses
    ends = accumulate((statuses[status] for status, _ in STATUSES), initial=0)
    marks = [round(size * end / progress.planned) for end in ends]
    text = Text()
    for (_, style), (start, end) in zip(STATUSES, pairwise(marks), strict=True):
        text.append(full * (end - start), style)
    return text.append(rest * (size - marks[-1]), "dim")


def packed(items: list[Text], width: int) -> Iterator[Text]:
    """Items side by side, as many to a line as `width` has room for."""
    line = Text()
    for item in items:
        if line and line.cell_len + len(_GAP) + item.cell_len > width:
            yield line
            line = Text()
        line = line.append(_GAP).append_text(item) if line else item
    yield line


class _Tail:
    """The end of an answer that arrives, as much as leaves room for the rest of the screen."""

    def __init__(self, answer: str, evidence: Sequence[Citation]) -> None:
        self._answer = answer
        self._evidence = evidence

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        most = max(_LEAST_ANSWER_LINES, console.height - _LINES_AROUND_ANSWER)
        last = "\n".join(self._answer.split("\n")[-most:])
        shown = console.render_lines(answer_shown(last, self._evidence), options, pad=False)
        yield SegmentLines(shown[-most:], new_lines=True)
