"""Changes to the chat model inside a runnable, made on copies: the user's own is never touched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableSequence, RunnableWithFallbacks
from langchain_core.runnables.base import RunnableBindingBase

from minions_core.clients.settings import Chance, chance_for, ollama_url, reasons, window_for
from minions_core.effects import JsonSchema

Answering: TypeAlias = Runnable[Any, Any]
"""A runnable that takes messages and answers with one."""

_LIMIT_FIELDS = ("num_predict", "max_tokens", "max_output_tokens", "max_new_tokens")
_OPENAI = "BaseChatOpenAI"
_HOSTED = ("//api.openai.com", ".azure.com")


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


def is_a(model: BaseChatModel, family: str) -> bool:
    """Whether a chat model is of a class of that name, or of one derived from it.

    Told by name, so that none of the providers' packages is imported.
    """
    return any(cls.__name__ == family for cls in type(model).__mro__)


def cuts_in_silence(model: BaseChatModel) -> bool:
    """Whether a chat model is served by what may cut prompts: Ollama, or a server of one's own."""
    return has_field(model, "num_ctx") or _is_served_elsewhere(model)


def _is_served_elsewhere(model: BaseChatModel) -> bool:
    """Whether a chat model speaks OpenAI's API to a server that is not OpenAI's."""
    client = getattr(model, "root_client", None) or getattr(model, "root_async_client", None)
    url = str(getattr(client, "base_url", ""))
    return is_a(model, _OPENAI) and not any(host in url for host in _HOSTED)


def loaded_as(models: Iterable[BaseChatModel]) -> tuple[str, str] | None:
    """Where the one Ollama among `models` is served, and its tag; None if there is not just one."""
    served = [model for model in models if has_field(model, "num_ctx")]
    if len(served) != 1:
        return None
    return ollama_url(getattr(served[0], "base_url", None)), str(getattr(served[0], "model", ""))


def called_once(model: BaseChatModel) -> BaseChatModel:
    """The change that leaves calling again after a failure to the core, which counts it.

    For models that have a field `max_retries`. Their clients hold a copy of its value: those of
    OpenAI's kind are copied too, and those a model makes when it needs them are made anew. A model
    of another kind whose client was made with it goes on trying again by itself.
    """
    if not has_field(model, "max_retries") or getattr(model, "max_retries", 0) == 0:
        return model
    once = model.model_copy(update={"max_retries": 0})
    for made in vars(once).keys() - type(once).model_fields.keys():
        del vars(once)[made]
    if is_a(model, _OPENAI):
        for root, resource in (("root_client", "client"), ("root_async_client", "async_client")):
            if client := getattr(once, root, None):
                patient: Any = client.with_options(max_retries=0)
                setattr(once, root, patient)
                setattr(once, resource, patient.chat.completions)
    return once


def leaves_usage_out(model: BaseChatModel) -> bool:
    """Whether a chat model does not ask for the usage of a stream only because nobody said so."""
    return has_field(model, "stream_usage") and getattr(model, "stream_usage", True) is None


def telling_usage(model: BaseChatModel) -> BaseChatModel:
    """The change that has a stream tell its usage: a model with a `base_url` does not by itself."""
    return model.model_copy(update={"stream_usage": True}) if leaves_usage_out(model) else model


def sampled(sample: int) -> Callable[[BaseChatModel], BaseChatModel]:
    """The change that makes samples of one prompt differ, where the model's kind is known to."""

    def draw(model: BaseChatModel) -> BaseChatModel:
        if not is_a(model, "ChatOllama") and not is_a(model, _OPENAI):
            return model
        own = Chance(getattr(model, "temperature", None), getattr(model, "seed", None))
        update: dict[str, Any] = chance_for(sample, own)._asdict()
        if reasons(str(getattr(model, "model_name", ""))):
            del update["temperature"]
        if getattr(model, "use_responses_api", False):  # it knows no seed
            del update["seed"]
        return model.model_copy(update=update)

    return draw


def held_to(schema: JsonSchema) -> Callable[[BaseChatModel], Answering]:
    """The change that has a model answer in the form of `schema`, where it offers that.

    `with_structured_output` is the model, bound to the schema, and a parser. The bound model alone
    is what is wanted: it keeps text, usage and streaming, and is one run in a trace.
    """
    form = {**schema.schema, "title": schema.name}

    def hold(model: BaseChatModel) -> Answering:
        try:
            structured = model.with_structured_output(form)
        except (NotImplementedError, LookupError, TypeError, ValueError):
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
    """The change that opens an unset `num_ctx` for `tokens`, as `window_for` says.

    A model without the field, or with a window of its owner's choice, stays as it is.
    """

    def open_window(model: BaseChatModel) -> BaseChatModel:
        if not has_field(model, "num_ctx"):
            return model
        window = window_for(tokens, chosen=getattr(model, "num_ctx", None))
        return model.model_copy(update={"num_ctx": window})

    return open_window


def window_of(model: BaseChatModel) -> int | None:
    """Tokens of prompt and reply that fit `model`, as far as it says without a call."""
    if has_field(model, "num_ctx"):
        window: int | None = getattr(model, "num_ctx", None)
        return window
    profile: Mapping[str, Any] | None = getattr(model, "profile", None)  # not before core 1.1
    return (profile or {}).get("max_input_tokens")
