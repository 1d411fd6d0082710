"""What LLMs of LlamaIndex answered, as the core reads it, wherever an integration puts it."""

from __future__ import annotations

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, cast

from llama_index.core.llms import ChatResponse

from minions_core.clients.finish import finish_reason
from minions_core.messages import Reply, Usage

if TYPE_CHECKING:
    from minions_core.models import OnText

_INPUT_KEYS = (
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "prompt_token_count",
    "prompt_eval_count",
)
_OUTPUT_KEYS = (
    "completion_tokens",
    "output_tokens",
    "outputTokens",
    "candidates_token_count",
    "eval_count",
)
# Anthropic and Bedrock count what was read from a cache, or written to it, apart from the rest.
_READ_KEYS = ("cache_read_input_tokens", "cacheReadInputTokens")
_WRITTEN_KEYS = ("cache_creation_input_tokens", "cacheWriteInputTokens")
_CACHED_KEYS = ("cached_content_token_count", "cached_content_tokens")  # Google's, counted within
_DETAILS = ("prompt_tokens_details", "input_tokens_details")

_CHOICES = ("choices", "candidates")
_CHOICE_KEYS = ("finish_reason", "finishReason")  # vLLM puts a stop word under `stop_reason`
_FINISH_KEYS = ("done_reason", "stop_reason", "stopReason", *_CHOICE_KEYS)
# What the events of a stream bring: OpenAI's Responses have the first, Bedrock the others.
_BROUGHT = ("response", "messageStop", "metadata")


@contextmanager
def hanging_up() -> Generator[None, None, None]:
    """Have a stream that is left before its end hang up at once.

    The openai package's streams refer to themselves, LlamaIndex does not close them, and so they
    would go on, and cost, until they are collected as garbage some time.
    """
    try:
        yield
    except BaseException:
        gc.collect()
        raise


class Stream:
    """A reply that arrives in parts: usage and finish reason may come on different ones.

    Args:
        on_text: told each piece as it arrives.

    Attributes:
        reply: what was heard so far.
    """

    def __init__(self, on_text: OnText) -> None:
        self.reply = Reply(text="")
        self._on_text = on_text

    def hear(self, part: ChatResponse) -> None:
        """Take a part."""
        whole, heard = to_reply(part), self.reply
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


def to_reply(response: ChatResponse) -> Reply:
    """A response as the core reads it."""
    models = (_get(told, "model") for told in _tellers(response.raw))
    return Reply(
        text=response.message.content or "",
        usage=_usage(response),
        finish_reason=finish_reason(_told_finish(response.raw)),
        model=next((model for model in models if isinstance(model, str) and model), None),
    )


def _tellers(raw: Any) -> list[Any]:
    """A response, and what is in it if it is an event that brings one."""
    return [raw, *(_get(raw, key) for key in _BROUGHT)]


def _usage(response: ChatResponse) -> Usage | None:
    tellers = _tellers(response.raw)
    told = [_get(each, key) for each in tellers for key in ("usage", "usage_metadata")]
    told += [_get(response, "additional_kwargs"), response.raw]
    return next(filter(None, map(_counts, told)), None)


def _counts(told: Any) -> Usage | None:
    sent, written = _count(told, *_INPUT_KEYS), _count(told, *_OUTPUT_KEYS)
    if not sent:  # no prompt is empty: the server did not say
        return None
    beside = _count(told, *_READ_KEYS)
    details = (_count(_get(told, key), "cached_tokens") for key in _DETAILS)
    within = max(_count(told, *_CACHED_KEYS), *details)
    return Usage(
        input_tokens=sent + beside + _count(told, *_WRITTEN_KEYS),
        output_tokens=written + _count(told, "thoughts_token_count"),  # Google counts these apart
        cached_input_tokens=within or beside,
    )


def _told_finish(raw: Any) -> str | Enum | None:
    """The word a provider has for why the reply ended; numbers, as old clients have, are none."""
    tellers = _tellers(raw)
    words = [_get(_first(raw, many), key) for many in _CHOICES for key in _CHOICE_KEYS]
    words += [_get(each, key) for each in tellers for key in _FINISH_KEYS]
    words += [_get(_get(each, "incomplete_details"), "reason") for each in tellers]
    return next((word for word in words if isinstance(word, str | Enum) and word), None)


def _first(holder: Any, key: str) -> Any:
    values: Any = _get(holder, key)
    return values[0] if values else None


def _count(told: Any, *keys: str) -> int:
    values = (_get(told, key) for key in keys)
    return next((value for value in values if isinstance(value, int) and value > 0), 0)


def _get(holder: Any, key: str) -> Any:
    if isinstance(holder, Mapping):
        return cast("Mapping[str, Any]", holder).get(key)
    return getattr(holder, key, None)
