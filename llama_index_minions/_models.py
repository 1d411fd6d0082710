"""LlamaIndex's LLMs as models the core can call.

What differs from one provider to the next stands here and nowhere else. A provider is known by the
name of a class among an LLM's bases (`Ollama`, `OpenAI`), so that none of their packages is
imported, and every class derived from one of them (`OpenAILike`, `AzureOpenAI`, `OpenRouter` ...)
is treated alike. LLMs of other kinds are called with messages alone.
"""

from __future__ import annotations

import asyncio
import warnings
from contextlib import aclosing, closing, suppress
from dataclasses import dataclass, field, replace
from inspect import getattr_static
from typing import TYPE_CHECKING, Any

from llama_index.core.constants import DEFAULT_CONTEXT_WINDOW
from llama_index.core.llms import LLM, ChatMessage, CustomLLM
from llama_index.core.llms.structured_llm import StructuredLLM

from llama_index_minions._bases import Bases, is_a
from llama_index_minions._calls import called_for
from llama_index_minions._replies import Stream, hanging_up, to_reply
from minions_core.clients.finish import marked_if_cut
from minions_core.clients.refusals import Parts, Refusals, parts_of, refusals_of
from minions_core.clients.settings import (
    Chance,
    chance_for,
    ollama_url,
    reasons,
    response_format,
    window_for,
)
from minions_core.errors import UsageError
from minions_core.models import Model, is_model

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.messages import Reply, Role
    from minions_core.models import OnText

_OPENAI_HOSTS = ("//api.openai.com", ".azure.com")


def as_model(given: LLM | Model, role: Role) -> Model:
    """The model that plays `role`: an LLM of LlamaIndex wrapped, a model of the core as it is.

    Raises:
        UsageError: it is neither, or an LLM bound to an output class.

    Warns:
        UserWarning: an `OpenAILike` or one of its kind that nobody said is a chat model.
    """
    if isinstance(given, StructuredLLM):
        raise UsageError(
            f"{role}: a structured LLM writes nothing but {given.output_cls.__name__}; "
            "pass the LLM it was made from"
        )
    if isinstance(given, LLM):
        _warn_of_completions(given, role)
        return LlamaIndexModel(given)
    if is_model(given):
        return given
    raise UsageError(
        f"{role}: expected an LLM of LlamaIndex or a model of minions_core, "
        f"got {type(given).__name__}"
    )


