import math
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from minions_core.chunking import chunk_by_tokens
from minions_core.documents import Span
from minions_core.messages import estimate_tokens
from minions_core.tokens import token_counter
from tests.core.cutting import always, covered, parts, solid, texts


def words(text):
    return len(text.split())


def dear_letters(text):
    """Three tokens for each character that is not ASCII, and a third of one for the others."""
    ascii_chars = sum(map(str.isascii, text))
    return math.ceil(ascii_chars / 3) + 3 * (len(text) - ascii_chars)


def grows_by_cutting(text):
    """A text that ends in the midst of a word counts two more."""
    return words(text) + 2 * (text[-1:].isalpha())


COUNTERS = {
    "estimate": estimate_tokens,
    "tiktoken": token_counter("gpt-4"),
    "words": words,
    "characters": len,
    "dear letters": dear_letters,
    "grows by cutting": grows_by_cutting,
}
counted = pytest.mark.parametrize("count", COUNTERS.values(), ids=COUNTERS.keys())


@counted
@always(text=texts, most=st.integers(4, 60), data=st.data())
def test_no_chunk_counts_more_than_asked_for(count, text, most, data):
    overlap = data.draw(st.integers(0, most - 1))
    spans = chunk_by_tokens(text, most, overlap, count=count)
    assert max(map(count, parts(text, spans)), default=0) <= most


@counted
@always(text=texts, most=st.integers(1, 60), data=st.data())
def test_all_text_is_covered_in_order(count, text, most, data):
    overlap = data.draw(st.integers(0, most - 1))
    spans = chunk_by_tokens(text, most, overlap, count=count)
    assert solid(covered(text, spans)) == solid(text)
    assert all(a.start < b.start and a.end < b.end for a, b in pairwise(spans))


@counted
@always(text=texts, most=st.integers(4, 60), data=st.data())
def test_no_overlap_counts_more_than_asked_for(count, text, most, data):
    overlap = data.draw(st.integers(0, most - 1))
    spans = chunk_by_tokens(text, most, overlap, count=count)
    repeated = [text[b.start : a.end] for a, b in pairwise(spans) if b.start < a.end]
    assert max(map(count, repeated), default=0) <= overlap


def test_a_character_that_counts_too_much_is_a_chunk_of_its_own():
    assert chunk_by_tokens("漢字", 2, count=dear_letters) == [Span(0, 1), Span(1, 2)]


@pytest.mark.parametrize("most", [7, 8, 40, 100, 800])
def test_text_that_counts_just_as_much_is_one_chunk(most):
    text = " ".join(["word"] * most)
    assert chunk_by_tokens(text, most, count=words) == [Span(0, len(text))]


def test_chunks_are_well_filled():
    text = "Some more words stand here. " * 4000
    fill = [words(part) / 800 for part in parts(text, chunk_by_tokens(text, count=words))]
    assert min(fill[:-1]) > 0.9


def test_sentences_are_kept_whole():
    text = " ".join(f"Sentence {number} is as long as the others." for number in range(900))
    chunks = parts(text, chunk_by_tokens(text, 90, count=words))
    assert all(part.startswith("Sentence") and part.endswith("others.") for part in chunks)


def test_an_overlap_repeats_whole_sentences():
    text = "One is here. Two is there. Three is nowhere. Four is gone."
    assert parts(text, chunk_by_tokens(text, 9, 4, count=words)) == [
        "One is here. Two is there. Three is nowhere.",
        "Three is nowhere. Four is gone.",
    ]


def test_a_table_that_fits_is_kept_whole_with_the_line_above_it():
    table = "Balance sheet\nItem | 2022 | 2023\nCash | 10 | 20\nDebt | 30 | 40"
    text = "Words before. " * 6 + "\n" + table + "\n" + "Words after. " * 6
    assert any(table in part for part in parts(text, chunk_by_tokens(text, 24, count=words)))


def test_dense_text_after_sparse_makes_smaller_chunks():
    text = "word " * 2000 + "漢字仮名" * 500
    sizes = list(map(len, chunk_by_tokens(text, 100, count=dear_letters)))
    assert sizes[0] > 200
    assert max(sizes[-5:]) <= 33


@pytest.mark.parametrize(
    "text", ["word " * 20_000, "x" * 100_000, "x\n" * 50_000, "漢字。" * 9_000]
)
@counted
def test_the_text_is_counted_a_few_times_over_and_no_more(count, text):
    seen = []

    def counting(part):
        seen.append(len(part))
        return count(part)

    assert chunk_by_tokens(text, 400, 40, count=counting)
    assert sum(seen) < 40 * len(text)
