"""Calls that are cancelled: closed in a trace, where LangChain leaves them open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    BaseCallbackHandler,
    Callbacks,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import LLMResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.base import RunnableBindingBase
from langchain_core.runnables.config import get_async_callback_manager_for_config, merge_configs

from langchain_minions._models.runnables import Answering


@asynccontextmanager
async def closed_if_cancelled(
    runnable: Answering, config: RunnableConfig
) -> AsyncGenerator[RunnableConfig]:
    """The config to call `runnable` with, so that no call of a model stays open if cancelled.

    A chat model that is cancelled in `ainvoke` tells its handlers nothing. Those calls that it has
    not closed by itself end with the cancellation.

    Args:
        runnable: what is called in the context.
        config: the config of its run.
    """
    manager = get_async_callback_manager_for_config(config)
    calls = _OpenCalls()
    manager.handlers.insert(0, calls)  # the first to know what ended
    manager.inheritable_handlers.insert(0, calls)
    watched: RunnableConfig = {**config, "callbacks": manager}
    try:
        yield watched
    except asyncio.CancelledError as error:
        own = (RunnableConfig(callbacks=callbacks) for callbacks in _own_callbacks(runnable))
        told = get_async_callback_manager_for_config(merge_configs(watched, *own))
        with suppress(Exception):  # what a handler raises must not take the cancellation's place
            await calls.close(error, told.handlers)
        raise


class _OpenCalls(BaseCallbackHandler):
    """Keeps which calls of chat models are open, of those made in the event loop.

    A call made in a thread goes on after a cancellation, and is closed there.
    """

    run_inline = True

    def __init__(self) -> None:
        self._parents: dict[UUID, UUID | None] = {}

    def on_chat_model_start(
        self, *_: Any, run_id: UUID, parent_run_id: UUID | None = None, **__: Any
    ) -> None:
        with suppress(RuntimeError):  # no event loop here
            asyncio.get_running_loop()
            self._parents[run_id] = parent_run_id

    def on_llm_end(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self._parents.pop(run_id, None)

    def on_llm_error(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self._parents.pop(run_id, None)

    async def close(self, error: BaseException, handlers: Iterable[BaseCallbackHandler]) -> None:
        """Tell `handlers` that the calls still open ended with `error`."""
        runs = [
            AsyncCallbackManagerForLLMRun(
                run_id=run_id,
                handlers=list(handlers),
                inheritable_handlers=[],
                parent_run_id=parent,
            )
            for run_id, parent in self._parents.items()
        ]
        ended = LLMResult(generations=[])
        await asyncio.gather(*(run.on_llm_error(error, response=ended) for run in runs))


def _own_callbacks(runnable: Answering) -> Iterator[Callbacks]:
    """The callbacks of a chat model and of the bindings around it.

    Those of fallbacks are left out: nothing tells which of the choices was being called.
    """
    if isinstance(runnable, BaseChatModel):
        yield runnable.callbacks
    elif isinstance(runnable, RunnableBindingBase):
        yield runnable.config.get("callbacks")
        yield from _own_callbacks(runnable.bound)
