"""What LLMs of LlamaIndex answered, as the core reads it, wherever an integration puts it."""

from __future__ import annotations

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from llama_index.core.llms import ChatResponse

from minions_core.clients.finish import finish_reason
from minions_core.messages import Reply, Usage

if TYPE_CHECKING:
    from minions_core.models import OnText

_INPUT_KEYS = ("prompt_tokens", "input_tokens", "prompt_token_count", "prompt_eval_count")
_OUTPUT_KEYS = ("completion_tokens", "output_tokens", "candidates_token_count", "eval_count")


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
