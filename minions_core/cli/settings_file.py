"""The settings file: TOML with flat keys named like the options.

It is `config.toml` in the user's own folder for this program, or the file that `--config` or
MINIONS_CONFIG names. A file that lies in the current directory is never read by itself: whoever
filled that directory could otherwise say where the documents in it are sent. Keys of providers do
not belong in it; they stay in environment variables.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from pydantic import TypeAdapter, ValidationError

from minions_core.cli.options import Settings
from minions_core.cli.telling import WrongUsage
from minions_core.clients.specs import KEY_VARIABLES

_SECRET = re.compile(r"key|secret|token|password", re.IGNORECASE)


def own_file() -> Path:
    """The settings file of the user, which need not be there."""
    return Path(typer.get_app_dir("minions")) / "config.toml"


def _load(*, context: typer.Context, value: Path | None) -> Path | None:
    """Let the options of a command that were not given have the values of a settings file.

    Raises:
        WrongUsage: the file cannot be read, or holds what is no setting.
    """
    file = value or own_file()
    if not context.resilient_parsing and (value or file.is_file()):
        context.default_map = _settings_in(file, context)
    return value


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="MINIONS_CONFIG",
        help="Take settings from this TOML file, not from your own (see `minions config`).",
        callback=_load,
        is_eager=True,
        metavar="FILE",
        dir_okay=False,
    ),
]


def _settings_in(file: Path, context: typer.Context) -> dict[str, Any]:
    """What a file sets, by the names of parameters."""
    found = _read(file)
    options = {option.name: option for option in context.command.params}
    for key, value in found.items():
        name = _name(key)
        wrong = _wrong_key(name) or _wrong_type(name, value)
        if wrong:
            raise WrongUsage(f"{file}: {key}: {wrong}")
        try:
            if name in options:
                options[name].process_value(context, value)
        except typer.BadParameter as error:
            raise WrongUsage(f"{file}: {key}: {error.message}") from error
    return {_name(key): value for key, value in found.items()}


def _name(key: str) -> str:
    return key.replace("-", "_")


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # no UTF-8, or no TOML
        raise WrongUsage(f"{file} is no TOML file: {error}") from error


def _wrong_key(name: str) -> str | None:
    known = [field.name for field in fields(Settings)]
    if name in known:
        return None
    if _SECRET.search(name):
        return (
            "keys are not read from a file: take it out, and set OPENAI_API_KEY, "
            f"TOGETHER_API_KEY, {' or '.join(KEY_VARIABLES.values())} in the environment"
        )
    listed = ", ".join(name.replace("_", "-") for name in known)
    return f"there is no setting of that name; the settings are {listed}"


def _wrong_type(name: str, value: object) -> str | None:
    kind = TypeAdapter[Any](get_type_hints(Settings)[name])
    try:
        kind.validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        return error.errors()[0]["msg"]
    return None
