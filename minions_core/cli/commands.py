"""What the `minions` command can do."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minions_core.cli.screen import Screen
from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.clients.specs import OFFLINE, SPECS, model_from_spec
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.demo import Report, annual_report
from minions_core.documents import Document
from minions_core.engine import Minion, Minions
from minions_core.errors import MinionsError, UsageError
from minions_core.events import RunFinished
from minions_core.models import Model

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Questions about long documents: a small local model reads, a large remote one thinks.",
)

_STDIN = "-"
_INTERRUPTED = 130
_DEMO_FACT = "capital_expenditure"


class Protocol(StrEnum):
    """Which way the two models work together."""

    MINION = "minion"
    MINIONS = "minions"


ProtocolOption = Annotated[
    Protocol, typer.Option(help="minions: plan, read in chunks, report. minion: chat.")
]
RoundsOption = Annotated[
    int, typer.Option(min=1, help="Rounds before the remote model must answer.")
]
PriceOption = Annotated[
    str | None, typer.Option(help="Price the remote tokens as those of this model.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show the trace of an error.")]


@app.callback()
def _minions() -> None:
    """Keeps every command a subcommand, however many there are."""


@app.command()
def demo(
    *,
    question: Annotated[str | None, typer.Option(help="What to ask of the report.")] = None,
    seed: Annotated[int, typer.Option(help="Which made-up company reports.")] = 7,
    price_as: PriceOption = "gpt-4o",
    protocol: ProtocolOption = Protocol.MINIONS,
    max_rounds: RoundsOption = 3,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Ask a made-up annual report, with no model and no network."""
    with _told_in_a_line(debug=debug):
        report = annual_report(seed)
        asked = question or report.facts[_DEMO_FACT].question
        engine = _engine(protocol, ExtractiveClient(), OfflineSupervisor(), max_rounds, price_as)
        screen = Screen(Console(), offline=True)
        _run(engine, asked, [report.document], None if as_json else screen)
        if not as_json:
            screen.compare(*_known_answer(report, asked))


@app.command()
def ask(  # noqa: PLR0913 - one for each option of the command
    *,
    question: Annotated[str, typer.Argument(help="What you want to know.")],
    files: Annotated[list[str], typer.Argument(help="Plain text or Markdown; - for stdin.")],
    local: Annotated[str, typer.Option(help=f"Reads the files: {SPECS}.")] = "ollama:llama3.2",
    remote: Annotated[str, typer.Option(help=f"Plans and answers: {SPECS}.")] = "openai:gpt-4o",
    price_as: PriceOption = None,
    protocol: ProtocolOption = Protocol.MINIONS,
    max_rounds: RoundsOption = 3,
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Ask a question about some files."""
    with _told_in_a_line(debug=debug):
        documents = [_read(file) for file in files]
        models = model_from_spec(local, "local"), model_from_spec(remote, "remote")
        engine = _engine(protocol, *models, max_rounds, price_as)
        screen = Screen(Console(), offline=OFFLINE in {local, remote})
        _run(engine, question, documents, None if as_json else screen)


@contextmanager
def _told_in_a_line(*, debug: bool) -> Generator[None]:
    """Turn what goes wrong into one line and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    except MinionsError as error:
        if debug:
            raise
        typer.echo(f"Error: {' '.join(str(error).split())}{_spent(error)}", err=True)
        raise typer.Exit(1) from None


def _spent(error: MinionsError) -> str:
    remote = error.partial.ledger.remote if error.partial else None
    if remote is None or not remote.calls:
        return ""
    return f" ({remote.usage.total_tokens:,} remote tokens were used before that)"


def _engine(
    protocol: Protocol, local: Model, remote: Model, max_rounds: int, price_as: str | None
) -> Minion | Minions:
    if protocol is Protocol.MINION:
        config = MinionConfig(max_rounds=max_rounds, price_as=price_as)
        return Minion(local, remote, config=config)
    return Minions(local, remote, config=MinionsConfig(max_rounds=max_rounds, price_as=price_as))


def _run(
    engine: Minion | Minions, question: str, documents: list[Document], screen: Screen | None
) -> None:
    """Run to the end, on the screen, or silently with the result as JSON."""
    if screen is None:
        typer.echo(engine.run(question, documents).to_json(indent=2))
        return
    with screen, closing(engine.stream(question, documents)) as events:
        for event in events:
            screen.show(event)
            if isinstance(event, RunFinished):
                screen.conclude(event.result, engine.config.price_as)


def _known_answer(report: Report, asked: str) -> tuple[str | None, list[str]]:
    """The true answer, if the question is one of the report's own, and others to try."""
    answers = {fact.question: fact.answer for fact in report.facts.values()}
    return answers.get(asked), [question for question in answers if question != asked]


def _read(file: str) -> Document:
    """A file as a document.

    Raises:
        UsageError: it cannot be read, or is not text.
    """
    try:
        if file == _STDIN:
            return Document(sys.stdin.read(), name="standard input")
        return Document(Path(file).read_text(encoding="utf-8-sig"), name=file)
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{file} is not UTF-8 text: convert it to plain text or Markdown first"
        ) from error
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror or error}") from error
