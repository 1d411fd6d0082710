"""Why a reply ended: as providers tell it, and as servers that cut prompts do not."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from minions_core.clients._shared import estimated_prompt

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.messages import FinishReason, Reply, Usage

_STOPPED = frozenset(
    {
        "stop",
        "complete",
        "end_turn",
        "eos",
        "eos_token",
        "finish_reason_unspecified",
        "function_call",
        "stop_sequence",
        "tool_calls",
        "tool_use",
    }
)
_CUT = frozenset(
    {
        "length",
        "max_output_tokens",
        "max_tokens",
        "model_context_window_exceeded",
        "model_length",
    }
)

_KEPT_HEADS = (4, 5)  # tokens Ollama keeps of the head of a prompt it cuts: num_keep, perhaps + BOS
_CUT_EXCESS = 1.25  # estimates are a quarter too high at most; those of cut prompts far more
_CUT_SHARE = 0.6  # a prompt counted below this share of the least it can be was cut
_CUT_FROM_TOKENS = 1000  # below this, chat templates and estimates blur the comparison
_CHARS_PER_TOKEN = 4
_REPEATED = re.compile(r"(\W)\1+")


def finish_reason(told: object) -> FinishReason:
    """Why a reply ended, by the word of any provider, in capitals or not; `stop` if it said none.

    For whole replies: a stream that says nothing may have broken off.

    Args:
        told: the word, or a member of an enumeration that goes by it.
    """
    said = told.name if isinstance(told, Enum) else told
    word = str(said or "stop").lower()
    if word in _CUT:
        return "length"
    return "stop" if word in _STOPPED else "other"


def marked_if_cut(reply: Reply, ask: Ask, window: int | None) -> Reply:
    """`reply`, marked `input_truncated` if the server read less of the prompt than it was sent.

    Ollama cuts a prompt that is longer than the window to about half of it and says nothing, in its
    own API and in OpenAI's; other servers have ways of their own. What gives them away is the
    number of tokens they read.

    Args:
        reply: what it answered; without a count of tokens nothing can be told.
        ask: what it was asked.
        window: the window it was asked for, in tokens; None if that was left to the server.
    """
    cut = reply.usage and reply.usage.input_tokens and _was_cut(reply.usage, ask, window)
    return replace(reply, finish_reason="input_truncated") if cut else reply


def _was_cut(usage: Usage, ask: Ask, window: int | None) -> bool:
    """Whether a prompt counted as in `usage` is what is left of a longer one.

    Either that is the very number Ollama's rule leaves, or it is far below the least the prompt can
    be (when the server's window is smaller than the one asked for).
    """
    counted = usage.input_tokens
    if counted in _left_of(window) and estimated_prompt(ask) > counted * _CUT_EXCESS:
        return True
    read = counted + usage.cached_input_tokens  # a few servers count these apart
    text = "\n".join(message.content for message in ask.messages)
    if read >= _CUT_SHARE * _least_tokens(text):
        return False
    dense = _REPEATED.sub(r"\1", text)  # vocabularies have tokens for runs of spaces and dots
    least = _least_tokens(dense)
    return least > _CUT_FROM_TOKENS and read < _CUT_SHARE * least


def _left_of(window: int | None) -> set[int]:
    """How many tokens Ollama's rule leaves of a prompt that is longer than the window."""
    return {window - max((window - kept) // 2, 1) for kept in _KEPT_HEADS} if window else set()


def _least_tokens(text: str) -> int:
    """A low estimate, whatever the script; `_CUT_SHARE` leaves room for prose of long words."""
    return len(text) // _CHARS_PER_TOKEN
