"""The settings of a run as a command gets them, and where each comes from."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from pathlib import Path
from typing import Any, get_type_hints

import typer

from minions_core.cli.options import ONLY_MINIONS, DebugOption, Settings
from minions_core.cli.settings_file import ConfigOption
from minions_core.cli.telling import WrongUsage


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of all settings, and call it with `settings` in their place.

    Besides, it has `--config` and `--debug`, which need nothing of it.

    Args:
        command: takes `settings` and what else it declares, by name; `context`, too, if it does.
    """
    names = [field.name for field in fields(Settings)]

    @wraps(command)
    def called(*, context: typer.Context, config: Path | None, debug: bool, **given: Any) -> None:
        del config, debug  # have done their work when the options were read
        settings = Settings(**{name: given.pop(name) for name in names})
        _refuse_unfit(context, settings)
        command(settings=settings, **given, **({"context": context} if is_told else {}))

    declared = inspect.signature(command, eval_str=True).parameters
    is_told = "context" in declared
    own = [declared[name] for name in declared if name not in {"settings", "context"}]
    signature = inspect.Signature([*own, *_parameters()])
    setattr(called, "__signature__", signature)  # noqa: B010 - functions declare none
    return called


def _parameters() -> list[inspect.Parameter]:
    hints = get_type_hints(Settings, include_extras=True)
    settings = [(field.name, field.default, hints[field.name]) for field in fields(Settings)]
    others = [
        ("config", None, ConfigOption),
        ("debug", False, DebugOption),
        ("context", inspect.Parameter.empty, typer.Context),
    ]
    return [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
        )
        for name, default, annotation in [*settings, *others]
    ]


def _refuse_unfit(context: typer.Context, settings: Settings) -> None:
    """Refuse options that the protocol does not know.

    In a settings file they may stand all the same: it serves questions to either protocol.
    """
    for name in ONLY_MINIONS:
        if settings.protocol == "minion" and source_of(context, name) == "COMMANDLINE":
            raise WrongUsage(f"--{name} goes only with --protocol minions")


def source_of(context: typer.Context, name: str) -> str:
    """Where a setting comes from: COMMANDLINE, ENVIRONMENT, DEFAULT_MAP (a file) or DEFAULT."""
    source = context.get_parameter_source(name)
    return source.name if source else "DEFAULT"
