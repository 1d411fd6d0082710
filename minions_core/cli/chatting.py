"""`minions chat`: questions that follow one another up."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from itertools import takewhile

import typer

from minions_core.cli.asking import AsJson, Asker, Face, configured
from minions_core.cli.options import JsonOption, Settings
from minions_core.cli.reading import STDIN, FilesArgument, read
from minions_core.cli.screen import Screen
from minions_core.cli.screen.bill import tokens_told
from minions_core.cli.screen.words import clean, counted, dollars
from minions_core.cli.settings import with_settings
from minions_core.cli.stopping import Ended
from minions_core.cli.telling import NO_ANSWER, WrongUsage, error_line, stopped_line
from minions_core.documents import Document
from minions_core.errors import MinionsError
from minions_core.messages import Usage
from minions_core.result import MinionsResult

_COMMAND = re.compile(r"(/[^\s/]*)(?:\s.*)?")
_PROMPT = "minions> "
_QUITTING = {"/quit", "/exit", "quit", "exit"}
_HELP = """\
Ask in plain words; a question may follow up those before it.
/sources   the passages the last answer rests on, in full
/cost      calls, tokens and money so far
/quit      leave, as Ctrl-D does
Ctrl-C ends a run that goes on; at the prompt it leaves."""


@with_settings
def chat(
    *,
    files: FilesArgument,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Ask questions about some files, one after another.

    At a terminal you are asked for them. Otherwise each line of standard input is one, and the
    first that fails is the last. With --json each result is a line. Limits are for each question.
    """
    if STDIN in files:
        raise WrongUsage("chat takes its questions from standard input: - cannot be a file, too")
    config = configured(settings)
    documents = read(files, quiet=settings.quiet)
    asker = Asker(settings, config)
    talk = _Talk(asker, documents, AsJson() if as_json else asker.screen())
    if sys.stdin.isatty():
        talk.greet()
        talk.go_on(_up_to_the_end(_typed()))
    else:
        talk.go_through(_up_to_the_end(sys.stdin))


class _Talk:
    """Questions and answers about the same documents."""

    def __init__(self, asker: Asker, documents: list[Document], face: Face) -> None:
        self._asker = asker
        self._documents = documents
        self._face = face
        self._answered: list[MinionsResult] = []
        self._bill = _Bill()
        self._shows_bills = isinstance(face, Screen) and not asker.settings.quiet
        self._commands: Mapping[str, Callable[[], None]] = {
            "/cost": lambda: _say(self._bill.told()),
            "/help": lambda: _say(_HELP),
            "/sources": self._tell_sources,
        }

    def greet(self) -> None:
        """Say what will be read."""
        names = [document.name for document in self._documents]
        _say(f"{counted(len(names), 'document')}: {', '.join(names)}")
        _say("Ask away; /help tells what else there is.")

    def go_on(self, lines: Iterable[str]) -> None:
        """Answer questions; what ends one of them does not end the talk."""
        for line in lines:
            try:
                self._take(line)
            except MinionsError as error:
                self._bill.add(error.partial)
                _say(error_line(error))
            except Ended:
                raise
            except KeyboardInterrupt as stop:
                partial: MinionsResult | None = getattr(stop, "partial", None)
                self._bill.add(partial)
                _say(stopped_line(None if self._shows_bills else partial))

    def go_through(self, lines: Iterable[str]) -> None:
        """Answer questions up to the first that fails.

        Raises:
            MinionsError: one failed.
            typer.Exit: all went through, and some got no regular answer.
        """
        for line in lines:
            self._take(line)
        if any(result.status != "answered" for result in self._answered):
            raise typer.Exit(NO_ANSWER)

    def _take(self, line: str) -> None:
        """Do what a line says, or answer it."""
        command = _command(line)
        if command:
            self._commands.get(command, lambda: _say(f"There is no {command}.\n{_HELP}"))()
            return
        result = self._asker.ask(line, self._documents, self._face, self._answered)
        self._answered.append(result)
        self._bill.add(result)

    def _tell_sources(self) -> None:
        citations = self._answered[-1].citations if self._answered else ()
        for citation in citations:
            _say(f"[{citation.number}] {citation.place} ({citation.check})\n    {citation.quote}")
        if not citations:
            _say("No answer has cited anything yet.")


@dataclass(slots=True)
class _Bill:
    """What a talk cost so far; the cost is None once a price is unknown."""

    calls: int = 0
    usage: Usage = Usage()
    cost: Decimal | None = Decimal(0)
    saving: Decimal | None = Decimal(0)

    def add(self, result: MinionsResult | None) -> None:
        """Add what a run cost, though it may have broken off."""
        if result is None:
            return
        ledger = result.ledger
        self.calls += ledger.remote.calls
        self.usage += ledger.remote.usage
        self.cost = _sum(self.cost, ledger.cost)
        if result.status != "failed":
            self.saving = _sum(self.saving, ledger.saving)

    def told(self) -> str:
        """The bill in a line."""
        about = "about " if self.usage.estimated else ""
        calls = counted(self.calls, "remote call")
        cost = "unknown cost" if self.cost is None else f"{about}{dollars(self.cost)}"
        saved = f"; saved about {dollars(self.saving)}" if (self.saving or 0) > 0 else ""
        return f"{calls}, {tokens_told(self.usage)}, {cost}{saved}"


def _sum(so_far: Decimal | None, more: Decimal | None) -> Decimal | None:
    return None if so_far is None or more is None else so_far + more


def _typed() -> Iterator[str]:
    """What a person types, line by line, up to Ctrl-D."""
    with suppress(ImportError):
        import_module("readline")  # lines can be edited then, and had back
    with suppress(EOFError):
        while True:
            yield _asked_for()
    _say("")


def _asked_for() -> str:
    if sys.stdout.isatty():
        return input(_PROMPT)
    typer.echo(_PROMPT, err=True, nl=False)
    return input()


def _up_to_the_end(lines: Iterable[str]) -> Iterator[str]:
    """Lines that say something, trimmed, up to /quit."""
    said = takewhile(_goes_on, (line.strip() for line in lines))
    return (line for line in said if line)


def _command(line: str) -> str | None:
    """The command a line begins with, as a slip must not be asked for money; None in a question.

    A word with a second slash is a path, with which a question may begin.
    """
    found = _COMMAND.fullmatch(line)
    return found[1].lower().rstrip(".,:;!?") if found else None


def _goes_on(line: str) -> bool:
    return (_command(line) or line.lower()) not in _QUITTING


def _say(text: str) -> None:
    """Say something beside the results, which have standard output to themselves."""
    typer.echo(clean(text), err=True)
