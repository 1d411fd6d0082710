"""Whether Ollama read less of a prompt than it was sent, which it does not tell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from minions_core.clients._shared import estimated_prompt

if TYPE_CHECKING:
    from minions_core.effects import Ask

_KEPT_HEADS = (4, 5)  # tokens Ollama keeps of the head of a prompt it cuts: num_keep, perhaps + BOS
_CUT_EXCESS = 1.25  # estimates are a quarter too high at most; those of cut prompts far more
_CUT_SHARE = 0.6  # a prompt counted below this share of the least it can be was cut
_CUT_FROM_TOKENS = 1000  # below this, chat templates and estimates blur the comparison
_CHARS_PER_TOKEN = 4
_REPEATED = re.compile(r"(\W)\1+")


def was_cut(counted: int, ask: Ask, window: int) -> bool:
    """Whether a server that counted `counted` tokens of a prompt read less than it was sent.

    Ollama cuts a prompt that is longer than the window to about half of it and says nothing; what
    gives it away is the number of tokens it read. Either that is the very number its rule leaves,
    or it is far below the least the prompt can be (when the server's window is smaller than the
    one asked for).
    """
    left = {window - max((window - kept) // 2, 1) for kept in _KEPT_HEADS}
    if counted in left and estimated_prompt(ask) > counted * _CUT_EXCESS:
        return True
    text = "\n".join(message.content for message in ask.messages)
    if counted >= _CUT_SHARE * _least_tokens(text):
        return False
    dense = _REPEATED.sub(r"\1", text)  # vocabularies have tokens for runs of spaces and dots
    least = _least_tokens(dense)
    return least > _CUT_FROM_TOKENS and counted < _CUT_SHARE * least


def _least_tokens(text: str) -> int:
    """A low estimate, whatever the script; `_CUT_SHARE` leaves room for prose of long words."""
    return len(text) // _CHARS_PER_TOKEN
