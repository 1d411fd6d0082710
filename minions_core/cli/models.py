"""`minions models`: which models can be reached from here, and what to name them by."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from itertools import compress
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minions_core.cli.options import DebugOption, JsonOption
from minions_core.cli.screen.paper import Line, Paper
from minions_core.cli.screen.words import clean
from minions_core.clients.reachable import reachable
from minions_core.clients.specs import KEY_VARIABLES, missing_extra

if TYPE_CHECKING:
    from minions_core.clients.reachable import (
        ProviderKey,
        Reachable,
        ReachableModel,
        ReachableServer,
    )
    from minions_core.messages import Role

_COLUMNS = ("Name it by", "Parameters", "Size", "Quantization", "Window")
_ROOM_BESIDES = 52  # what the other columns take
_GIGABYTE = 1e9
_INSTALL = "pip install 'minions-integrations[{}]'"
_PYTHON_KEY = "pass `api_key` in Python, or type it in the app"
_ELSEWHERE = "runs in the cloud: what it reads leaves this machine"
_NOTHING = (
    "No model answers from here. Start a server as said above, or set a key. Without any: "
    "`minions demo`, or --local offline --remote offline, which are not language models."
)

UrlsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--url",
        metavar="URL",
        help="A further server that speaks OpenAI's API, such as http://gpu-box:8000/v1; may be "
        "given more than once.",
    ),
]


def models(
    *, urls: UrlsOption = None, as_json: JsonOption = False, debug: DebugOption = False
) -> None:
    """List the models that can be reached from here, and the keys that are set.

    Looks for Ollama (at OLLAMA_HOST or its usual port), for LM Studio, llama.cpp, vLLM and
    Tokasaurus on this machine, and at each --url. The key of a server of your own belongs in
    MINIONS_LOCAL_KEY or MINIONS_REMOTE_KEY.
    """
    del debug  # noted when it was read
    found = reachable(urls or ())
    if as_json:
        typer.echo(json.dumps(asdict(found), indent=2))
        return
    paper = Paper(Console())
    for server in found.servers:
        _show(paper, server)
    _tell_of_the_absent(paper, found)
    paper.title("Keys")
    for key in found.keys:
        paper.say(_key_line(key))
    for role, variable in KEY_VARIABLES.items():
        paper.say(_own_key_line(role, variable))
    if not found.models and not any(key.is_set for key in found.keys):
        paper.put(Text(f"\n{_NOTHING}"))


def _show(paper: Paper, server: ReachableServer) -> None:
    """A server that is there, with its models."""
    if not server.is_there:
        return
    paper.title(f"{clean(server.name)} at {clean(server.url)}", also_plain=True)
    if _fits(paper, server.models):
        paper.put(_table(server.models))
        for model in server.models:
            if model.is_remote:
                paper.say(Line(model.name, _ELSEWHERE, "yellow"))
    else:
        for model in server.models:
            _list(paper, model)
    for advice in filter(None, (server.advice, _install(server))):
        paper.say(Line(server.name, advice, "yellow"))


def _install(server: ReachableServer) -> str | None:
    """How to get the package that the models of a server are spoken to with, if it is missing."""
    extra = next(filter(None, (missing_extra(model.spec) for model in server.models)), None)
    return extra and f"its models want a package: {_INSTALL.format(extra)}"


def _fits(paper: Paper, listed: Sequence[ReachableModel]) -> bool:
    """Whether the models can be a table, in which no name to be copied is cut."""
    longest = max((len(model.spec) for model in listed), default=0)
    return paper.is_terminal and longest + _ROOM_BESIDES <= paper.console.width


def _list(paper: Paper, model: ReachableModel) -> None:
    """A model on a line of its own; on a terminal its details stand below what is to be copied."""
    details = ", ".join(filter(None, _details(model)))
    if not paper.is_terminal:
        paper.say(Line(clean(model.spec), details))
        return
    paper.put_whole(model.spec)
    paper.put(Text(clean(details), style="yellow" if model.is_remote else "dim"), indent=2)


def _table(listed: Sequence[ReachableModel]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="cyan")
    rows = [(model.spec, *_told(model)) for model in listed]
    is_known = [any(column) for column in zip(*rows, strict=True)]
    for title in compress(_COLUMNS, is_known):
        table.add_column(title, no_wrap=True, justify="right" if title == "Window" else "left")
    for model, row in zip(listed, rows, strict=True):
        cells = (Text(clean(cell or "")) for cell in compress(row, is_known))
        table.add_row(*cells, style="yellow" if model.is_remote else "")
    return table


def _told(model: ReachableModel) -> tuple[str | None, ...]:
    """Parameters, size, quantization, window; None for what is unknown."""
    size = _bytes(model.size) if model.size else None
    window = f"{model.context_window:,}" if model.context_window else None
    return model.parameters, size, model.quantization, window


def _bytes(number: int) -> str:
    gigabytes = number / _GIGABYTE
    return f"{gigabytes:.1f} GB" if gigabytes >= 1 else f"{gigabytes * 1000:.0f} MB"


def _details(model: ReachableModel) -> tuple[str | None, ...]:
    *told, window = _told(model)
    elsewhere = _ELSEWHERE if model.is_remote else None
    return *told, window and f"window of {window} tokens", elsewhere


def _tell_of_the_absent(paper: Paper, found: Reachable) -> None:
    """The places where there is nothing, and what to do about it."""
    absent = [server for server in found.servers if not server.is_there]
    if absent:
        paper.title("Not reached")
    for server in absent:
        paper.say(Line(server.name, f"{server.url}: {_for_options(server.advice)}"))


def _key_line(key: ProviderKey) -> Line:
    extra = missing_extra(key.spec)
    after = f", once you did {_INSTALL.format(extra)}" if extra else ""
    if key.is_set:
        return Line(
            key.variable, f"set; name a model {key.spec}{after}", "yellow" if extra else "green"
        )
    return Line(key.variable, f"not set; with it you can name a model {key.spec}{after}")


def _own_key_line(role: Role, variable: str) -> Line:
    is_set = bool(os.environ.get(variable))
    whom = f"goes to the server whose address --{role} names"
    return Line(variable, f"{'set' if is_set else 'not set'}; {whom}", "green" if is_set else "")


def _for_options(advice: str | None) -> str:
    """Advice on a server, in the words of the command line."""
    wanted = " or ".join(KEY_VARIABLES.values())
    return (advice or "").replace(_PYTHON_KEY, f"set {wanted}, and name a model URL#NAME")
