"""Changes to the chat model inside a runnable, made on copies: the user's own is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableSequence, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase

from minions_core.effects import JsonSchema

Answering: TypeAlias = Runnable[Any, Any]
"""A runnable that takes messages and answers with one."""

_LIMIT_FIELDS = ("num_predict", "max_tokens", "max_output_tokens", "max_new_tokens")
_WINDOW_STEP = 4096
_SMALLEST_WINDOW = 8192


def chat_models(runnable: Answering) -> Iterator[BaseChatModel]:
    """The chat models inside bindings, retries and fallbacks, the first choice first."""
    if isinstance(runnable, BaseChatModel):
        yield runnable
    elif isinstance(runnable, RunnableBindingBase):
        yield from chat_models(runnable.bound)
    elif isinstance(runnable, RunnableWithFallbacks):
        for choice in runnable.runnables:
            yield from chat_models(choice)


def changed(runnable: Answering, change: Callable[[BaseChatModel], Answering]) -> Answering:
    """A copy of `runnable` with `change` made to each chat model that `chat_models` finds."""
    if isinstance(runnable, BaseChatModel):
        return change(runnable)
    if isinstance(runnable, RunnableBindingBase):
        return runnable.model_copy(update={"bound": changed(runnable.bound, change)})
    if isinstance(runnable, RunnableWithFallbacks):
        first, *others = (changed(choice, change) for choice in runnable.runnables)
        return runnable.model_copy(update={"runnable": first, "fallbacks": others})
    return runnable


def has_field(model: BaseChatModel, name: str) -> bool:
    """Whether a chat model can be told `name`, such as `num_ctx`."""
    return name in type(model).model_fields


def held_to(schema: JsonSchema) -> Callable[[BaseChatModel], Answering]:
    """The change that has a model answer in the form of `schema`, where it offers that.

    `with_structured_output` is the model, bound to the schema, and a parser. The bound model alone
    is what is wanted: it keeps text, usage and streaming, and is one run in a trace.
    """
    form = {**schema.schema, "title": schema.name}

    def hold(model: BaseChatModel) -> Answering:
        try:
            structured = model.with_structured_output(form)
        except (NotImplementedError, TypeError, ValueError):
            return model
        bound = structured.first if isinstance(structured, RunnableSequence) else None
        return bound if isinstance(bound, RunnableBindingBase) else model

    return hold


def limited_to(tokens: int) -> Callable[[BaseChatModel], BaseChatModel]:
    """The change that keeps replies to `tokens`, where a model has a field for that, or to less."""

    def limit(model: BaseChatModel) -> BaseChatModel:
        name = next((name for name in _LIMIT_FIELDS if has_field(model, name)), None)
        if name is None:
            return model
        own: int | None = getattr(model, name)
        fits = own is not None and 0 < own <= tokens
        return model if fits else model.model_copy(update={name: tokens})

    return limit


def windowed(tokens: int) -> Callable[[BaseChatModel], BaseChatModel]:
    """The change that opens an unset `num_ctx` for `tokens`, in steps of 4096, 8192 at least.

    A model without the field, or with a window of its owner's choice, stays as it is.
    """
    window = max(_SMALLEST_WINDOW, -(-tokens // _WINDOW_STEP) * _WINDOW_STEP)

    def open_window(model: BaseChatModel) -> BaseChatModel:
        unset = has_field(model, "num_ctx") and getattr(model, "num_ctx", None) is None
        return model.model_copy(update={"num_ctx": window}) if unset else model

    return open_window


def window_of(model: BaseChatModel) -> int | None:
    """Tokens of prompt and reply that fit `model`, as far as it says without a call."""
    if has_field(model, "num_ctx"):
        window: int | None = getattr(model, "num_ctx", None)
        return window
    return (model.profile or {}).get("max_input_tokens")
