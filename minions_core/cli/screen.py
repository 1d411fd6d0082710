"""A run as a person watches it: live counts on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.live import Live
from rich.panel import Panel
from rich.text import Text

from minions_core.events import (
    CallStarted,
    EvidenceGathered,
    JobFinished,
    MessageSent,
    PlanRejected,
    PlanWritten,
    RunStarted,
)

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from minions_core.events import Event
    from minions_core.ledger import Account, Ledger
    from minions_core.result import Citation, MinionsResult

_OFFLINE = (
    "The offline models are not language models: they compare words and quote. They show how the "
    "protocol works, not how well a model answers."
)
_CHECKS = {
    "verified": ("verified", "green"),
    "partial": ("quote found, but a figure of the answer is not in it", "yellow"),
    "unverified": ("not found in the document", "red"),
}
_LONGEST_QUOTE = 300
_OTHERS_SHOWN = 3


class Screen:
    """Shows events as they come and the result at the end.

    Args:
        console: where to print; whether it is a terminal decides between live and plain.
        offline: whether to say that the offline models are no language models.
    """

    def __init__(self, console: Console, *, offline: bool) -> None:
        self._console = console
        self._offline = offline
        self._live = Live(console=console, transient=True) if console.is_terminal else None
        self._jobs = 0
        self._counts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, event: Event) -> None:
        """Print what an event tells, if it tells a reader anything."""
        match event:
            case RunStarted():
                self._say("Question", event.question, "bold")
                documents = _counted(event.documents, "document")
                self._say("To read", f"{documents}, {event.document_tokens:,} tokens")
            case CallStarted(role="remote"):
                self._update("waiting for the remote model")
            case PlanWritten():
                self._begin(event)
            case JobFinished():
                self._counts[event.status] += 1
                self._update(self._progress())
            case EvidenceGathered():
                self._end(event)
            case PlanRejected():
                self._say("Sent back", event.reason, "yellow")
            case MessageSent():
                self._say("Remote asks" if event.sender == "remote" else "Local says", event.text)
            case _:
                pass

    def conclude(self, result: MinionsResult, price_as: str | None) -> None:
        """Print the answer, what it rests on, and the bill."""
        self._update("")
        self._answer(result)
        for citation in result.citations:
            self._cite(citation)
        for note in result.notes:
            self._say("Note", note, "yellow")
        disclosure = result.disclosure
        self._print("")
        self._say(
            "Left the machine",
            f"{disclosure.tokens:,} tokens taken from the text, of {disclosure.document_tokens:,} "
            f"({disclosure.share:.1%})",
        )
        self._say("Remote", _account(result.ledger.remote))
        self._say("Local", _account(result.ledger.local))
        self._say("Money", _money(result.ledger, price_as))
        if self._offline:
            self._print(Text(_OFFLINE, style="italic dim"))

    def compare(self, known: str | None, others: list[str]) -> None:
        """Print the answer a made-up report was made with, and other questions to try."""
        if known:
            self._say("The report was made with", known)
        for other in others[:_OTHERS_SHOWN]:
            self._say("Try also", f'minions demo --question "{other}"', "dim")

    def _begin(self, event: PlanWritten) -> None:
        self._jobs = event.jobs
        self._counts.clear()
        self._say(f"Round {event.round}", _counted(event.jobs, "job"), "bold")
        for task in event.tasks:
            self._say("  Task", task)

    def _end(self, event: EvidenceGathered) -> None:
        self._update("")
        if self._jobs:
            self._say("  Jobs", self._progress())
        self._say("  Evidence", _counted(event.findings, "finding"))

    def _update(self, text: str) -> None:
        """Replace the line that moves, where there is one."""
        if self._live:
            self._live.update(Text(f"  {text}", style="dim"))

    def _progress(self) -> str:
        done = sum(self._counts.values())
        counts = ", ".join(f"{count} {status}" for status, count in sorted(self._counts.items()))
        return f"{done} of {self._jobs} done: {counts}"

    def _answer(self, result: MinionsResult) -> None:
        text = _clean(result.answer) or "No answer was found."
        title = "Answer" if result.status == "answered" else f"No answer ({result.status})"
        self._print("")
        if self._live:
            self._print(Panel(Text(text), title=title, title_align="left", border_style="bold"))
        else:
            self._say(title, text)

    def _cite(self, citation: Citation) -> None:
        words, style = _CHECKS[citation.check]
        line = Text(f"[{citation.number}] {_clean(_place(citation))}: ")
        self._print(line.append(words, style=style))
        self._print(Text(f"    {_shortened(citation.quote)}", style="dim"))

    def _say(self, name: str, text: str, style: str = "") -> None:
        self._print(Text().append(f"{name}: ", "cyan").append(_clean(text), style))

    def _print(self, line: Text | Panel | str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=not self._live)


def _place(citation: Citation) -> str:
    if citation.page is None or citation.start is None:
        return citation.place
    return f"{citation.place}, characters {citation.start}-{citation.end}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _account(account: Account) -> str:
    usage = account.usage
    about = "about " if usage.estimated else ""
    return (
        f"{_counted(account.calls, 'call')}, {about}{usage.input_tokens:,} tokens in, "
        f"{usage.output_tokens:,} out ({', '.join(account.models) or 'no model'})"
    )


def _money(ledger: Ledger, price_as: str | None) -> str:
    if ledger.cost is None:
        return f"unknown: no price is known for {price_as or 'the remote model'}; see --price-as"
    named = f" at the price of {price_as}" if price_as else ""
    share = f" ({ledger.saving / ledger.baseline:.0%})" if ledger.saving and ledger.baseline else ""
    return (
        f"{_dollars(ledger.cost)}{named}; sending it everything would cost "
        f"{_dollars(ledger.baseline)}; saved {_dollars(ledger.saving)}{share}"
    )


def _dollars(amount: Decimal | None) -> str:
    if amount is None:
        return "unknown"
    return f"-${-amount:.4f}" if amount < 0 else f"${amount:.4f}"


def _shortened(quote: str) -> str:
    words = " ".join(_clean(quote).split())
    return words if len(words) <= _LONGEST_QUOTE else words[:_LONGEST_QUOTE].rstrip() + " ..."


def _clean(text: str) -> str:
    """Text without control characters, which in a hostile document could command the terminal."""
    return "".join(mark if mark.isprintable() or mark == "\n" else " " for mark in text)
