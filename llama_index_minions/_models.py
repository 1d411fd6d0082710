"""LlamaIndex's LLMs as models the core can call.

What differs from one provider to the next stands here and nowhere else. A provider is known by the
name of a class among an LLM's bases (`Ollama`, `OpenAI`), so that none of their packages is
imported, and every class derived from one of them (`OpenAILike`, `AzureOpenAI`, `OpenRouter` ...)
is treated alike. LLMs of other kinds are called with messages alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass, field, replace
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, cast

from llama_index.core.constants import DEFAULT_CONTEXT_WINDOW
from llama_index.core.llms import LLM, ChatMessage, ChatResponse, CustomLLM
from llama_index.core.llms.structured_llm import StructuredLLM
from llama_index_instrumentation.dispatcher import active_instrument_tags, instrument_tags

from minions_core.clients.finish import finish_reason, marked_if_cut
from minions_core.errors import UsageError
from minions_core.messages import Reply, Usage
from minions_core.models import Model

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.messages import Role
    from minions_core.models import OnText

_INPUT_KEYS = ("prompt_tokens", "input_tokens", "prompt_token_count", "prompt_eval_count")
_OUTPUT_KEYS = ("completion_tokens", "output_tokens", "candidates_token_count", "eval_count")


def as_model(given: LLM | Model, role: Role) -> Model:
    """The model that plays `role`: an LLM of LlamaIndex wrapped, a model of the core as it is.

    Raises:
        UsageError: it is neither, or an LLM bound to an output class.
    """
    if isinstance(given, StructuredLLM):
        raise UsageError(
            f"{role}: a structured LLM writes nothing but {given.output_cls.__name__}; "
            "pass the LLM it was made from"
        )
    if isinstance(given, LLM):
        return LlamaIndexModel(given)
    if isinstance(given, Model):  # pyright: ignore[reportUnnecessaryIsInstance]  # callers may be untyped
        return given
    raise UsageError(
        f"{role}: expected an LLM of LlamaIndex or a model of minions_core, "
        f"got {type(given).__name__}"
    )


@dataclass(frozen=True, eq=False)
class LlamaIndexModel:
    """An LLM of LlamaIndex, called through its chat methods.

    The LLM is never changed: where a setting differs from its own, a copy is called. Its
    `system_prompt` is not sent, since the conversation brings a system message of its own. Calls
    carry the instrumentation tags `minions.role` and `minions.label`.

    Attributes:
        llm: the LLM, as its owner made it.
        window: the window an Ollama is called with; None for the LLM's own.
    """

    llm: LLM = field(repr=False)  # some print their keys
    window: int | None = None
    _bases: dict[asyncio.AbstractEventLoop | None, LLM] = field(
        default_factory=dict["asyncio.AbstractEventLoop | None", LLM], compare=False, repr=False
    )

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

    def sized_for(self, tokens: int) -> LlamaIndexModel:
        """For Ollama, the same model with a window of `tokens`; other LLMs cannot be resized.

        Left to itself, LlamaIndex's Ollama asks the server how long a window the model was trained
        on, and then has it reserve memory for all of that. A window its owner set stands.
        """
        if not _is_a(self.llm, "Ollama"):
            return self
        return replace(self, window=self.context_window or tokens)

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""
        llm, messages = self._called(ask, None), _messages(ask)
        with _tagged(ask):
            if on_text is not None:
                with suppress(NotImplementedError):  # an LLM that cannot stream says so
                    stream = _Stream(on_text)
                    options = _options(llm, ask, streaming=True)
                    with closing(llm.stream_chat(messages, **options)) as parts:
                        for part in parts:
                            stream.hear(part)
                    return self._checked(stream.reply, ask)
            response = llm.chat(messages, **_options(llm, ask, streaming=False))
        return self._checked(_reply(response), ask)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, in a thread if the LLM's own asynchronous methods would block the loop."""
        if _blocks(self.llm, streaming=on_text is not None):
            return await asyncio.to_thread(self.reply, ask, on_text)
        llm, messages = self._called(ask, asyncio.get_running_loop()), _messages(ask)
        with _tagged(ask):
            if on_text is not None:
                with suppress(NotImplementedError):
                    stream = _Stream(on_text)
                    options = _options(llm, ask, streaming=True)
                    async for part in await llm.astream_chat(messages, **options):
                        stream.hear(part)
                    return self._checked(stream.reply, ask)
            response = await llm.achat(messages, **_options(llm, ask, streaming=False))
        return self._checked(_reply(response), ask)

    def _called(self, ask: Ask, loop: asyncio.AbstractEventLoop | None) -> LLM:
        """The LLM to call: for Ollama, whose calls take no such options, a copy that has them."""
        if not _is_a(self.llm, "Ollama"):
            return self.llm
        update: dict[str, Any] = {}
        if self.window is not None:
            update["context_window"] = self.window
        if ask.max_output_tokens is not None:
            owners: dict[str, Any] = getattr(self.llm, "additional_kwargs", {})
            update["additional_kwargs"] = {"num_predict": ask.max_output_tokens, **owners}
        base = self._base(loop)  # as it is if nothing differs: it remembers what it asked for
        return base.model_copy(update=update) if update else base

    def _base(self, loop: asyncio.AbstractEventLoop | None) -> LLM:
        """What copies are made of: it holds the client that they and later runs share.

        Each event loop has its own, since the connections of one cannot be used in another.
        """
        for known in list(self._bases):
            if known and known.is_closed():
                self._bases.pop(known, None)
        if loop not in self._bases:
            copy = self.llm.model_copy()
            getattr(copy, "async_client" if loop else "client")
            self._bases.setdefault(loop, copy)
        return self._bases[loop]

    def _checked(self, reply: Reply, ask: Ask) -> Reply:
        """`reply`, marked if an Ollama cut the prompt without a word."""
        ours = _is_a(self.llm, "Ollama")
        return marked_if_cut(reply, ask, self.context_window) if ours else reply


