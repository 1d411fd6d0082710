"""LangChain's models as the core's."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import aclosing, closing
from functools import reduce
from typing import Any, cast

from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.configurable import DynamicRunnable

from langchain_minions._models.by_name import model_named
from langchain_minions._models.messages import cut_reply, text_of, to_langchain, to_reply
from langchain_minions._models.open_calls import closed_if_cancelled
from langchain_minions._models.runnables import (
    Answering,
    called_once,
    changed,
    chat_models,
    cuts_in_silence,
    held_to,
    leaves_usage_out,
    limited_to,
    loaded_as,
    sampled,
    telling_usage,
    window_of,
    windowed,
)
from langchain_minions._models.traced import Traced, child_run
from minions_core.clients.finish import marked_if_cut
from minions_core.clients.refusals import Parts, Refusals, refusals_of
from minions_core.effects import Ask
from minions_core.errors import ModelError, UsageError
from minions_core.messages import Reply
from minions_core.models import Model, OnText, is_model


class LangChainModel:
    """A LangChain runnable that takes messages and answers with one, as a core `Model`.

    Chat models are held to an ask's schema where they offer structured output, kept to its reply
    length, given the window a run needs, and made to differ between samples where they are known
    to take temperature and seed. All this looks through `.bind()`, `.with_config()`,
    `.with_retry()`, `.with_fallbacks()` and configurable models, and works on copies. Any other
    runnable is asked as it is. A schema that the server refuses is left out from then on; a model
    whose `with_structured_output` raises `NotImplementedError` is never asked for one. Calling
    again after a failure is left to the core. Errors of providers pass through unchanged. A prompt
    that a server cut without a word is told by `finish_reason="input_truncated"`.

    Args:
        runnable: what answers.
        name: what to call it, for people and prices; by default the name of its chat model.
        config: the config of the run the calls belong to, with the callbacks of its children. Each
            call becomes a child run, as `child_run` tells.
        refusals: what its server does not take; by default what is known of `runnable`.
        streams: whether it may be asked to stream; if not, a reply is told of once it is whole.
    """

    def __init__(
        self,
        runnable: Answering,
        *,
        name: str | None = None,
        config: RunnableConfig | None = None,
        refusals: Refusals | None = None,
        streams: bool = True,
    ) -> None:
        self._refusals = refusals or refusals_of(runnable)
        if isinstance(runnable, DynamicRunnable):
            runnable, _ = runnable.prepare(config)
        self.runnable: Answering = changed(runnable, called_once)
        self.config = config
        self._name = name
        self._streams = streams

    @property
    def name(self) -> str:
        """The name given, or that of the chat model within, or that of the runnable."""
        return (
            self._name
            or next(map(_model_name, chat_models(self.runnable)), None)
            or str(self.runnable.get_name())
        )

    @property
    def context_window(self) -> int | None:
        """The smallest window among the chat models within, or None if one does not tell."""
        windows = [window_of(model) for model in chat_models(self.runnable)]
        known = [window for window in windows if window is not None]
        return min(known) if windows and len(known) == len(windows) else None

    @property
    def loaded_as(self) -> tuple[str, str] | None:
        """Where an Ollama is served, and its tag; None for other models."""
        return loaded_as(chat_models(self.runnable))

    def sized_for(self, tokens: int) -> LangChainModel:
        """The same model, where its window can be chosen and was not, with one for `tokens`."""
        opened = changed(self.runnable, windowed(tokens))
        return LangChainModel(
            opened,
            name=self._name,
            config=self.config,
            refusals=self._refusals,
            streams=self._streams,
        )

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking, in a child run."""
        on_text = on_text if self._streams else None

        def call(without: Parts) -> Reply:
            try:
                return self._checked(to_reply(self._answer(ask, on_text, without)), ask)
            except Exception as error:
                if cut := cut_reply(error):
                    return cut
                raise

        return self._refusals.answer(self._sent(ask, on_text), call)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop, in a child run; a cancellation ends it."""
        on_text = on_text if self._streams else None

        async def call(without: Parts) -> Reply:
            try:
                return self._checked(to_reply(await self._aanswer(ask, on_text, without)), ask)
            except Exception as error:
                if cut := cut_reply(error):
                    return cut
                raise

        return await self._refusals.aanswer(self._sent(ask, on_text), call)

    def _answer(self, ask: Ask, on_text: OnText | None, without: Parts) -> object:
        runnable = self._suited_to(ask, on_text, without)
        messages, config = to_langchain(ask.messages), child_run(ask, self.config)
        if on_text is None:
            return runnable.invoke(messages, config)
        pieces: list[Any] = []
        with closing(cast("Generator[Any]", runnable.stream(messages, config))) as stream:
            for piece in stream:
                _show(piece, on_text)
                pieces.append(piece)
        return self._joined(pieces)

    async def _aanswer(self, ask: Ask, on_text: OnText | None, without: Parts) -> object:
        runnable = self._suited_to(ask, on_text, without)
        messages = to_langchain(ask.messages)
        async with closed_if_cancelled(runnable, child_run(ask, self.config)) as config:
            if on_text is None:
                return await runnable.ainvoke(messages, config)
            chunks = cast("AsyncGenerator[Any]", runnable.astream(messages, config))
            pieces: list[Any] = []
            async with aclosing(chunks) as stream:
                async for piece in stream:
                    _show(piece, on_text)
                    pieces.append(piece)
                    _leave_if_cancelled()
            return self._joined(pieces)

    def _joined(self, pieces: Sequence[Any]) -> object:
        if not pieces:
            raise ModelError(f"{self.name} sent an empty stream", retryable=True)
        return reduce(operator.add, pieces)

    def _checked(self, reply: Reply, ask: Ask) -> Reply:
        """`reply`, marked if a server of the chat models cut the prompt without a word."""
        for model in filter(cuts_in_silence, chat_models(self.runnable)):
            reply = marked_if_cut(reply, ask, window_of(model))
        return reply

    def _sent(self, ask: Ask, on_text: OnText | None) -> Parts:
        """The parts of a call that its server may refuse, of those that are ours to leave out."""
        asks_for_usage = on_text and any(map(leaves_usage_out, chat_models(self.runnable)))
        schema: Parts = frozenset({"schema"} if ask.schema else ())
        chance: Parts = frozenset({"chance"} if ask.sample else ())
        usage: Parts = frozenset({"stream_options"} if asks_for_usage else ())
        return schema | chance | usage

    def _suited_to(self, ask: Ask, on_text: OnText | None, without: Parts) -> Answering:
        suited = self.runnable
        if ask.max_output_tokens is not None:
            suited = changed(suited, limited_to(ask.max_output_tokens))
        if ask.sample and "chance" not in without:
            suited = changed(suited, sampled(ask.sample))
        if on_text and "stream_options" not in without:
            suited = changed(suited, telling_usage)
        if ask.schema is not None and "schema" not in without:
            suited = changed(suited, held_to(ask.schema))
        return suited


def as_runnable(given: object) -> Model | Answering:
    """`given` as something to ask: a core `Model` or a runnable as it is, a name as a chat model.

    Args:
        given: a chat model, a runnable over one, a core `Model`, or a name that LangChain's
            `init_chat_model` knows, such as `openai:gpt-4o`.

    Raises:
        MissingExtra: it is a name, and `langchain`, or the provider's package, is not installed.
        ModelUnavailable: it is a name, and the provider's package makes no model of it.
        UsageError: it is none of these, or a name LangChain does not know.
    """
    if isinstance(given, str):
        return model_named(given)
    if is_model(given):
        return given
    if isinstance(given, Runnable):
        return given  # pyright: ignore[reportUnknownVariableType]  # a runnable of whatever kind
    raise UsageError(
        f"a model must be a LangChain chat model, a runnable over one, a minions_core Model or a "
        f"name such as 'openai:gpt-4o', not a {type(given).__name__}"
    )


def as_model(given: object, config: RunnableConfig | None = None, *, streams: bool = True) -> Model:
    """`given` as a core `Model` whose calls are child runs of the run `config` belongs to.

    Args:
        given: what `as_runnable` takes.
        config: the config of the child runs, or None for calls that leave no trace.
        streams: whether it may be asked to stream.

    Raises:
        MinionsError: as `as_runnable` does.
    """
    found = as_runnable(given)
    if isinstance(found, Runnable):
        calls = RunnableConfig(callbacks=[]) if config is None else config
        return LangChainModel(found, config=calls, streams=streams)
    return found if config is None else Traced(found, config, streams)


def _leave_if_cancelled() -> None:
    """Make sure of a cancellation: before Python 3.12 `asyncio.wait_for` may lose one.

    Chat models wait with it for each piece of a stream, and would read on to its end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _show(piece: object, on_text: OnText) -> None:
    if text := text_of(piece):
        on_text(text)


def _model_name(model: Any) -> str | None:
    return getattr(model, "model_name", None) or getattr(model, "model", None)
