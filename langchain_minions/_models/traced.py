"""The child runs of a run: one for each call of a model, of LangChain's models and of the core's.

LangChain's models report their calls themselves. A core model knows no callbacks, so `Traced` does
it in its stead, and traces look alike whichever of the two a chain was given.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    BaseCallbackManager,
    CallbackManagerForLLMRun,
    Callbacks,
)
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import LC_ID_PREFIX, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, LLMResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import (
    ensure_config,
    get_async_callback_manager_for_config,
    get_callback_manager_for_config,
)

from langchain_minions._models.messages import to_langchain, to_message
from minions_core.effects import Ask
from minions_core.messages import Reply
from minions_core.models import Model, OnText, Wrapping, sized_for

Run: TypeAlias = CallbackManagerForLLMRun | AsyncCallbackManagerForLLMRun

LABELS = tuple(LangSmithParams.__annotations__)
"""Keys of metadata that tell what model a run is of."""


def child_run(ask: Ask, config: RunnableConfig | None) -> RunnableConfig:
    """The config of a call's run: named after role and ask, as `local_job_3`.

    It is tagged `minions:local` or `minions:remote`, and `nostream`, which keeps it out of
    LangGraph's message streams. What a run above it is labelled with, where that is the run of a
    model itself, is left out: it would be taken for what this call's model is.

    Args:
        ask: the call.
        config: the config of the run it belongs to, with the callbacks of its children.
    """
    child = ensure_config(config)
    child.pop("run_id", None)
    child["callbacks"] = _unlabelled(child.get("callbacks"))
    child["run_name"] = f"{ask.role}_{ask.label}"
    child["tags"] = [*child.get("tags", ()), f"minions:{ask.role}", "nostream"]
    inherited = child.get("metadata", {})
    child["metadata"] = {
        **{key: value for key, value in inherited.items() if key not in LABELS},
        "minions_role": ask.role,
        "minions_label": ask.label,
        "lc_source": "minions",
    }
    return child


def _unlabelled(callbacks: Callbacks) -> Callbacks:
    if not isinstance(callbacks, BaseCallbackManager):
        return callbacks
    children = callbacks.copy()
    children.remove_metadata(list(LABELS))
    return children


@dataclass(frozen=True, slots=True)
class Traced(Wrapping):
    """A core model whose calls are child runs, as those of LangChain's models are.

    Each run has the prompt, the reply with its usage, and the pieces of a reply that streams. A
    call that fails or is cancelled ends in the trace with its error.

    Attributes:
        model: the model that does the work.
        config: the config of the run the calls belong to, with the callbacks of its children.
        streams: whether it may be asked to stream; if not, a reply is told of once it is whole.
    """

    config: RunnableConfig
    streams: bool = True

    def sized_for(self, tokens: int) -> Traced:
        """The model within, with room for `tokens`, under the same run."""
        return replace(self, model=sized_for(self.model, tokens))

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking, in a child run."""
        config = self._config(ask)
        manager = get_callback_manager_for_config(config)
        (run,) = manager.on_chat_model_start(**self._beginning(ask, config))
        try:
            reply = self.model.reply(ask, _told(run, on_text) if self.streams else None)
        except BaseException as error:
            run.on_llm_error(error, response=LLMResult(generations=[]))
            raise
        run.on_llm_end(self._ending(reply, run))
        return reply

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop, in a child run."""
        config = self._config(ask)
        manager = get_async_callback_manager_for_config(config)
        (run,) = await manager.on_chat_model_start(**self._beginning(ask, config))
        try:
            async with _atold(run, on_text if self.streams else None) as hear:
                reply = await self.model.areply(ask, hear)
        except BaseException as error:
            await run.on_llm_error(error, response=LLMResult(generations=[]))
            raise
        await run.on_llm_end(self._ending(reply, run))
        return reply

    def _config(self, ask: Ask) -> RunnableConfig:
        config = child_run(ask, self.config)
        labels = LangSmithParams(
            ls_provider=_provider(self.model), ls_model_name=self.name, ls_model_type="chat"
        )
        if ask.max_output_tokens is not None:
            labels["ls_max_tokens"] = ask.max_output_tokens
        config["metadata"] = {**config.get("metadata", {}), **labels}
        return config

    def _beginning(self, ask: Ask, config: RunnableConfig) -> Mapping[str, Any]:
        kind = type(_innermost(self.model))
        params: dict[str, Any] = {"_type": _provider(self.model), "model": self.name}
        if ask.max_output_tokens is not None:
            params["max_tokens"] = ask.max_output_tokens
        return {
            "serialized": {
                "lc": 1,
                "type": "not_implemented",
                "id": [*kind.__module__.split("."), kind.__name__],
                "name": kind.__name__,
            },
            "messages": [to_langchain(ask.messages)],
            "name": config.get("run_name"),
            "invocation_params": params,
            "options": {"stop": None},
            "batch_size": 1,
        }

    def _ending(self, reply: Reply, run: Run) -> LLMResult:
        message = to_message(reply, self.name, id=_message_id(run.run_id))
        return LLMResult(generations=[[ChatGeneration(message=message)]])


def _told(run: CallbackManagerForLLMRun, on_text: OnText | None) -> OnText | None:
    """`on_text`, and `run` told of each piece before it."""
    if on_text is None:
        return None

    def hear(text: str) -> None:
        run.on_llm_new_token(text, chunk=_chunk(text, run))
        on_text(text)

    return hear


@asynccontextmanager
async def _atold(
    run: AsyncCallbackManagerForLLMRun, on_text: OnText | None
) -> AsyncGenerator[OnText | None]:
    """`on_text`, and `run` told of each piece in order, whichever thread it comes from.

    The run was told of all of them when the context ends.
    """
    if on_text is None:
        yield None
        return
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[str | None] = asyncio.Queue()

    def put(text: str | None) -> None:
        loop.call_soon_threadsafe(pieces.put_nowait, text)

    def hear(text: str) -> None:
        put(text)
        on_text(text)

    async def tell() -> None:
        while (text := await pieces.get()) is not None:
            await run.on_llm_new_token(text, chunk=_chunk(text, run))

    telling = asyncio.create_task(tell())
    try:
        yield hear
    finally:
        put(None)
        await telling


def _chunk(text: str, run: Run) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content=text, id=_message_id(run.run_id)))


def _message_id(run_id: UUID) -> str:
    return f"{LC_ID_PREFIX}-{run_id}"


def _innermost(model: Model) -> Model:
    return _innermost(model.model) if isinstance(model, Wrapping) else model


def _provider(model: Model) -> str:
    """What serves a model, told by its class: `ollama` of an `OllamaClient`."""
    return type(_innermost(model)).__name__.removesuffix("Client").lower()
