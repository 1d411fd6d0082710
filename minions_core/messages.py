"""The vocabulary every room shares: what is said to a model, what comes back, what it used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

Role: TypeAlias = Literal["local", "remote"]
"""Which of the two models: the one beside the data, or the one paid by the token."""

MessageRole: TypeAlias = Literal["system", "user", "assistant"]

FinishReason: TypeAlias = Literal["stop", "length", "input_truncated", "other"]
"""Why a reply ended. `input_truncated`: the server cut the prompt before the model read it."""

TokenCounter: TypeAlias = Callable[[str], int]
"""Text in, number of tokens out."""

_ASCII_CHARS_PER_TOKEN = 4.0
_OTHER_CHARS_PER_TOKEN = 1.6


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation with a model."""

    role: MessageRole
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, or of many added up.

    Attributes:
        input_tokens: tokens of the prompt, those served from a cache included.
        output_tokens: tokens of the reply, reasoning included.
        cached_input_tokens: the part of `input_tokens` the provider served from its prompt cache.
        estimated: True when a server told no counts and at least a part was counted on this side.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cached_input_tokens: int = 0
    estimated: bool = False

    @property
    def total_tokens(self) -> int:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            estimated=self.estimated or other.estimated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answered.

    Attributes:
        text: the reply, verbatim.
        usage: what the server reported, or None if it reported nothing.
        finish_reason: why the reply ended.
        model: the model's own name for itself, as used for pricing, or None if not told.
        failed: how many attempts at this reply came to nothing before, because the server refused
            a part of the call that could be left out.
        recorded: what the reply used when it was paid for, if it comes from a journal; its `usage`
            is zero then.
    """

    text: str
    usage: Usage | None = None
    finish_reason: FinishReason = "stop"
    model: str | None = None
    failed: int = 0
    recorded: Usage | None = None


def estimate_tokens(text: str) -> int:
    """The number of tokens of `text`, estimated from its characters alone.

    Four ASCII characters a token, 1.6 others: within a quarter of cl100k_base on English prose and
    tables, cautious (high) on other scripts. Used when no vocabulary is on the machine.
    """
    ascii_chars = len(text.encode("ascii", "ignore"))
    other_chars = len(text) - ascii_chars
    return round(ascii_chars / _ASCII_CHARS_PER_TOKEN + other_chars / _OTHER_CHARS_PER_TOKEN)