@dataclass(frozen=True, eq=False)
class LlamaIndexModel:
    """An LLM of LlamaIndex, called through its chat methods.

    The LLM is never changed: where a setting differs from its own, a copy is called. What its owner
    sets later, such as a callback manager or a key, holds from the next call on. Its
    `system_prompt` is not sent, since the conversation brings a system message of its own. Calls
    carry the instrumentation tags `minions.role` and `minions.label`.

    LLMs of OpenAI's kind are called once: the core calls again after a failure, and counts it.
    They are held to a schema where they say that their server takes one; an `OpenAILike` says so by
    `should_use_structured_outputs`. A schema that a server refuses all the same is left out from
    then on. Other LLMs go on trying again by themselves, as they are made to.

    Attributes:
        llm: the LLM, as its owner made it.
        window: the window an Ollama is called with; None for the LLM's own.
    """

    llm: LLM = field(repr=False)  # some print their keys
    window: int | None = None
    _bases: Bases = field(default_factory=Bases, compare=False, repr=False)

    def __deepcopy__(self, memo: object) -> LlamaIndexModel:
        return self  # it never changes, nor does it change the LLM

    @property
    def name(self) -> str:
        """The name of the model, or of the LLM's class if it has none."""
        for attribute in ("model", "model_name"):
            name = getattr(self.llm, attribute, None)
            if isinstance(name, str) and name:
                return name
        return self.llm.class_name()

    @property
    def context_window(self) -> int | None:
        """The window the LLM was given or knows of; None if that is a default or would be asked."""
        return self.window or _window(self.llm)

    @property
    def loaded_as(self) -> tuple[str, str] | None:
        """Where an Ollama is served, and its tag; None for other LLMs."""
        if not is_a(self.llm, "Ollama"):
            return None
        return ollama_url(getattr(self.llm, "base_url", None)), self.name

    def sized_for(self, tokens: int) -> LlamaIndexModel:
        """For Ollama, the same model with a window for `tokens`; other LLMs cannot be resized.

        Left to itself, LlamaIndex's Ollama asks the server how long a window the model was trained
        on, and then has it reserve memory for all of that. A window its owner set stands.
        """
        if not is_a(self.llm, "Ollama"):
            return self
        return replace(self, window=window_for(tokens, chosen=_window(self.llm)))

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""

        def call(without: Parts) -> Reply:
            llm, messages = self._called(ask, None), _messages(ask)
            if on_text is not None:
                with suppress(NotImplementedError):  # an LLM that cannot stream says so
                    stream = Stream(on_text)
                    options = _options(llm, ask, without, streaming=True)
                    with hanging_up(), closing(llm.stream_chat(messages, **options)) as parts:
                        for part in parts:
                            stream.hear(part)
                    return self._checked(stream.reply, ask)
            options = _options(llm, ask, without, streaming=False)
            return self._checked(to_reply(llm.chat(messages, **options)), ask)

        with called_for(ask):
            return self._refusals.answer(self._sent(ask, on_text), call)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, in a thread if the LLM's own asynchronous methods would block the loop."""
        if _blocks(self.llm, streaming=on_text is not None):
            return await asyncio.to_thread(self.reply, ask, on_text)

        async def call(without: Parts) -> Reply:
            llm, messages = self._called(ask, asyncio.get_running_loop()), _messages(ask)
            if on_text is not None:
                with suppress(NotImplementedError):
                    stream = Stream(on_text)
                    options = _options(llm, ask, without, streaming=True)
                    with hanging_up():
                        async with aclosing(await llm.astream_chat(messages, **options)) as parts:
                            async for part in parts:
                                stream.hear(part)
                    return self._checked(stream.reply, ask)
            options = _options(llm, ask, without, streaming=False)
            return self._checked(to_reply(await llm.achat(messages, **options)), ask)

        with called_for(ask):
            return await self._refusals.aanswer(self._sent(ask, on_text), call)

    @property
    def _refusals(self) -> Refusals:
        return refusals_of(self.llm)

    def _sent(self, ask: Ask, on_text: OnText | None) -> Parts:
        """The parts of a call that its server may refuse."""
        options = _options(self.llm, ask, frozenset(), streaming=on_text is not None)
        return frozenset({"schema"}) if "format" in options else parts_of(options)

    def _called(self, ask: Ask, loop: asyncio.AbstractEventLoop | None) -> LLM:
        """The LLM to call: a copy, where a setting it takes no other way differs from its own."""
        if is_a(self.llm, "Ollama"):
            update = self._ollama_settings(ask)
        elif is_a(self.llm, "OpenAI"):
            update = _openai_settings(self.llm, ask)
        else:
            return self.llm
        base = self._bases.of(self.llm, loop)  # it remembers what it asked a server for
        return base.model_copy(update=update) if update else base

    def _ollama_settings(self, ask: Ask) -> dict[str, Any]:
        owners: dict[str, Any] = getattr(self.llm, "additional_kwargs", {})
        options = dict(owners)
        if ask.max_output_tokens is not None:
            options = {"num_predict": ask.max_output_tokens, **options}
        if ask.sample:
            temperature = owners.get("temperature", getattr(self.llm, "temperature", None))
            options |= chance_for(ask.sample, Chance(temperature, owners.get("seed")))._asdict()
        update: dict[str, Any] = {"additional_kwargs": options} if options != owners else {}
        return update | ({"context_window": self.window} if self.window is not None else {})

    def _checked(self, reply: Reply, ask: Ask) -> Reply:
        """`reply`, marked if a server cut the prompt without a word."""
        may_cut = is_a(self.llm, "Ollama") or _is_served_elsewhere(self.llm)
        return marked_if_cut(reply, ask, self.context_window) if may_cut else reply


