"""What a model must be able to do, and the model that tries again.

Everything that answers an `Ask` is a model: a client of ours, a LangChain or LlamaIndex model in
its adapter, a script in a test.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from minions_core.errors import MinionsError, ModelError, ModelTimedOut, ModelUnavailable

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minions_core.effects import Ask
    from minions_core.messages import Reply

OnText: TypeAlias = Callable[[str], None]
"""Told each piece of a reply as it arrives."""


@runtime_checkable
class Model(Protocol):
    """Answers an `Ask`, blocking or not.

    Both methods raise `ModelError` for failures they understand; any other exception is taken for
    a failed call too. `on_text` is given when a stream is wanted; a model that cannot stream
    ignores it, and the whole reply is shown at once.
    """

    @property
    def name(self) -> str:
        """What the model is called, for people and for prices."""
        ...

    @property
    def context_window(self) -> int | None:
        """Tokens of prompt and reply that fit together, or None if unknown. Touches no network."""
        ...

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""
        ...

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop."""
        ...


class BlockingModel:
    """Base for models that only know how to block: `areply` runs `reply` in a thread."""

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""
        raise NotImplementedError

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer in a thread."""
        return await asyncio.to_thread(self.reply, ask, on_text)


@runtime_checkable
class Resizable(Protocol):
    """A model whose context window the caller chooses, such as one served by Ollama."""

    def sized_for(self, tokens: int) -> Model:
        """The same model with a window that holds `tokens` of prompt and reply together.

        Called once before a run, so that all its calls share one window.

        Raises:
            ContextWindowExceeded: the model cannot hold that much.
        """
        ...


def sized_for(model: Model, tokens: int) -> Model:
    """`model` with room for `tokens`, where that can be chosen; as it is elsewhere."""
    return model.sized_for(tokens) if isinstance(model, Resizable) else model


def schema_of_workers(model: Model) -> type[BaseModel] | None:
    """The `structured_output_schema` a model was made with, or None if it has none."""
    schema: type[BaseModel] | None = getattr(model, "structured_output_schema", None)
    return schema


_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """`text` with U+FFFD for every lone surrogate, which can neither be sent nor written as JSON.

    One character stands for one, so every span stays true.
    """
    return _LONE_SURROGATE.sub("\ufffd", text)


_RETRYABLE_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_FATAL_STATUS = frozenset({401, 403, 404})


def as_model_error(error: BaseException) -> ModelError:
    """Any exception of any provider as a `ModelError`, read by its shape and not by its class.

    Providers' errors carry `status_code` (openai, ollama, httpx-based SDKs) and often `response`
    with headers; time-outs and lost connections derive from the builtin ones or are named so.
    """
    if isinstance(error, ModelError):
        return error
    text = f"{type(error).__name__}: {error}"
    names = {cls.__name__ for cls in type(error).__mro__}
    status = getattr(error, "status_code", None)
    if isinstance(error, TimeoutError) or any("Timeout" in name for name in names):
        return ModelTimedOut(text)
    if isinstance(status, int) and status in _FATAL_STATUS:
        return ModelUnavailable(text)
    if isinstance(status, int) and status > 0:
        return ModelError(
            text, retryable=status in _RETRYABLE_STATUS, retry_after=_retry_after(error)
        )
    lost = isinstance(error, ConnectionError) or bool(
        names & {"APIConnectionError", "TransportError", "NetworkError", "RemoteProtocolError"}
    )
    return ModelError(text, retryable=lost)


def _retry_after(error: BaseException) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    try:
        return float(headers["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None


def _pause(seconds: float) -> None:
    time.sleep(seconds)


async def _apause(seconds: float) -> None:
    await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Retrying:
    """A model that sends a call again when its transport failed.

    Waits `first_wait` seconds, doubled at every attempt and spread by up to half at random, or as
    long as the server's Retry-After says, and never longer than `longest_wait`. A call that has
    begun to stream is not sent again, since its reader has seen the first half already.

    Attributes:
        model: the model that does the work.
        retries: how often at most a call is sent again.
        spread: a number in [0, 1), drawn anew for every wait.
        pause: waits for so many seconds, blocking; what it raises ends the call.
        apause: the same, without blocking the event loop.
    """

    model: Model
    retries: int = 3
    first_wait: float = 0.5
    longest_wait: float = 30.0
    spread: Callable[[], float] = field(default=random.random, repr=False)
    pause: Callable[[float], None] = field(default=_pause, repr=False)
    apause: Callable[[float], Awaitable[None]] = field(default=_apause, repr=False)

    @property
    def name(self) -> str:
        """The name of the model within."""
        return self.model.name

    @property
    def context_window(self) -> int | None:
        """The window of the model within."""
        return self.model.context_window

    @property
    def structured_output_schema(self) -> type[BaseModel] | None:
        """The form of a worker's reply the model within was made with."""
        return schema_of_workers(self.model)

    def sized_for(self, tokens: int) -> Retrying:
        """The model within, with room for `tokens`, and the same patience."""
        return replace(self, model=sized_for(self.model, tokens))

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking, after as many tries as are allowed."""
        watch = _Watch(on_text)
        for attempt in range(self.retries + 1):
            try:
                return self.model.reply(ask, watch.on_text)
            except Exception as error:
                self.pause(self._wait_or_raise(error, attempt, watch))
        raise AssertionError("unreachable")

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop, after as many tries as are allowed."""
        watch = _Watch(on_text)
        for attempt in range(self.retries + 1):
            try:
                return await self.model.areply(ask, watch.on_text)
            except Exception as error:
                await self.apause(self._wait_or_raise(error, attempt, watch))
        raise AssertionError("unreachable")

    def _wait_or_raise(self, error: Exception, attempt: int, watch: _Watch) -> float:
        if isinstance(error, MinionsError) and not isinstance(error, ModelError):
            raise error
        failure = as_model_error(error)
        if not failure.retryable or watch.seen or attempt == self.retries:
            if failure is error:
                raise failure
            raise failure from error
        wait = failure.retry_after
        if wait is None:
            wait = self.first_wait * 2**attempt * (1 + self.spread() / 2)
        return min(max(wait, 0.0), self.longest_wait)


class _Watch:
    """Passes text on and remembers whether there was any."""

    def __init__(self, on_text: OnText | None) -> None:
        self.seen = False
        self.on_text = self._pass_on if on_text else None
        self._next = on_text

    def _pass_on(self, text: str) -> None:
        self.seen = self.seen or bool(text)
        if self._next:
            self._next(text)
