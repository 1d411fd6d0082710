"""A chat model that knows the call it is in, whichever way it was called."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Any, cast

from langchain_core.callbacks import (
    AsyncCallbackManager,
    AsyncCallbackManagerForLLMRun,
    CallbackManager,
    CallbackManagerForLLMRun,
)
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatResult
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import ensure_config

from langchain_minions._chat.children import Call, astep_by_step, call_of, step_by_step, streamed
from langchain_minions._chat.identity import Sealed


class CallAware(BaseChatModel):
    """Notes each call as `call_of` tells it, and shows no `context` to whoever traces it."""

    def invoke(
        self,
        input: LanguageModelInput,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Answer a conversation; see the class."""
        with Call(self, ensure_config(config)).under_way():
            return super().invoke(input, config, stop=stop, **sealed(kwargs))

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AIMessage:
        """Answer a conversation without blocking the event loop; see the class."""
        with Call(self, ensure_config(config)).under_way():
            return await super().ainvoke(input, config, stop=stop, **sealed(kwargs))

    def stream(
        self,
        input: LanguageModelInput,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> Iterator[AIMessageChunk]:
        """Answer a conversation piece by piece; closing the stream cancels the run."""
        config, call = streamed(self, config, CallbackManager)
        chunks = super().stream(input, config, stop=stop, **sealed(kwargs))
        yield from step_by_step(cast("Generator[AIMessageChunk]", chunks), call.under_way)

    async def astream(
        self,
        input: LanguageModelInput,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        *,
        stop: list[str] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[AIMessageChunk]:
        """Answer a conversation piece by piece without blocking the event loop."""
        config, call = streamed(self, config, AsyncCallbackManager)
        chunks = super().astream(input, config, stop=stop, **sealed(kwargs))
        steps = cast("AsyncGenerator[AIMessageChunk]", chunks)
        try:
            async for chunk in astep_by_step(steps, call.under_way):
                yield chunk
        finally:
            await call.aclose()

    def _generate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        # The one place that knows the run even where a handler has it streamed.
        with call_of(self).under(run_manager).under_way():
            return super()._generate_with_cache(messages, stop, run_manager, **kwargs)

    async def _agenerate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        with call_of(self).under(run_manager).under_way():
            return await super()._agenerate_with_cache(messages, stop, run_manager, **kwargs)

    def _get_invocation_params(
        self, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        return super()._get_invocation_params(stop, **sealed(kwargs))

    def _get_llm_string(self, stop: list[str] | None = None, **kwargs: Any) -> str:
        return super()._get_llm_string(stop, **sealed(kwargs))


def sealed(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call with a `context` among them sealed."""
    if kwargs.get("context") is None:
        return kwargs
    return {**kwargs, "context": Sealed.of(kwargs["context"])}
