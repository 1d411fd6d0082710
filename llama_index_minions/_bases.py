"""What calls are made with: copies of an LLM, which hold clients of their own."""

from __future__ import annotations

import threading
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from llama_index.core.llms import LLM

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

# Fields a client is not made of. One that is missing here costs a new client when it changes; one
# too many would have calls go on with a client that is out of date.
_OF_CALLS = frozenset(LLM.model_fields) | {
    "additional_kwargs",
    "context_window",
    "max_retries",
    "max_tokens",
    "model",
    "temperature",
}
_CLIENTS = ("_client", "_aclient", "_async_client")


class _Base(NamedTuple):
    """A copy of an LLM, and the fields the LLM had when it was made."""

    llm: LLM
    fields: dict[str, Any]


class Bases:
    """Copies of one LLM, of OpenAI's kind or an Ollama, that calls and later runs share.

    A copy follows its LLM: when a field of that was set or filled anew, another copy is made, with
    the same client unless the client was made of that field. Each event loop has a copy of its own,
    since the connections of one cannot be used in another.
    """

    def __init__(self) -> None:
        self._known: dict[AbstractEventLoop | None, _Base] = {}
        self._lock = threading.Lock()

    def __contains__(self, loop: object) -> bool:
        """Whether there is a copy for an event loop."""
        return loop in self._known

    def of(self, llm: LLM, loop: AbstractEventLoop | None) -> LLM:
        """The copy for calls on an event loop, or for blocking ones from any thread."""
        with self._lock:
            for known in [each for each in self._known if each and each.is_closed()]:
                del self._known[known]
            base = self._known.get(loop)
            if base is None or base.fields != vars(llm):
                base = self._known[loop] = _made(llm, base, is_async=loop is not None)
            return base.llm


def is_a(llm: LLM, family: str) -> bool:
    """Whether a class among an LLM's bases goes by the name of `family`."""
    return any(cls.__name__ == family for cls in type(llm).__mro__)


def _made(llm: LLM, before: _Base | None, *, is_async: bool) -> _Base:
    fields = {name: _kept(value) for name, value in vars(llm).items()}
    own = llm.model_copy(update={} if is_a(llm, "Ollama") else {"max_retries": 0})
    for name in _CLIENTS:
        if hasattr(own, name):
            setattr(own, name, _client(own, name, before, fields))
    if is_a(llm, "Ollama"):
        getattr(own, "async_client" if is_async else "client")
    else:
        getattr(own, "_get_aclient" if is_async else "_get_client")()
    return _Base(own, fields)


def _client(own: LLM, name: str, before: _Base | None, fields: dict[str, Any]) -> Any:
    """The client a copy begins with; None where it is to make one of its fields."""
    if before is not None:
        same = _of_clients(before.fields) == _of_clients(fields)
        return getattr(before.llm, name) if same else None
    given: Any = getattr(own, name)  # made before with patience of its own, or given
    return given.with_options(max_retries=0) if given and is_a(own, "OpenAI") else given


def _of_clients(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _OF_CALLS}


def _kept(value: Any) -> Any:
    """A value as it is now, whatever is put into it later."""
    return copy(value) if type(value) in {dict, list} else value
