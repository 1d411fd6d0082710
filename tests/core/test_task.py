"""What a task knows of its documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core import Document, MinionsConfig
from minions_core.messages import estimate_tokens
from minions_core.protocols import Task


def task_of(*texts, count=estimate_tokens):
    documents = tuple(map(Document, texts))
    return Task(question="What?", documents=documents, config=MinionsConfig(), count=count)


@given(st.text(min_size=1))
def test_characters_per_token_are_known_of_any_text(text):
    assert 0 < task_of(text).chars_per_token <= 3


@pytest.mark.parametrize("size", [33, 64, 500, 501, 4000, 100_000])
def test_the_end_of_a_text_is_sampled_with_what_stands_before_it(size):
    counted = []

    def count(text):
        counted.append(len(text))
        return len(text) // 2

    assert task_of("x" * size, count=count).chars_per_token == pytest.approx(2, rel=0.04)
    assert min(counted) == min(size, 500)


def test_rows_of_figures_are_counted_as_they_are():
    assert (
        task_of(
            "It rained. " * 900, "1 2 3 " * 900, count=lambda text: text.count(" ")
        ).chars_per_token
        == 2
    )
