"""The runs of the calls a chat model makes, under the run of the chat model itself.

A chat model is not told everything of the call it is in: `_stream` does not know its run where
`stream` is called or a handler streams, and nothing below `invoke` knows the config. So a call is
noted in a context variable for as long as it is under way.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import AbstractContextManager, aclosing, closing, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar
from uuid import UUID, uuid4

from langchain_core.callbacks import AsyncCallbackManager, BaseCallbackManager, CallbackManager
from langchain_core.callbacks.manager import BaseRunManager
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import (
    ensure_config,
    patch_config,
    var_child_runnable_config,
)
from langchain_core.tracers import context as tracing

T = TypeVar("T")
Around: TypeAlias = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a chat model.

    Attributes:
        model: whose call it is.
        config: the config it was called with, as far as that is known.
        run: what its children run under, or None if that is not known.
        streams: the streams it opened. LangChain leaves an asynchronous one to the garbage
            collector where its own is closed early, and calls in flight would go on till then.
    """

    model: object
    config: RunnableConfig = field(default_factory=RunnableConfig)
    run: BaseCallbackManager | None = None
    streams: list[AsyncGenerator[Any]] = field(default_factory=list[AsyncGenerator[Any]])

    @property
    def children(self) -> RunnableConfig:
        """The config of its child runs."""
        config = ensure_config(self.config)
        return config if self.run is None else patch_config(config, callbacks=self.run)

    def under(self, run: BaseRunManager | None) -> Call:
        """The same call, with its run, if that is known."""
        return self if run is None else replace(self, run=_below(run, run.run_id))

    async def aclose(self) -> None:
        """Close what is still open of its streams."""
        for stream in self.streams:
            await stream.aclose()

    @contextmanager
    def under_way(self) -> Generator[None]:
        """Note it as the call of its model that is under way in this context."""
        token = _under_way.set(self)
        try:
            yield
        finally:
            _under_way.reset(token)


_under_way: ContextVar[Call | None] = ContextVar("minions_call_under_way", default=None)


def call_of(model: object) -> Call:
    """The call of `model` that is under way in this context."""
    call = _under_way.get()
    return call if call is not None and call.model is model else Call(model)


def streamed(
    model: object,
    config: RunnableConfig | None,
    manager: type[CallbackManager | AsyncCallbackManager],
) -> tuple[RunnableConfig, Call]:
    """A call that will be streamed, with its run known before it begins.

    Args:
        model: whose call it is.
        config: the config it is called with.
        manager: the kind of callback manager it needs.

    Returns:
        The config to stream with, and the call.
    """
    known = ensure_config(config)
    # Configured here and passed on: tracers that the context adds are then the same for the run
    # and its children, which a tracer needs to know the one by the other.
    handlers = manager.configure(inheritable_callbacks=known.get("callbacks"))
    run_id = known.get("run_id") or uuid4()
    known["callbacks"] = handlers
    known["run_id"] = run_id
    return known, Call(model, known, _below(handlers, run_id))


def step_by_step(pieces: Generator[T], around: Around) -> Iterator[T]:
    """A stream whose every step is made within `around`, and what is between them is not."""
    with closing(pieces):
        while True:
            with around():
                try:
                    piece = next(pieces)
                except StopIteration:
                    return
            yield piece


async def astep_by_step(pieces: AsyncGenerator[T], around: Around) -> AsyncGenerator[T]:
    """`step_by_step`, of an asynchronous stream."""
    async with aclosing(pieces):
        while True:
            with around():
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
            yield piece


@contextmanager
def inheriting(config: RunnableConfig, *, is_seen: bool) -> Generator[None]:
    """What is called within inherits `config`, whatever was inherited outside.

    Runnables over a model look there for what they were not given: a binding would put its calls
    under the run that called the chat model.

    Args:
        config: the config of the child runs.
        is_seen: whether the tracers and counters of the context may see them, too. Those of a
            config are kept off by an empty list of callbacks.
    """
    token = var_child_runnable_config.set(config)
    try:
        with nullcontext() if is_seen else _unseen():
            yield
    finally:
        var_child_runnable_config.reset(token)


@contextmanager
def _unseen() -> Generator[None]:
    import langsmith

    with langsmith.tracing_context(enabled=False):  # pyright: ignore[reportUnknownMemberType]  # some of its parameters are not typed
        tokens = [(watcher, watcher.set(None)) for watcher in _watchers()]
        try:
            yield
        finally:
            for watcher, token in tokens:
                watcher.reset(token)


def _watchers() -> list[ContextVar[Any]]:
    """Where a context keeps handlers that every run in it is given."""
    # LangChain has a way to add to these, and none to read them.
    hooks: list[tuple[Any, ...]] = getattr(tracing, "_configure_hooks", [])
    return [*dict.fromkeys([tracing.tracing_v2_callback_var, *(hook[0] for hook in hooks)])]


def _below(run: BaseRunManager | BaseCallbackManager, run_id: UUID) -> CallbackManager:
    """What runs under a run, with what it inherits."""
    manager = CallbackManager(handlers=[], parent_run_id=run_id)
    manager.set_handlers(run.inheritable_handlers)
    manager.add_tags(run.inheritable_tags)
    manager.add_metadata(run.inheritable_metadata)
    return manager
