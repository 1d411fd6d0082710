"""What the `minions` command can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Annotated

import typer

from minions_core.cli.asking import ask
from minions_core.cli.benching import bench
from minions_core.cli.browsing import app as open_app
from minions_core.cli.chatting import chat
from minions_core.cli.configuring import config
from minions_core.cli.demonstrating import demo
from minions_core.cli.models import models
from minions_core.cli.telling import OneLineErrors

app = typer.Typer(
    cls=OneLineErrors,
    pretty_exceptions_enable=False,
    help="Questions about long documents: a small local model reads, a large remote one thinks.",
    epilog=(
        "Settings count in this order: option, environment variable, settings file, built in; see "
        "minions config. "
        "Exit codes: 0 answered; 1 an error; 2 wrong usage; 3 no regular answer: rounds, or a "
        "limit, were used up, and the best that is known is printed; 130 stopped by Ctrl-C, 128 "
        "and its number stopped by another signal."
    ),
)


def _show_version(*, value: bool) -> None:
    if value:
        typer.echo(f"minions {version('minions-integrations')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _minions(
    *,
    context: typer.Context,
    show_version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    del show_version
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


_COMMANDS: Mapping[str, Callable[..., None]] = {
    "ask": ask,
    "chat": chat,
    "demo": demo,
    "models": models,
    "app": open_app,
    "bench": bench,
    "config": config,
}
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
