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
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeGuard, runtime_checkable

from minions_core.errors import MinionsError, ModelError
from minions_core.failures import as_model_error

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

        Called once before a run, so that all its calls share one window. Where its owner chose the
        window, or the model was not trained for that much, it holds less, and `context_window`
        tells how much: the run cuts what it reads to that.
        """
        ...


def is_model(given: object) -> TypeGuard[Model]:
    """Whether `given` is a model: an object that can be asked, not a class that makes such."""
    return isinstance(given, Model) and not isinstance(given, type)


def sized_for(model: Model, tokens: int) -> Model:
    """`model` with room for `tokens`, where that can be chosen; as it is elsewhere."""
    return model.sized_for(tokens) if isinstance(model, Resizable) else model


def sized_together(
    local: Model, remote: Model, local_tokens: int, remote_tokens: int
) -> tuple[Model, Model]:
    """Both models of a run with room for what each needs.

    One model of one server in both roles is given one window, the larger: two would have the
    server load it anew at every change of roles. A resizable model tells it by `loaded_as`: where
    it is served, and what it is called there.
    """
    served = loaded_as(local)
    if served is not None and served == loaded_as(remote):
        local_tokens = remote_tokens = max(local_tokens, remote_tokens)
    return sized_for(local, local_tokens), sized_for(remote, remote_tokens)


def loaded_as(model: Model) -> tuple[str, str] | None:
    """Where a model is served and what it is called there, or None if it does not tell."""
    served: tuple[str, str] | None = getattr(model, "loaded_as", None)
    return served


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


def _pause(seconds: float) -> None:
    time.sleep(seconds)


async def _apause(seconds: float) -> None:
    await asyncio.sleep(seconds)


def _unnoticed(error: ModelError, attempt: int, wait: float) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What every model that wraps a model says of the one within.

    Attributes:
        model: the model that does the work.
    """

    model: Model

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

    @property
    def loaded_as(self) -> tuple[str, str] | None:
        """Where the model within is served, and what it is called there."""
        return loaded_as(self.model)


@dataclass(frozen=True, slots=True)
class Retrying(Wrapping):
    """A model that sends a call again when its transport failed.

    Waits `first_wait` seconds, doubled at every attempt and spread by up to half at random, or as
    long as the server's Retry-After says, and never longer than `longest_wait`. A call whose
    `on_text` was told something is not sent again, since it would be told the beginning twice. (A
    run has every attempt heard by a listener of its own, and so may retry streams too.)

    Attributes:
        model: the model that does the work.
        retries: how often at most a call is sent again.
        spread: a number in [0, 1), drawn anew for every wait.
        pause: waits for so many seconds, blocking; what it raises ends the call.
        apause: the same, without blocking the event loop.
        notice: told before every wait which error makes it necessary, how many attempts there
            were, and how many seconds it will be.
    """

    retries: int = 3
    first_wait: float = 0.5
    longest_wait: float = 30.0
    spread: Callable[[], float] = field(default=random.random, repr=False)
    pause: Callable[[float], None] = field(default=_pause, repr=False)
    apause: Callable[[float], Awaitable[None]] = field(default=_apause, repr=False)
    notice: Callable[[ModelError, int, float], None] = field(default=_unnoticed, repr=False)

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
        wait = min(max(wait, 0.0), self.longest_wait)
        self.notice(failure, attempt + 1, wait)
        return wait


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
