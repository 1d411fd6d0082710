"""The files of a command, as documents."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from minions_core.cli.screen.words import clean, counted
from minions_core.errors import UsageError

if TYPE_CHECKING:
    from minions_core.documents import Document
    from minions_core.files import PassedOver

STDIN = "-"

_ADDRESS = ("http://", "https://")
_HIDDEN = "is hidden"
_TOLD = 3

FilesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE",
        help="Text, Markdown, HTML, PDF, docx, CSV, JSON, code; folders and 'patterns/**/*.pdf'; "
        "- for standard input.",
    ),
]


def read(files: list[str], *, quiet: bool = False) -> list[Document]:
    """The documents in the files named; `-` is standard input, and comes first.

    Args:
        files: what was named.
        quiet: whether to say nothing of files in folders that are passed over.

    Raises:
        UsageError: one of them cannot be read, or is an address.
        MissingExtra: the package that reads one is not installed.
    """
    from minions_core.files import read_files

    named = [file for file in files if file != STDIN]
    for address in filter(_is_address, named):
        raise UsageError(f"{address} is no file: download it, and name the file that you get")
    passed_over: list[PassedOver] = []
    documents = read_files(named, on_passed_over=passed_over.append) if named else []
    if not quiet:
        _tell([file for file in passed_over if file.reason != _HIDDEN])
    return [_standard_input(quiet=quiet), *documents] if STDIN in files else documents


def _is_address(file: str) -> bool:
    return file.lower().startswith(_ADDRESS)


def _standard_input(*, quiet: bool) -> Document:
    from minions_core.files import document_from_bytes

    if sys.stdin.isatty():
        typer.echo("Reading standard input, up to Ctrl-D ...", err=True)
    passed_over: list[PassedOver] = []
    document = document_from_bytes(
        "standard input", sys.stdin.buffer.read(), on_passed_over=passed_over.append
    )
    if not quiet:
        _tell(passed_over)
    return document


def _tell(files: list[PassedOver]) -> None:
    for file in files[:_TOLD]:
        typer.echo(clean(f"Not read: {file.name} {file.reason}"), err=True)
    if len(files) > _TOLD:
        typer.echo(f"Not read: {counted(len(files) - _TOLD, 'file')} more", err=True)
