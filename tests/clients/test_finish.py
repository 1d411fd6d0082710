"""Why a reply ended, in the words of all providers."""

from enum import Enum, IntEnum

import pytest

from minions_core.clients.finish import finish_reason


class Word(Enum):
    MAX_TOKENS = "MAX_TOKENS"


class Number(IntEnum):
    MAX_TOKENS = 2
    SAFETY = 3


@pytest.mark.parametrize(
    "word", ["stop", "STOP", "end_turn", "tool_use", "eos_token", "COMPLETE", "", None]
)
def test_a_reply_that_came_to_its_end_stopped(word):
    assert finish_reason(word) == "stop"


@pytest.mark.parametrize(
    "word", ["length", "MAX_TOKENS", "max_output_tokens", "model_context_window_exceeded"]
)
def test_a_reply_at_a_limit_was_cut(word):
    assert finish_reason(word) == "length"


@pytest.mark.parametrize("word", ["SAFETY", "content_filter", "guardrail_intervened", "refusal"])
def test_other_words_are_another_reason(word):
    assert finish_reason(word) == "other"


@pytest.mark.parametrize(
    ("member", "reason"),
    [(Word.MAX_TOKENS, "length"), (Number.MAX_TOKENS, "length"), (Number.SAFETY, "other")],
)
def test_a_member_of_an_enumeration_is_read_by_its_name(member, reason):
    assert finish_reason(member) == reason