def _warn_of_completions(llm: LLM, role: Role) -> None:
    """Warn of an LLM that would not chat, unless its owner chose that."""
    chats = getattr(llm, "is_chat_model", None)
    if is_a(llm, "OpenAI") and chats is False and "is_chat_model" not in llm.model_fields_set:
        warnings.warn(
            f"{role}: {type(llm).__name__} takes its model for one that does not chat, and calls "
            "/v1/completions with a prompt of its own making, since is_chat_model is not set. Make "
            "it with is_chat_model=True; or with False, if the server has no /v1/chat/completions",
            stacklevel=3,
        )


def _is_served_elsewhere(llm: LLM) -> bool:
    """Whether an LLM speaks OpenAI's API to a server that is not OpenAI's."""
    url = str(getattr(llm, "api_base", None) or getattr(llm, "azure_endpoint", None) or "")
    return is_a(llm, "OpenAI") and not any(host in url for host in _OPENAI_HOSTS)


def _openai_settings(llm: LLM, ask: Ask) -> dict[str, Any]:
    """What goes before the options of a call: the longest reply the LLM itself is set to."""
    own: int | None = getattr(llm, "max_tokens", None)
    limit = ask.max_output_tokens
    return {} if own is None or limit is None or own <= limit else {"max_tokens": limit}


def _window(llm: LLM) -> int | None:
    window = getattr(llm, "context_window", None)
    if is_a(llm, "Ollama"):  # its metadata asks the server when the window was left open
        return window if isinstance(window, int) and window > 0 else None
    try:
        window = llm.metadata.context_window
    except ValueError:  # an OpenAI model LlamaIndex has not heard of
        return None
    guessed = window == DEFAULT_CONTEXT_WINDOW and "context_window" not in llm.model_fields_set
    return None if guessed or window <= 0 else window


def _options(llm: LLM, ask: Ask, without: Parts, *, streaming: bool) -> dict[str, Any]:
    """What to pass to the chat methods besides the messages, as far as the LLM's kind takes it."""
    schema = None if "schema" in without else ask.schema
    if is_a(llm, "Ollama"):
        return {"format": dict(schema.schema)} if schema else {}
    if not is_a(llm, "OpenAI"):
        return {}
    options: dict[str, Any] = {} if "chance" in without else _chance(llm, ask)
    if streaming and "stream_options" not in without:  # a stream would end and tell no usage
        options["stream_options"] = {"include_usage": True}
    if ask.max_output_tokens is not None:
        limit = "max_completion_tokens" if "max_tokens" in without else "max_tokens"
        options[limit] = ask.max_output_tokens
    if schema and _takes_schemas(llm):
        options["response_format"] = response_format(schema)
    return options


def _chance(llm: LLM, ask: Ask) -> dict[str, Any]:
    """Temperature and seed, where samples of one prompt are to differ."""
    if not ask.sample:
        return {}
    chance = chance_for(ask.sample, Chance(getattr(llm, "temperature", None), None))
    if reasons(str(getattr(llm, "model", ""))):
        return {"seed": chance.seed}
    return {"temperature": chance.temperature, "seed": chance.seed}


def _takes_schemas(llm: LLM) -> bool:
    """What LLMs of OpenAI's kind say of their model and server themselves."""
    says = getattr(llm, "_should_use_structure_outputs", None)
    return callable(says) and bool(says()) and llm.metadata.is_chat_model


def _blocks(llm: LLM, *, streaming: bool) -> bool:
    method = "astream_chat" if streaming else "achat"
    # Looked up statically: the methods are wrapped, and each plain look-up makes a new object.
    return getattr_static(type(llm), method) is getattr_static(CustomLLM, method)


def _messages(ask: Ask) -> list[ChatMessage]:
    return [ChatMessage(role=message.role, content=message.content) for message in ask.messages]
