"""The options that commands share, and the settings they amount to."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer

from minions_core.cli.completing import complete_models, complete_prices
from minions_core.clients.specs import SPECS
from minions_core.config import MinionsConfig, Planner, Privacy

Protocol: TypeAlias = Literal["minion", "minions"]

_MODELS = "Models"
_LIMITS = "Limits of each question"
_TRUST = "What leaves the machine"
_READING = "Planning, only with --protocol minions"
_MOST_SAMPLES: int = MinionsConfig.model_fields["max_samples"].default


def _finite(value: float | None) -> float | None:
    if value is not None and not isfinite(value):
        raise typer.BadParameter(f"{value} is no limit: name a number, or leave it out")
    return value


def _named(name: str, text: str, panel: str | None = None, **more: Any) -> Any:
    """An option that may be given by the environment variable of its name, too."""
    variable = "MINIONS_" + name.removeprefix("--").partition("/")[0].replace("-", "_").upper()
    return typer.Option(name, help=text, envvar=variable, rich_help_panel=panel, **more)


ProtocolOption = Annotated[
    Protocol,
    _named(
        "--protocol",
        "minions: plan, read in chunks, report. minion: the two models chat.",
        _MODELS,
    ),
]
LocalOption = Annotated[
    str,
    _named(
        "--local",
        f"Reads the files: {SPECS}.",
        _MODELS,
        metavar="MODEL",
        autocompletion=complete_models,
    ),
]
RemoteOption = Annotated[
    str,
    _named(
        "--remote",
        "Plans and answers; named as for --local.",
        _MODELS,
        metavar="MODEL",
        autocompletion=complete_models,
    ),
]
PriceOption = Annotated[
    str | None,
    _named(
        "--price-as",
        "Price the remote tokens as those of this model.",
        _MODELS,
        metavar="NAME",
        autocompletion=complete_prices,
    ),
]
RoundsOption = Annotated[
    int,
    _named(
        "--max-rounds", "Rounds before the remote model must answer.", _LIMITS, metavar="N", min=1
    ),
]
CostOption = Annotated[
    float | None,
    _named(
        "--max-cost",
        "Dollars for the remote model.",
        _LIMITS,
        metavar="DOLLARS",
        min=0,
        callback=_finite,
    ),
]
TokensOption = Annotated[
    int | None,
    _named("--max-tokens", "Tokens of the remote model, in and out.", _LIMITS, metavar="N", min=0),
]
SecondsOption = Annotated[
    float | None,
    _named(
        "--max-seconds",
        "Seconds; a call in flight is not broken off.",
        _LIMITS,
        metavar="SECONDS",
        min=0,
        callback=_finite,
    ),
]
PrivacyOption = Annotated[
    Privacy,
    _named("--privacy", "quotes: findings leave with their quotes. answers: without them.", _TRUST),
]
RedactOption = Annotated[
    bool,
    _named(
        "--redact/--no-redact",
        "Mail addresses, phones, cards, IBANs leave as placeholders.",
        _TRUST,
    ),
]
NotesOption = Annotated[
    str,
    _named("--notes", "What the remote model should know of the files.", _TRUST, metavar="TEXT"),
]
PlannerOption = Annotated[
    Planner,
    _named("--planner", "How plans are written; auto: as code, as JSON if that fails.", _READING),
]
PreviewOption = Annotated[
    int,
    _named(
        "--preview",
        "Show this many tokens of the likeliest passages first.",
        _READING,
        metavar="N",
        min=0,
    ),
]
SamplesOption = Annotated[
    int,
    _named(
        "--samples",
        f"Ask each job this often and vote; {_MOST_SAMPLES} at most.",
        _READING,
        metavar="N",
        min=1,
        max=_MOST_SAMPLES,
    ),
]
JournalOption = Annotated[
    Path | None,
    _named(
        "--journal",
        "Keep every reply in this file: a run that broke off is not paid for twice.",
        metavar="FILE",
        dir_okay=False,
    ),
]
QuietOption = Annotated[
    bool, _named("--quiet/--no-quiet", "Print the answer and its sources, nothing else.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON, nothing else.")]


def _show_traces(*, context: typer.Context, value: bool) -> None:
    if value:
        context.ensure_object(dict)["debug"] = True


DebugOption = Annotated[
    bool,
    typer.Option(
        "--debug", help="Show the trace of an error.", callback=_show_traces, is_eager=True
    ),
]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How questions are asked: one field for each setting, named like its option.

    What is given as an option counts before the environment variable, that before the settings
    file, and that before what stands here.
    """

    protocol: ProtocolOption = "minions"
    local: LocalOption = "ollama:llama3.2"
    remote: RemoteOption = "openai:gpt-4o"
    price_as: PriceOption = None
    max_rounds: RoundsOption = 3
    max_cost: CostOption = None
    max_tokens: TokensOption = None
    max_seconds: SecondsOption = None
    privacy: PrivacyOption = "quotes"
    redact: RedactOption = False
    notes: NotesOption = ""
    planner: PlannerOption = "auto"
    preview: PreviewOption = 0
    samples: SamplesOption = 1
    journal: JournalOption = None
    quiet: QuietOption = False


ONLY_MINIONS = ("planner", "preview", "samples")
"""Settings that only the protocol of plans knows."""
