"""One question asked: two models, a run, what is shown of it, and `minions ask`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

import typer
from pydantic import ValidationError
from rich.console import Console

from minions_core.cli.naming import check_models, named_model
from minions_core.cli.options import ONLY_MINIONS, JsonOption, Settings
from minions_core.cli.reading import FilesArgument, read
from minions_core.cli.screen import Screen
from minions_core.cli.settings import with_settings
from minions_core.cli.telling import NO_ANSWER, WrongUsage, in_options
from minions_core.clients.specs import OFFLINE
from minions_core.config import Budget, MinionConfig, MinionsConfig
from minions_core.documents import Document
from minions_core.engine import Minion, Minions
from minions_core.errors import MinionsError, UsageError
from minions_core.events import Event
from minions_core.redaction import PatternRedactor
from minions_core.result import MinionsResult


@with_settings
def ask(
    *,
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="What you want to know.")],
    files: FilesArgument,
    settings: Settings,
    as_json: JsonOption = False,
) -> None:
    """Ask a question about some files.

    Each setting may be an option, an environment variable or a line of a settings file, and counts
    in this order: `minions config` shows them.
    """
    config = configured(settings)
    documents = read(files, quiet=settings.quiet)
    asker = Asker(settings, config)
    result = asker.ask(question, documents, AsJson(indent=2) if as_json else asker.screen())
    if result.status != "answered":
        raise typer.Exit(NO_ANSWER)


class AsJson:
    """Prints the result as JSON, and nothing else.

    Args:
        indent: how far it is indented; None for one line.
    """

    def __init__(self, indent: int | None = None) -> None:
        self._indent = indent

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, event: Event) -> None:
        """Show nothing."""

    def conclude(self, result: MinionsResult) -> None:
        """Print the result."""
        typer.echo(result.to_json(indent=self._indent))

    def stopped(self, partial: MinionsResult) -> None:
        """Print what there is; its status is `failed`."""
        self.conclude(partial)


Config: TypeAlias = MinionConfig | MinionsConfig
"""How the core is to go about it, by protocol."""

Face: TypeAlias = Screen | AsJson
"""Where a run is shown."""


class Asker:
    """Asks questions with the models and limits of some settings.

    Args:
        settings: how to ask.
        config: what `configured` makes of them.

    Raises:
        MinionsError: a model or the journal cannot be used.
    """

    def __init__(self, settings: Settings, config: Config) -> None:
        self.settings = settings
        self.engine = engine(settings, config)

    def screen(self) -> Screen:
        """A screen for one run."""
        return Screen(
            Console(),
            offline=OFFLINE in {self.settings.local, self.settings.remote},
            price_as=self.settings.price_as,
            remote_name=self.engine.remote.name,
            quiet=self.settings.quiet,
        )

    def ask(
        self,
        question: str,
        documents: list[Document],
        face: Face,
        history: Sequence[MinionsResult] = (),
    ) -> MinionsResult:
        """Ask a question and show what comes of it.

        Raises:
            MinionsError: the run broke off; what was known by then has been shown.
            KeyboardInterrupt: it was stopped; likewise.
        """
        watch = _Watch(face)
        try:
            with face:
                result = self.engine.run(  # on the main thread, where Ctrl-C reaches it
                    question,
                    documents,
                    doc_metadata=self.settings.notes,
                    history=history,
                    on_event=watch,
                    streams=not isinstance(face, AsJson),
                )
        except (MinionsError, KeyboardInterrupt) as error:
            watch.is_over = True
            self._tell_of_the_rest(getattr(error, "partial", None), face)
            raise
        face.conclude(result)
        return result

    def _tell_of_the_rest(self, partial: MinionsResult | None, face: Face) -> None:
        """Show what is known of a run that broke off, and how it can be gone on with."""
        if partial is None:
            return
        face.stopped(partial)
        ledger, journal = partial.ledger, self.settings.journal
        if journal and (ledger.local.calls or ledger.remote.calls):
            told = f"{journal} keeps every reply that came: the same command goes on from there."
            typer.echo(told, err=True)


class _Watch:
    """Shows a run's events, until it is over: calls in flight then may still tell of their end."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self.is_over = False

    def __call__(self, event: Event) -> None:
        if not self.is_over:
            self._face.show(event)


def configured(settings: Settings) -> Config:
    """The settings as the core takes them; neither keys nor the journal are looked for yet.

    Raises:
        WrongUsage: they do not go together, or name no model.
        MinionsError: packages that the models need are not installed.
    """
    check_models({"--local": settings.local, "--remote": settings.remote})
    try:
        return _config(settings)
    except ValidationError as error:
        said = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise WrongUsage(in_options(said)) from error


def _config(settings: Settings) -> Config:
    given: dict[str, Any] = {
        "max_rounds": settings.max_rounds,
        "price_as": settings.price_as,
        "privacy": settings.privacy,
        "redactor": PatternRedactor() if settings.redact else None,
        "budget": Budget(
            cost=settings.max_cost,
            remote_tokens=settings.max_tokens,
            seconds=settings.max_seconds,
        ),
    }
    if settings.protocol == "minion":
        return MinionConfig(**given)
    return MinionsConfig(**given, **{name: getattr(settings, name) for name in ONLY_MINIONS})


def engine(settings: Settings, config: Config) -> Minion | Minions:
    """What answers questions as the settings say.

    Raises:
        MinionsError: a model or the journal cannot be used.
    """
    models = named_model(settings.local, "local"), named_model(settings.remote, "remote")
    journal = settings.journal and settings.journal.expanduser()
    try:
        if isinstance(config, MinionConfig):
            return Minion(*models, config=config, journal=journal)
        return Minions(*models, config=config, journal=journal)
    except OSError as error:
        raise UsageError(f"{journal} cannot be made: {error.strerror or error}") from error
