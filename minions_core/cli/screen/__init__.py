"""A run as a person watches it: what moves on a terminal, and what is printed in the end."""

from __future__ import annotations

import shlex
import sys
import threading
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.text import Text

from minions_core.cli.screen.answers import answer_shown, print_sources
from minions_core.cli.screen.bill import bill
from minions_core.cli.screen.live import LiveView
from minions_core.cli.screen.narration import Narrator, jobs_told
from minions_core.cli.screen.paper import Line, Paper
from minions_core.cli.screen.words import clean, duration, one_line
from minions_core.evidence import in_place_of_answer
from minions_core.progress import Progress

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from minions_core.events import Event
    from minions_core.result import MinionsResult

_OFFLINE = (
    "The offline models are not language models: they compare words and quote. They show how the "
    "protocol works, not how well a model answers."
)
_FRAMES_A_SECOND = 8
_OTHERS_SHOWN = 3
_ANSWERS_SHOWN = 10
_LONGEST_ANSWER = 300
_LONGEST_NAME = 60


class Screen:
    """Shows events as they come, and the result at the end.

    Standard output carries the answer, its sources and the bill. What goes on meanwhile is shown
    on the error stream, if that is a terminal; if not, its lines come before the answer.

    Args:
        console: where the result goes; plain text without control codes if it is no terminal.
        offline: whether to say that the offline models are no language models.
        price_as: price remote calls as this model, as in the settings of the run.
        remote_name: what the remote model is called.
        quiet: print the answer, its sources and its notes, and nothing else.
        progress_on: where to show what goes on; the error stream by default.
    """

    def __init__(
        self,
        console: Console,
        *,
        offline: bool,
        price_as: str | None = None,
        remote_name: str | None = None,
        quiet: bool = False,
        progress_on: Console | None = None,
    ) -> None:
        self._paper = Paper(console)
        self._beside = Paper(progress_on or _error_stream())
        self._moves = self._beside.console.is_interactive and not quiet
        self._owes_disclaimer = offline and not quiet
        self._price_as = price_as
        self._remote_name = remote_name
        self._quiet = quiet
        self._lock = threading.Lock()
        self._kept: list[Line] = []
        self._live: Live | None = None
        self._begin()

    def __enter__(self) -> Self:
        self._begin()
        if self._moves:
            self._live = Live(
                self._view,
                console=self._beside.console,
                refresh_per_second=_FRAMES_A_SECOND,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop_moving()

    def show(self, event: Event) -> None:
        """Show what an event tells; events may come from any thread, one at a time."""
        with self._lock:
            self._progress.add(event)
            self._view.add(event)
            lines = self._narrator.lines(event)
        if not self._quiet:
            for line in lines:
                self._tell(line)

    def conclude(self, result: MinionsResult) -> None:
        """Print the answer, what it rests on, and the bill."""
        self._stop_moving()
        self._print_kept()
        self._answer(result)
        self.sources(result)
        for note in result.notes:
            self._paper.say(Line("Note", note, "yellow"))
        self.bill(result)
        if self._owes_disclaimer:
            self._owes_disclaimer = False
            self._paper.put(Text(f"\n{_OFFLINE}", style="italic dim"))

    def stopped(self, partial: MinionsResult | None) -> None:
        """Print what is known of a run that was broken off, and what it cost; nothing if nothing.

        Args:
            partial: what came with the error or the interrupt that ended it.
        """
        self._stop_moving()
        if partial is None or not (partial.ledger.remote.calls or partial.ledger.local.calls):
            return
        self._print_kept()
        self._paper.title("Stopped: what is known so far", also_plain=True)
        self._unfinished(partial)
        self.sources(partial)
        for note in partial.notes:
            self._paper.say(Line("Note", note, "yellow"))
        self.bill(partial)

    def sources(self, result: MinionsResult) -> None:
        """Print the passages an answer points at."""
        if result.citations:
            self._paper.title("Sources")
            unsaid = _has_no_answer(result)
            print_sources(self._paper, result.citations, with_answers=unsaid)

    def bill(self, result: MinionsResult) -> None:
        """Print what a run cost, and what of the documents left the machine."""
        if self._quiet:
            return
        self._paper.title("Cost")
        for line in bill(result, self._price_as):
            self._paper.say(line)
        if self._progress.question:
            self._paper.say(Line("Time", duration(self._progress.seconds)))

    def compare(self, known: str | None, others: list[str]) -> None:
        """Print the answer a made-up report was made with, and other questions to try."""
        self._paper.put(Text())
        if known:
            self._paper.say(Line("The report was made with", known))
        if others:
            self._paper.put(Text("Try also:", style="cyan"))
        for other in others[:_OTHERS_SHOWN]:
            self._paper.put_whole(f"minions demo --question {_quoted(other)}", indent=2)

    def _begin(self) -> None:
        """Forget the run before, if there was one."""
        name = one_line(self._remote_name or "the remote model", _LONGEST_NAME)
        self._progress = Progress(price_as=self._price_as, remote_name=self._remote_name)
        self._narrator = Narrator(self._progress, name)
        self._view = LiveView(self._progress, name, self._lock)
        self._kept.clear()

    def _stop_moving(self) -> None:
        if self._live:
            self._live.stop()
            self._live = None

    def _tell(self, line: Line) -> None:
        if self._moves:
            self._beside.say(line)
        else:
            self._kept.append(line)

    def _print_kept(self) -> None:
        for line in self._kept:
            self._paper.say(line)
        self._kept.clear()

    def _answer(self, result: MinionsResult) -> None:
        if _has_no_answer(result):
            known = "this is the evidence so far" if result.citations else "nothing was found"
            self._paper.say(Line(f"No answer ({result.status})", known, "yellow"))
            return
        title = "Answer" if result.status == "answered" else f"Answer ({result.status})"
        if self._paper.is_terminal:
            self._paper.title(title)
            self._paper.put(answer_shown(result.answer, result.citations), indent=2)
        elif self._quiet:
            self._paper.put_whole(result.answer)
        else:
            self._paper.say(Line(title, result.answer))

    def _unfinished(self, partial: MinionsResult) -> None:
        """What is known of the round that was going on, and of the answer that was arriving."""
        progress = self._progress
        if progress.answer:
            self._paper.say(Line("Answer so far", progress.answer))
        if progress.planned and progress.round not in {record.number for record in partial.rounds}:
            self._paper.say(Line(f"Round {progress.round}", jobs_told(progress)))
            for line in self._unchecked():
                self._paper.say(line)
        elif not (progress.answer or partial.citations):
            self._paper.put(Text("Nothing was found yet.", style="dim"))

    def _unchecked(self) -> list[Line]:
        """What the jobs of a round answered whose quotes were not looked up yet."""
        found = {
            (one_line(job.answer, _LONGEST_ANSWER), job.document)
            for job in self._progress.jobs.values()
            if job.round == self._progress.round and job.status == "answered" and job.answer
        }
        told = [f"{answer} ({name})" if name else answer for answer, name in sorted(found, key=str)]
        lines = [Line("  Unchecked", text) for text in told[:_ANSWERS_SHOWN]]
        left = len(told) - len(lines)
        return [*lines, Line("  Unchecked", f"... and {left} more")] if left else lines


def _has_no_answer(result: MinionsResult) -> bool:
    """Whether evidence stands in for the answer, or nothing at all."""
    stand_in = in_place_of_answer(result.citations)
    return result.status != "answered" and result.answer == stand_in


def _error_stream() -> Console:
    """Standard error; a file never gets what moves, whatever the environment says of colours."""
    return Console(stderr=True, force_interactive=None if sys.stderr.isatty() else False)


def _quoted(text: str) -> str:
    """A text as one word of a shell's command line, in the quotes people read best."""
    words = clean(text).replace("\n", " ")
    return shlex.quote(words) if set(words) & set('"$`\\!') else f'"{words}"'
