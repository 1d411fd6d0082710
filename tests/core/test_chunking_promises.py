"""What every chunker promises, whatever the text."""

from itertools import pairwise

import pytest
from hypothesis import strategies as st

from minions_core.chunking import (
    CHUNKERS,
    chunk_by_code,
    chunk_by_markdown,
    chunk_by_paragraph,
    chunk_by_section,
    chunk_by_tokens,
    cut,
)
from minions_core.documents import Span
from minions_core.errors import UsageError
from tests.core.cutting import always, covered, cut_words, parts, sizes, solid, texts

SIZED = {
    "section": chunk_by_section,
    "section, overlapping": lambda text, size: chunk_by_section(text, size, size // 2),
    "section, overlapping all it can": lambda text, size: chunk_by_section(text, size, size - 1),
    "section, apart": lambda text, size: chunk_by_section(text, size, 0),
    "paragraph": chunk_by_paragraph,
    "paragraph, overlapping": lambda text, size: chunk_by_paragraph(text, size, size - 1),
    "markdown": chunk_by_markdown,
    "markdown, overlapping": lambda text, size: chunk_by_markdown(text, size, size - 1),
    "tokens": lambda text, size: chunk_by_tokens(text, size, count=len),
    "tokens, overlapping": lambda text, size: chunk_by_tokens(text, size, size - 1, count=len),
    "code": chunk_by_code,
    "code, javascript": lambda text, size: chunk_by_code(text, size, "javascript"),
    "code, php": lambda text, size: chunk_by_code(text, size, "php"),
    "cut": cut,
}
OVERLAPPING = {
    "section": chunk_by_section,
    "paragraph": chunk_by_paragraph,
    "markdown": chunk_by_markdown,
    "tokens": lambda text, size, overlap: chunk_by_tokens(text, size, overlap, count=len),
}

sized = pytest.mark.parametrize("chunk", SIZED.values(), ids=SIZED.keys())
overlapping = pytest.mark.parametrize("chunk", OVERLAPPING.values(), ids=OVERLAPPING.keys())
every = pytest.mark.parametrize("name", CHUNKERS)


@sized
@always(text=texts, size=sizes)
def test_all_text_is_covered(chunk, text, size):
    assert solid(covered(text, chunk(text, size))) == solid(text)


@sized
@always(text=texts, size=sizes)
def test_no_span_is_longer_than_asked_for(chunk, text, size):
    assert max(map(len, chunk(text, size)), default=0) <= size


@sized
@always(text=texts, size=sizes)
def test_no_span_is_blank_or_outside_the_text(chunk, text, size):
    spans = chunk(text, size)
    assert all(part.strip() for part in parts(text, spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@sized
@always(text=texts, size=sizes)
def test_spans_begin_and_end_in_order(chunk, text, size):
    spans = chunk(text, size)
    assert [span.start for span in spans] == sorted({span.start for span in spans})
    assert [span.end for span in spans] == sorted({span.end for span in spans})


@sized
@always(text=texts, size=sizes)
def test_only_words_longer_than_the_size_are_cut(chunk, text, size):
    assert all(len(word) > size for word in cut_words(text, chunk(text, size)))


@overlapping
@always(text=texts, size=sizes)
def test_without_overlap_nothing_is_repeated(chunk, text, size):
    spans = chunk(text, size, 0)
    assert sum(map(len, spans)) == len({at for span in spans for at in range(span.start, span.end)})


@overlapping
@always(text=texts, size=st.integers(2, 120), data=st.data())
def test_overlap_is_never_longer_than_asked_for(chunk, text, size, data):
    overlap = data.draw(st.integers(0, size - 1))
    spans = chunk(text, size, overlap)
    assert all(a.end - b.start <= overlap for a, b in pairwise(spans))


@sized
@always(text=texts)
def test_chunking_is_repeatable(chunk, text):
    assert chunk(text, 50) == chunk(text, 50)


@pytest.mark.parametrize("chunk", CHUNKERS.values(), ids=CHUNKERS.keys())
@pytest.mark.parametrize("text", ["", " ", "\n\f\r\n\t"], ids=["empty", "space", "breaks"])
def test_blank_text_has_no_chunks(chunk, text):
    assert chunk(text) == []


@pytest.mark.parametrize("chunk", CHUNKERS.values(), ids=CHUNKERS.keys())
def test_short_text_is_one_chunk_without_the_space_around_it(chunk):
    assert chunk("\n\nAll there is.\n ") == [Span(2, 15)]


LONG = 20_000
PROVOKING = {
    "one word": "x" * LONG,
    "one space": "x" + " " * LONG + "x",
    "blank lines": "x" + "\n" * LONG + "x",
    "full stops": "." * LONG,
    "full stops and spaces": ". " * (LONG // 2),
    "quoted ends": 'A!")' * (LONG // 4),
    "gaps": ("1" + " " * 50) * (LONG // 51),
    "tabs": "\t" * LONG + "1",
    "pipes": "|" * LONG,
    "rows": "a | 1\n" * (LONG // 6),
    "columns": "ab   1   2\n" * (LONG // 11),
    "headings": "# a\n" * (LONG // 4),
    "marks": "=" * LONG,
    "page marks": "Page 1\n" * (LONG // 7),
    "page breaks": "a\f" * (LONG // 2),
    "backslashes": "\\" * LONG,
    "comments": "#c\n" * (LONG // 3),
    "brackets": "(" * LONG,
    "minus signs": "-" * LONG + "1",
    "attributes": "a" + ".b" * (LONG // 2),
    "surrogates": "\ud800 " * (LONG // 2),
    "nulls": "a\0 " * (LONG // 3),
    "quotations": "> " * (LONG // 2),
    "items": "- " * (LONG // 2),
    "list": "- a\n" * (LONG // 4),
    "fences": "```\n" * (LONG // 4),
    "references": "[a]: " * (LONG // 5),
    "braces": "{" * LONG,
    "comments that never end": "{/*" * (LONG // 3),
    "generics": "a<" * (LONG // 2),
    "signs": "-}%+" * (LONG // 4),
}


@pytest.mark.parametrize("chunk", CHUNKERS.values(), ids=CHUNKERS.keys())
@pytest.mark.parametrize("text", PROVOKING.values(), ids=PROVOKING.keys())
def test_provoking_text_is_cut_all_the_same(chunk, text):
    assert solid(covered(text, chunk(text))) == solid(text)


@pytest.mark.parametrize(
    "language", ["js", "ts", "java", "go", "rs", "c", "cpp", "cs", "rb", "php"]
)
@pytest.mark.parametrize("text", PROVOKING.values(), ids=PROVOKING.keys())
def test_provoking_text_is_cut_in_every_language(language, text):
    assert solid(covered(text, chunk_by_code(text, 3000, language))) == solid(text)


@pytest.mark.parametrize("text", PROVOKING.values(), ids=PROVOKING.keys())
def test_the_largest_overlap_makes_no_more_chunks_than_half_sizes_would(text):
    assert len(chunk_by_section(text, 300, 299)) <= 2 * len(chunk_by_section(text, 150, 0)) + 1


HUGE = 10**5000  # too long to be written out
REFUSED = [
    (0, 0, "size must be at least 1"),
    (-5, 0, "size must be at least 1"),
    pytest.param(-HUGE, 0, "size must be at least 1 .*, not a number far below", id="far below"),
    (100, -1, "overlap must be at least 0"),
    (100, 100, r"overlap \(100\) must be smaller than the size \(100\); overlap=0 always works"),
    pytest.param(100, HUGE, r"overlap \(a number beyond all texts\) must be smaller", id="huge"),
    (100.0, 0, r"must be a whole number of .*, not float: use int\(\.\.\.\)"),
    ("100", 0, "must be a whole number of .*, not str"),
    (True, 0, "must be a whole number of .*, not bool"),
    (None, 0, "must be a whole number of .*, not NoneType"),
    (100, 1.5, "must be a whole number of .*, not float"),
    (100, "9", "must be a whole number of .*, not str"),
    (100, False, "must be a whole number of .*, not bool"),
]
TAKES_A_SIZE = sorted(set(CHUNKERS) - {"chunk_by_page"})
TAKES_AN_OVERLAP = sorted(set(TAKES_A_SIZE) - {"chunk_by_code"})


@pytest.mark.parametrize("name", TAKES_AN_OVERLAP)
@pytest.mark.parametrize(("size", "overlap", "message"), REFUSED)
def test_bad_sizes_are_refused_with_a_way_out(name, size, overlap, message):
    with pytest.raises(UsageError, match=f"{name}: .*{message}"):
        CHUNKERS[name]("text", size, overlap)


@pytest.mark.parametrize("size", [0, -1, 1.0, "9", True, None], ids=repr)
def test_bad_sizes_of_code_are_refused(size):
    with pytest.raises(UsageError, match="chunk_by_code: the size must be"):
        chunk_by_code("text", size)


@pytest.mark.parametrize("name", sorted(set(TAKES_AN_OVERLAP) - {"chunk_by_section"}))
def test_only_sections_choose_an_overlap_by_themselves(name):
    with pytest.raises(UsageError, match=r"overlap must be a whole number of .*, not NoneType"):
        CHUNKERS[name]("text", 100, None)


def test_tokens_are_called_tokens():
    with pytest.raises(UsageError, match="at least 1 tokens"):
        chunk_by_tokens("text", 0)


def test_a_counter_that_is_none_is_refused():
    with pytest.raises(UsageError, match="chunk_by_tokens: count must be a function of a str"):
        chunk_by_tokens("text", count=5)


def test_a_language_that_is_no_name_is_refused():
    with pytest.raises(UsageError, match="chunk_by_code: language must be a str or None, not list"):
        chunk_by_code("text", 100, ["js"])


@pytest.mark.parametrize("name", TAKES_A_SIZE)
def test_a_size_beyond_all_texts_makes_one_chunk(name):
    assert CHUNKERS[name]("Some words. And more.\n\nAnd more.", HUGE) == [Span(0, 32)]


@every
@pytest.mark.parametrize("text", [["a", "b"], None, 3, b"bytes"], ids=repr)
def test_what_is_no_text_is_refused_by_the_name_of_the_chunker(name, text):
    with pytest.raises(UsageError, match=f"{name}: text must be one str, not"):
        CHUNKERS[name](text)


@pytest.mark.parametrize("name", TAKES_A_SIZE)
def test_an_error_does_not_repeat_what_was_passed(name):
    with pytest.raises(UsageError) as caught:
        CHUNKERS[name]("text", "the secret formula")
    assert "secret" not in str(caught.value)
