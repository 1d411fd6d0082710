"""What the shell offers where a model is to be named, and how bash comes by it."""

from __future__ import annotations

import io
from collections.abc import Callable, MutableMapping, Sequence
from contextlib import redirect_stdout

from minions_core.clients.specs import OFFLINE

_PATIENCE = 0.5  # seconds; whoever pressed Tab waits
_PRICED = ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini")
_OLLAMA = "ollama:"
_FORMS = (
    OFFLINE,
    *(f"openai:{name}" for name in _PRICED),
    "together:",
    "tokasaurus:",
    "http://127.0.0.1:",
)
_SERVED = (_OLLAMA, "tokasaurus:", "http://")


def complete_models(incomplete: str) -> list[str]:
    """Specs that begin so, those of models that servers on this machine list among them."""
    asked = any(form.startswith(incomplete) or incomplete.startswith(form) for form in _SERVED)
    served = _served() if asked else []
    pulled = any(spec.startswith(_OLLAMA) for spec in served)
    offered = [*served, *(() if pulled else (_OLLAMA,)), *_FORMS]
    return [spec for spec in offered if spec.startswith(incomplete)]


def complete_prices(incomplete: str) -> list[str]:
    """Names of models that have a price."""
    return [name for name in _PRICED if name.startswith(incomplete)]


def _served() -> list[str]:
    from minions_core.clients.reachable import reachable

    return [model.spec for model in reachable(seconds=_PATIENCE).models]


def asked_by_bash(environ: MutableMapping[str, str]) -> bool:
    """Whether this process was started by bash to complete a command line."""
    return environ.get("_MINIONS_COMPLETE") == "complete_bash" and "COMP_WORDS" in environ


def complete_in_bash(environ: MutableMapping[str, str], complete: Callable[[], None]) -> None:
    """Complete a word with colons in it, which bash parts there and wants the rest of alone.

    Args:
        environ: the environment bash set; its words are put together in it.
        complete: reads the environment and prints what fits, a line for each.
    """
    words, place = _whole(environ["COMP_WORDS"].split("\n"), int(environ["COMP_CWORD"]))
    environ.update(COMP_WORDS="\n".join(words), COMP_CWORD=str(place))
    known = words[place].rfind(":") + 1
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            complete()
    finally:
        for line in printed.getvalue().splitlines():
            print(line[known:])  # noqa: T201 - what bash reads


def _whole(parts: Sequence[str], place: int) -> tuple[list[str], int]:
    """Words as they were typed, and which of them is being completed."""
    words: list[str] = []
    places: list[int] = []
    is_open = False
    for part in parts:
        is_colon = set(part) == {":"}
        if words and part and (is_open or is_colon):
            words[-1] += part
        else:
            words.append(part)
        places.append(len(words) - 1)
        is_open = is_colon
    return words, places[min(place, len(places) - 1)]