class _Stream:
    """A reply that arrives in parts: usage and finish reason may come on different ones."""

    def __init__(self, on_text: OnText) -> None:
        self.reply = Reply(text="")
        self._on_text = on_text

    def hear(self, part: ChatResponse) -> None:
        whole, heard = _reply(part), self.reply
        piece = whole.text[len(heard.text) :] if part.delta is None else part.delta
        self.reply = Reply(
            text=heard.text + piece,
            usage=whole.usage or heard.usage,
            finish_reason=heard.finish_reason
            if whole.finish_reason == "stop"
            else whole.finish_reason,
            model=whole.model or heard.model,
        )
        if piece:
            self._on_text(piece)


def _is_a(llm: LLM, family: str) -> bool:
    return any(cls.__name__ == family for cls in type(llm).__mro__)


def _window(llm: LLM) -> int | None:
    window = getattr(llm, "context_window", None)
    if _is_a(llm, "Ollama"):  # its metadata asks the server when the window was left open
        return window if isinstance(window, int) and window > 0 else None
    try:
        window = llm.metadata.context_window
    except ValueError:  # an OpenAI model LlamaIndex has not heard of
        return None
    guessed = window == DEFAULT_CONTEXT_WINDOW and "context_window" not in llm.model_fields_set
    return None if guessed or window <= 0 else window


def _options(llm: LLM, ask: Ask, *, streaming: bool) -> dict[str, Any]:
    """What to pass to the chat methods besides the messages, as far as the LLM's kind takes it."""
    if _is_a(llm, "Ollama"):
        return {"format": dict(ask.schema.schema)} if ask.schema else {}
    options: dict[str, Any] = {}
    if not _is_a(llm, "OpenAI"):
        return options
    if streaming:  # without it a stream ends and tells no usage
        options["stream_options"] = {"include_usage": True}
    if ask.max_output_tokens is not None:
        options["max_tokens"] = ask.max_output_tokens
    if ask.schema and _takes_schemas(llm):
        form = {"name": ask.schema.name, "schema": dict(ask.schema.schema)}
        options["response_format"] = {"type": "json_schema", "json_schema": form}
    return options


def _takes_schemas(llm: LLM) -> bool:
    """What LLMs of OpenAI's kind say of their model and server themselves."""
    says = getattr(llm, "_should_use_structure_outputs", None)
    return callable(says) and bool(says()) and llm.metadata.is_chat_model


def _blocks(llm: LLM, *, streaming: bool) -> bool:
    method = "astream_chat" if streaming else "achat"
    # Looked up statically: the methods are wrapped, and each plain look-up makes a new object.
    return getattr_static(type(llm), method) is getattr_static(CustomLLM, method)


def _tagged(ask: Ask) -> AbstractContextManager[None]:
    tags = {"minions.role": ask.role, "minions.label": ask.label}
    return instrument_tags({**active_instrument_tags.get(), **tags})


def _messages(ask: Ask) -> list[ChatMessage]:
    return [ChatMessage(role=message.role, content=message.content) for message in ask.messages]


def _reply(response: ChatResponse) -> Reply:
    model = _get(response.raw, "model")
    return Reply(
        text=response.message.content or "",
        usage=_usage(response),
        finish_reason=finish_reason(_told_finish(response.raw)),
        model=model if isinstance(model, str) and model else None,
    )


def _usage(response: ChatResponse) -> Usage | None:
    raw, more = response.raw, _get(response, "additional_kwargs")
    told = (_get(raw, "usage"), _get(raw, "usage_metadata"), more, raw)
    return next(filter(None, map(_counts, told)), None)


def _counts(told: Any) -> Usage | None:
    sent, written = _count(told, *_INPUT_KEYS), _count(told, *_OUTPUT_KEYS)
    if not sent:  # no prompt is empty: the server did not say
        return None
    beside = _count(told, "cache_read_input_tokens")  # Anthropic counts these apart
    within = _count(_get(told, "prompt_tokens_details"), "cached_tokens")
    return Usage(
        input_tokens=sent + beside + _count(told, "cache_creation_input_tokens"),
        output_tokens=written,
        cached_input_tokens=within or beside,
    )


def _told_finish(raw: Any) -> Any:
    choices: Any = _get(raw, "choices")
    first: Any = choices[0] if choices else None
    return _get(raw, "done_reason") or _get(raw, "stop_reason") or _get(first, "finish_reason")


def _count(told: Any, *keys: str) -> int:
    values = (_get(told, key) for key in keys)
    return next((value for value in values if isinstance(value, int) and value > 0), 0)


def _get(holder: Any, key: str) -> Any:
    if isinstance(holder, Mapping):
        return cast("Mapping[str, Any]", holder).get(key)
    return getattr(holder, key, None)
