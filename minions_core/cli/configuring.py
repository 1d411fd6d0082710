"""`minions config`: which settings hold, and where each comes from."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import typer

from minions_core.cli.options import Settings
from minions_core.cli.screen.words import clean
from minions_core.cli.settings import source_of, with_settings
from minions_core.cli.settings_file import own_file
from minions_core.failures import masked


@with_settings
def config(*, context: typer.Context, settings: Settings) -> None:
    """Show the settings that hold, where each comes from, and where the settings file is.

    An option counts before its environment variable, that before the settings file, and that before
    what is built in. The file is TOML with keys named like the options: max-rounds = 2. It is your
    own, or the one that --config names; a file in the current directory is never read by itself,
    since documents could bring one along that says where they are sent. API keys stay in the
    environment.
    """
    named: Path | None = context.params["config"]
    file = named or own_file()
    is_there = "" if file.is_file() else " (not there)"
    _say(f"Settings file: {file}{is_there}")
    rows = [
        (field.name.replace("_", "-"), _shown(getattr(settings, field.name)), field.name)
        for field in fields(Settings)
    ]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for option, value, name in rows:
        _say(f"{option:{widths[0]}}  {value:{widths[1]}}  {_origin(context, name, file)}")


def _shown(value: object) -> str:
    """A value as it would stand in the file; nothing for a setting that is not set."""
    if value is None or value == "":
        return "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _origin(context: typer.Context, name: str, file: Path) -> str:
    words = {
        "COMMANDLINE": f"option --{name.replace('_', '-')}",
        "ENVIRONMENT": f"environment MINIONS_{name.upper()}",
        "DEFAULT_MAP": f"file {file}",
    }
    return words.get(source_of(context, name), "built in")


def _say(line: str) -> None:
    typer.echo(clean(masked(line)).rstrip())
