"""LangChain's models as the core's."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from importlib import import_module
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.config import ensure_config
from langchain_core.runnables.configurable import DynamicRunnable

from langchain_minions._messages import cut_reply, text_of, to_langchain, to_reply
from langchain_minions._runnables import (
    Answering,
    changed,
    chat_models,
    has_field,
    held_to,
    limited_to,
    window_of,
    windowed,
)
from minions_core.clients.finish import marked_if_cut
from minions_core.effects import Ask
from minions_core.errors import ContextWindowExceeded, MissingExtra, ModelError, UsageError
from minions_core.messages import Reply
from minions_core.models import Model, OnText

_FORM_REFUSED = frozenset({400, 422})


class LangChainModel:
    """A LangChain runnable that takes messages and answers with one, as a core `Model`.

    Chat models are held to an ask's schema where they offer structured output, kept to its reply
    length, and given the window a run needs. All this looks through `.bind()`, `.with_config()`,
    `.with_retry()`, `.with_fallbacks()` and configurable models, and works on copies. Any other
    runnable is asked as it is. Errors of providers pass through unchanged. A prompt that Ollama cut
    without a word is told by `finish_reason="input_truncated"`.

    Args:
        runnable: what answers.
        name: what to call it, for people and prices; by default the name of its chat model.
        config: the config of the run the calls belong to, with the callbacks of its children. Each
            call becomes a child run named after role and ask (`local_job_3`), tagged
            `minions:local` or `minions:remote` and `nostream`, which keeps workers' tokens out of
            LangGraph's message streams.
    """

    def __init__(
        self,
        runnable: Answering,
        *,
        name: str | None = None,
        config: RunnableConfig | None = None,
    ) -> None:
        if isinstance(runnable, DynamicRunnable):
            runnable, _ = runnable.prepare(config)
        self.runnable: Answering = runnable
        self.config = config
        self._name = name
        self._refuses_forms = False

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

    def sized_for(self, tokens: int) -> LangChainModel:
        """The same model, where its window can be chosen and was not, with one for `tokens`.

        Raises:
            ContextWindowExceeded: its owner chose a smaller `num_ctx`, and the server would cut
                prompts to it without a word.
        """
        opened = changed(self.runnable, windowed(tokens))
        sized = LangChainModel(opened, name=self._name, config=self.config)
        for model in chat_models(opened):
            window: int | None = getattr(model, "num_ctx", None)
            if window is not None and window < tokens:
                raise ContextWindowExceeded(
                    f"num_ctx={window} of {self.name} does not hold the {tokens} tokens of one "
                    "call: leave num_ctx unset, or raise it, or read shorter chunks"
                )
        return sized

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking, in a child run."""
        try:
            return self._checked(to_reply(self._answer(ask, on_text)), ask)
        except Exception as error:
            if cut := cut_reply(error):
                return cut
            if not _may_be_the_form(ask, error):
                raise
        reply = self.reply(replace(ask, schema=None), on_text)
        self._refuses_forms = True
        return reply

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop, in a child run."""
        try:
            return self._checked(to_reply(await self._aanswer(ask, on_text)), ask)
        except Exception as error:
            if cut := cut_reply(error):
                return cut
            if not _may_be_the_form(ask, error):
                raise
        reply = await self.areply(replace(ask, schema=None), on_text)
        self._refuses_forms = True
        return reply

    def _answer(self, ask: Ask, on_text: OnText | None) -> object:
        runnable, messages, config = self._prepared(ask)
        if on_text is None:
            return runnable.invoke(messages, config)
        pieces: list[Any] = []
        for piece in runnable.stream(messages, config):
            _show(piece, on_text)
            pieces.append(piece)
        return self._joined(pieces)

    async def _aanswer(self, ask: Ask, on_text: OnText | None) -> object:
        runnable, messages, config = self._prepared(ask)
        if on_text is None:
            return await runnable.ainvoke(messages, config)
        pieces: list[Any] = []
        async for piece in runnable.astream(messages, config):
            _show(piece, on_text)
            pieces.append(piece)
        return self._joined(pieces)

    def _joined(self, pieces: Sequence[Any]) -> object:
        if not pieces:
            raise ModelError(f"{self.name} sent an empty stream", retryable=True)
        return reduce(operator.add, pieces)

    def _checked(self, reply: Reply, ask: Ask) -> Reply:
        """`reply`, marked if an Ollama among the chat models cut the prompt without a word."""
        for model in chat_models(self.runnable):
            if has_field(model, "num_ctx"):
                reply = marked_if_cut(reply, ask, window_of(model))
        return reply

    def _prepared(self, ask: Ask) -> tuple[Answering, list[BaseMessage], RunnableConfig]:
        return self._suited_to(ask), to_langchain(ask.messages), self._run(ask)

    def _suited_to(self, ask: Ask) -> Answering:
        suited = self.runnable
        if ask.max_output_tokens is not None:
            suited = changed(suited, limited_to(ask.max_output_tokens))
        if ask.schema is not None and not self._refuses_forms:
            suited = changed(suited, held_to(ask.schema))
        return suited

    def _run(self, ask: Ask) -> RunnableConfig:
        config = ensure_config(self.config)
        config["run_name"] = f"{ask.role}_{ask.label}"
        config["tags"] = [*config.get("tags", ()), f"minions:{ask.role}", "nostream"]
        config["metadata"] = {
            **config.get("metadata", {}),
            "minions_role": ask.role,
            "minions_label": ask.label,
            "lc_source": "minions",
        }
        return config


def as_runnable(given: object) -> Model | Answering:
    """`given` as something to ask: a core `Model` or a runnable as it is, a name as a chat model.

    Args:
        given: a chat model, a runnable over one, a core `Model`, or a name that LangChain's
            `init_chat_model` knows, such as `openai:gpt-4o`.

    Raises:
        MissingExtra: it is a name, and the `langchain` package is not installed.
        UsageError: it is none of these.
    """
    if isinstance(given, str):
        return _init_chat_model()(given)
    if isinstance(given, Runnable | Model):
        return given  # pyright: ignore[reportUnknownVariableType]  # a runnable of whatever kind
    raise UsageError(
        f"a model must be a LangChain chat model, a runnable over one, a minions_core Model or a "
        f"name such as 'openai:gpt-4o', not a {type(given).__name__}"
    )


def as_model(given: object, config: RunnableConfig | None = None) -> Model:
    """`given` as a core `Model` whose calls are child runs of the run `config` belongs to.

    Raises:
        MissingExtra: it is a name, and the `langchain` package is not installed.
        UsageError: it is neither a runnable nor a `Model` nor a name.
    """
    found = as_runnable(given)
    return LangChainModel(found, config=config) if isinstance(found, Runnable) else found


def _init_chat_model() -> Callable[[str], Answering]:
    try:
        make: Callable[[str], Answering] = import_module("langchain.chat_models").init_chat_model
    except ImportError as error:
        raise MissingExtra("langchain") from error
    return make


def _may_be_the_form(ask: Ask, error: Exception) -> bool:
    """Whether a server turned the call down perhaps only because it cannot hold to a schema."""
    return ask.schema is not None and getattr(error, "status_code", None) in _FORM_REFUSED


def _show(piece: object, on_text: OnText) -> None:
    if text := text_of(piece):
        on_text(text)


def _model_name(model: Any) -> str | None:
    return getattr(model, "model_name", None) or getattr(model, "model", None)
