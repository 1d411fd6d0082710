"""What went wrong, told in one line, in the words of the command line, with an exit code."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup

from minions_core.cli.screen.bill import tokens_told
from minions_core.cli.screen.words import clean, counted, dollars
from minions_core.cli.stopping import ended_by_signals, exit_code
from minions_core.clients.specs import KEY_VARIABLES
from minions_core.errors import MinionsError, ModelError
from minions_core.failures import masked

if TYPE_CHECKING:
    from minions_core.result import MinionsResult

FAILED: Final = 1
WRONG_USAGE: Final = 2
NO_ANSWER: Final = 3

_HELP = "--help lists what there is"
_NO_VARIABLE = re.compile(r"\bcheck api_key\b")
_OPTIONS: Mapping[str, str] = {
    r"budget\.cost": "--max-cost",
    r"budget\.remote_tokens": "--max-tokens",
    r"\bprice_as\b": "--price-as",
    r"\bpreview shows\b": "--preview shows",
    r"privacy='(\w+)'": r"--privacy \1",
    r"use Minions, which reads in chunks, set overflow='search', or enlarge the window": (
        "use --protocol minions, which reads in chunks, or a local model that holds more"
    ),
    r" or (pass )?api_key\b": "",
    r"pass the base_url it listens at": "set OLLAMA_HOST to where it listens",
    r"Start it, or pass its base_url": "Start it, or mend the address in --local or --remote",
    r"task is empty: pass the question as a string": "the question is empty",
    r"\bbase_url ends\b": "its address ends",
    r"OpenAICompatibleClient, or your framework's client for such servers": (
        "http://HOST:PORT/v1#NAME"
    ),
    r"pass a larger timeout, or let fewer calls wait for it at once": (
        "it may be loading the model: try again, or take a smaller one"
    ),
}
"""What the core says of its own arguments, and what that is on the command line."""


class WrongUsage(typer.TyperException):
    """The command line or a settings file cannot be understood; told before anything is done."""

    exit_code = WRONG_USAGE


class OneLineErrors(TyperGroup):
    """Commands whose errors are one line, on the error stream, with advice.

    Exit codes: 0 done, 1 an error, 2 wrong usage, 3 no regular answer, 130 stopped by Ctrl-C, 128
    and its number stopped by another signal.
    """

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> Any:
        """Run a command line; ends the process with its exit code in `standalone_mode`."""
        shared = {"debug": False}
        given = (args, prog_name, complete_var, False, windows_expand_args)
        try:
            code = super().main(*given, obj=shared, **extra)
        except Exception as error:
            if not standalone_mode or shared["debug"]:
                raise
            code = _told(error)
        if standalone_mode:
            raise SystemExit(code or 0)
        return code

    def invoke(self, ctx: Any) -> Any:
        """Run a command; Ctrl-C and signals end it with a word on what is kept."""
        try:
            with ended_by_signals():
                return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            typer.echo(stopped_line(getattr(stop, "partial", None)), err=True)
            raise typer.Exit(exit_code(stop)) from None


def _told(error: Exception) -> int:
    """Tell of an error in a line and return the exit code."""
    typer.echo(error_line(error), err=True)
    return error.exit_code if isinstance(error, typer.TyperException) else FAILED


def error_line(error: Exception) -> str:
    """What went wrong, what to do about it, and what was spent before, in one line."""
    if isinstance(error, WrongUsage):
        return f"Error: {_one_line(error.message)}"
    if isinstance(error, typer.TyperException):
        told = error.format_message().replace("Value error, ", "")
        return f"Error: {_one_line(told).rstrip('.')} ({_HELP})"
    if isinstance(error, MinionsError):
        spent = error.partial and _spent(error.partial)
        return f"Error: {_one_line(_advised(error))}" + (f" ({spent})" if spent else "")
    told = _one_line(f"{type(error).__name__}: {error}")
    return f"Error: {told} (--debug shows where)"


def stopped_line(partial: MinionsResult | None) -> str:
    """That a run was stopped, and what was spent on it."""
    spent = partial and _spent(partial)
    return f"Stopped {spent}." if spent else "Stopped."


def in_options(text: str) -> str:
    """What the core said, with its arguments called by their options."""
    for said, meant in _OPTIONS.items():
        text = re.sub(said, meant, text)
    return text


def _advised(error: MinionsError) -> str:
    """What went wrong, with the variable that holds the key of a server whose role is known."""
    told = in_options(str(error))
    if not isinstance(error, ModelError) or error.role is None:
        return told
    return _NO_VARIABLE.sub(f"set {KEY_VARIABLES[error.role]} to one it takes", told)


def _spent(partial: MinionsResult) -> str:
    """What a run that broke off has used of the remote model; nothing if it was never called."""
    ledger = partial.ledger
    if not ledger.remote.calls:
        return ""
    usage, calls = ledger.remote.usage, counted(ledger.remote.calls, "remote call")
    about = "about " if usage.estimated else ""
    cost = f", {about}{dollars(ledger.cost)}" if ledger.cost is not None else ""
    return f"after {calls}: {tokens_told(usage)}{cost}"


def _one_line(text: str) -> str:
    return " ".join(clean(masked(text)).split())
