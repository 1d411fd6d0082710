import re
import textwrap
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minions_core.chunking import (
    CHUNKERS,
    chunk_by_code,
    chunk_by_page,
    chunk_by_paragraph,
    chunk_by_section,
    cut,
)
from minions_core.documents import Span
from minions_core.errors import UsageError

WORDS = [
    "a",
    "Results",
    "1,234",
    "The end.",
    "Mr. Smith",
    "x" * 40,
    "漢字。文",
    "naïve",
    "É.",
    "def",
]
BREAKS = [
    " ",
    "  ",
    "\n",
    "\r\n",
    "\n\n",
    "\f",
    "\t",
    "\n# Title\n",
    "\nItem 1. Business\n\n",
    "\u2028",
]
ROWS = [
    "\na | b\n1 | 2\n",
    "\nCash    1  2\nDebt    3  4\n",
    "\nANN: hello there\n",
    "\nPage 3\n",
    "  def f():\n",
]

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS + BREAKS + ROWS)).map("".join),
    st.lists(st.sampled_from(WORDS + BREAKS + ROWS), min_size=30).map("".join),
)
sizes = st.integers(1, 120)

SIZED = {
    "section": chunk_by_section,
    "section, overlapping": lambda text, size: chunk_by_section(text, size, size // 2),
    "section, overlapping all it can": lambda text, size: chunk_by_section(text, size, size - 1),
    "section, apart": lambda text, size: chunk_by_section(text, size, 0),
    "paragraph": chunk_by_paragraph,
    "paragraph, overlapping": lambda text, size: chunk_by_paragraph(text, size, size - 1),
    "code": chunk_by_code,
    "cut": cut,
}
SIZED["section"] = lambda text, size: chunk_by_section(text, size, min(20, size - 1))

sized = pytest.mark.parametrize("chunk", SIZED.values(), ids=SIZED.keys())


def always(**strategies):
    """Holds for every example; never timed."""
    return lambda test: settings(deadline=None, max_examples=50)(given(**strategies)(test))


def parts(text, spans):
    return [text[span.start : span.end] for span in spans]


def covered(text, spans):
    """The characters of `text` that stand in some span, in order."""
    inside = sorted({at for span in spans for at in range(span.start, span.end)})
    return "".join(text[at] for at in inside)


def cut_words(text, spans):
    """The words that a span begins or ends within; a full stop of Chinese ends a word, too."""
    edges = {edge for span in spans for edge in (span.start, span.end)}
    stops = {stop.end() for stop in re.finditer("[。！？]", text)}  # noqa: RUF001, as documents have them
    return [
        word[0]
        for word in re.finditer(r"\S+", text)
        if (edges - stops) & set(range(word.start() + 1, word.end()))
    ]


def solid(text):
    return "".join(text.split())


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


@always(text=texts, size=sizes)
def test_without_overlap_nothing_is_repeated(text, size):
    spans = chunk_by_section(text, size, 0)
    assert sum(map(len, spans)) == len({at for span in spans for at in range(span.start, span.end)})


@always(text=texts, size=st.integers(2, 120), data=st.data())
def test_overlap_is_never_longer_than_asked_for(text, size, data):
    overlap = data.draw(st.integers(0, size - 1))
    spans = chunk_by_section(text, size, overlap)
    assert all(a.end - b.start <= overlap for a, b in pairwise(spans))


@always(text=texts)
def test_pages_cover_all_text_in_order_and_apart(text):
    spans = chunk_by_page(text)
    assert solid("".join(parts(text, spans))) == solid(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(part.strip() for part in parts(text, spans))


@always(text=texts)
def test_chunking_is_repeatable(text):
    assert chunk_by_section(text, 50, 10) == chunk_by_section(text, 50, 10)


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
}


@pytest.mark.parametrize("chunk", CHUNKERS.values(), ids=CHUNKERS.keys())
@pytest.mark.parametrize("text", PROVOKING.values(), ids=PROVOKING.keys())
def test_provoking_text_is_cut_all_the_same(chunk, text):
    assert solid(covered(text, chunk(text))) == solid(text)


@pytest.mark.parametrize("text", PROVOKING.values(), ids=PROVOKING.keys())
def test_the_largest_overlap_makes_no_more_chunks_than_half_sizes_would(text):
    assert len(chunk_by_section(text, 300, 299)) <= 2 * len(chunk_by_section(text, 150, 0)) + 1


@pytest.mark.parametrize(
    "chunk", [chunk_by_section, chunk_by_paragraph], ids=["section", "paragraph"]
)
@pytest.mark.parametrize(
    ("size", "overlap", "message"),
    [
        (0, 0, "size must be at least 1"),
        (-5, 0, "size must be at least 1"),
        (100, -1, "overlap must be at least 0"),
        (
            100,
            100,
            r"overlap \(100\) must be smaller than the size \(100\); overlap=0 always works",
        ),
        (100.0, 0, r"whole number of characters, not float: use int\(\.\.\.\)"),
        ("100", 0, "whole number of characters, not str"),
        (True, 0, "whole number of characters, not bool"),
        (100, None, "whole number of characters, not NoneType"),
    ],
)
def test_bad_sizes_are_refused_with_a_way_out(chunk, size, overlap, message):
    with pytest.raises(UsageError, match=message):
        chunk("text", size, overlap)


@pytest.mark.parametrize("name", CHUNKERS)
def test_what_is_no_text_is_refused_by_the_name_of_the_chunker(name):
    with pytest.raises(UsageError, match=f"{name}: text must be one str, not list"):
        CHUNKERS[name](["a", "b"])


def test_an_error_does_not_repeat_what_was_passed():
    with pytest.raises(UsageError) as caught:
        chunk_by_section("text", "the secret formula")
    assert "secret" not in str(caught.value)


def test_sections_begin_at_headings():
    text = "# One\n\n" + "First. " * 10 + "\n\n# Two\n\n" + "Second. " * 10
    assert [part[:5] for part in parts(text, cut(text, 110))] == ["# One", "# Two"]


def test_no_chunk_ends_in_a_heading():
    text = "Some words here. " * 5 + "\n\n# Results\n\n" + "More words here. " * 5
    assert [part[:9] for part in parts(text, cut(text, 100))] == ["Some word", "# Results"]


def test_sections_are_cut_at_blank_lines_rather_than_at_lines():
    text = "one one.\ntwo two.\n\nthree.\nfour four four."
    assert parts(text, cut(text, 30)) == ["one one.\ntwo two.", "three.\nfour four four."]


def test_a_line_that_ends_a_sentence_is_a_better_place_than_one_amid_it():
    text = "The first sentence.\nThe second sentence goes\non and on and on and on."
    assert parts(text, cut(text, 48))[0] == "The first sentence.\nThe second sentence goes"
    assert parts(text, cut(text, 30))[0] == "The first sentence."


@pytest.mark.parametrize(
    "sentence",
    [
        "It was Mr. Smith who came.",
        "See No. 5 of the list.",
        "J. Smith came.",
        "It has 2. Good ones.",
    ],
)
def test_abbreviations_and_enumerators_do_not_end_sentences(sentence):
    before = "First it rained for a long time."
    text = f"{before} {sentence} Then the sun came out."
    assert parts(text, cut(text, len(before) + len(sentence)))[0] == before


def test_a_table_that_fits_is_kept_whole_with_the_line_above_it():
    table = "Balance sheet\nItem | 2022 | 2023\nCash | 10 | 20\nDebt | 30 | 40"
    text = "Words before. " * 3 + "\n" + table + "\n" + "Words after. " * 3
    assert table in parts(text, cut(text, 80))


def test_columns_of_numbers_are_kept_whole_with_their_labels():
    table = (
        "              2022    2023\nAssets\n  Cash          10      20\n  Debt          30      40"
    )
    text = "Words before, many of them.\n\n" + table + "\n\n" + "Words after. " * 5
    assert any(table in part for part in parts(text, cut(text, 110)))


def test_a_table_that_does_not_fit_is_cut_between_rows():
    rows = [f"Row {number} | {number} | {number}" for number in range(40)]
    lines = [
        line
        for part in parts("\n".join(rows), cut("\n".join(rows), 100))
        for line in part.split("\n")
    ]
    assert lines == rows


def test_turns_of_a_transcript_are_kept_whole():
    turns = [f"{name}: {'well I think so ' * 3}" for name in ["Ann", "Bob Ray"] * 10]
    chunks = parts("\n".join(turns), cut("\n".join(turns), 250))
    assert all(chunk.startswith(("Ann: ", "Bob Ray: ")) for chunk in chunks)


def test_chinese_is_cut_at_its_full_stops():
    assert parts("一二三。四五六。七八", cut("一二三。四五六。七八", 6)) == [
        "一二三。",
        "四五六。七八",
    ]


def test_the_indentation_of_the_first_line_is_kept():
    text = "word " * 10 + "\n\n    2022  2023\nCash 1  2\n"
    assert parts(text, cut(text, 50))[-1].startswith("    2022")


def test_an_overlap_repeats_whole_sentences():
    text = "One is here. Two is there. Three is nowhere. Four is gone."
    assert parts(text, chunk_by_section(text, 45, 20)) == [
        "One is here. Two is there. Three is nowhere.",
        "Three is nowhere. Four is gone.",
    ]


def test_rows_of_a_table_are_not_repeated_without_its_header():
    text = "Item | 2022 | 2023\nCash | 10 | 20\nDebt | 30 | 40\n\nWords after the table. And more."
    assert parts(text, chunk_by_section(text, 60, 25))[1].startswith("Words after")


def test_an_overlap_repeats_words_where_a_sentence_had_to_be_cut():
    text = "alpha beta gamma delta epsilon zeta eta theta iota kappa"
    assert parts(text, chunk_by_section(text, 30, 10))[:2] == [
        "alpha beta gamma delta epsilon",
        "epsilon zeta eta theta iota",
    ]


def test_nothing_is_repeated_before_a_heading():
    text = "# One\n\nShort words here.\n\n# Two\n\nOther words here."
    assert parts(text, chunk_by_section(text, 30, 20))[1].startswith("# Two")


def test_an_overlap_that_is_too_short_for_a_sentence_repeats_no_scrap_of_it():
    text = "The first sentence is long.\n\nThe second one is long too.\n\nThird."
    assert parts(text, chunk_by_section(text, 30, 10))[1].startswith("The second")


def test_paragraphs_are_merged_up_to_the_size():
    text = "one\n\ntwo\n\nthree\n\nfour"
    assert parts(text, chunk_by_paragraph(text, 10)) == ["one\n\ntwo", "three", "four"]


def test_a_long_paragraph_is_cut_at_sentence_ends():
    text = "Short.\n\nThis is one sentence. This is\nanother one. And a third."
    assert parts(text, chunk_by_paragraph(text, 35)) == [
        "Short.",
        "This is one sentence.",
        "This is\nanother one. And a third.",
    ]


def test_pages_are_parted_by_form_feeds_and_blank_ones_dropped():
    text = "first\f\n second\nline\f \f\nfourth\n"
    assert parts(text, chunk_by_page(text)) == ["first", " second\nline", "fourth"]


FILLER = "Words that fill a page of a report.\n" * 15
MARKS = [
    "Page {}",
    "page {} of 9",
    "- {} -",
    "{} of 90",
    "{}/90",
    "[Page {}]",
    "--- Page {} ---",
    "{}",
]


@pytest.mark.parametrize("mark", MARKS)
def test_marks_at_the_foot_end_a_page(mark):
    text = "".join(f"{FILLER}{mark.format(number)}\n" for number in range(3, 9))
    pages = parts(text, chunk_by_page(text))
    assert [page.splitlines()[-1] for page in pages] == [mark.format(n) for n in range(3, 9)]


def test_marks_at_the_head_begin_a_page():
    text = "".join(f"Page {number}\n{FILLER}" for number in range(1, 5))
    pages = parts(text, chunk_by_page(text))
    assert [page.splitlines()[0] for page in pages] == [f"Page {n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    "lines",
    [
        ["Page 1", "Page 2"],
        ["Page 5", "Page 3", "Page 1"],
        ["Page 7", "Page 7", "Page 7"],
        ["2018", "2019", "2020", "2021", "2022", "2023"],
        ["12", "7", "3", "99", "4", "250"],
    ],
    ids=["too few", "falling", "the same", "years", "cells"],
)
def test_lines_that_are_no_page_marks_part_no_pages(lines):
    text = "".join(f"{FILLER}{line}\n" for line in lines)
    assert chunk_by_page(text) == chunk_by_section(text, 3000, 0)


def test_numbers_in_neighbouring_lines_are_a_list_and_no_page_marks():
    text = "\n".join(map(str, range(1, 50)))
    assert parts(text, chunk_by_page(text)) == [text]


CODE = textwrap.dedent('''
    """A module."""

    import os

    LIMIT = 3

    # What it does.
    @cached
    def first(x):
        return x + LIMIT

    async def second():

        await first(1)

    class Third:
        kind = "class"

        def method(self):
            return os.name

        async def other(self):
            return "\\\\d"
    ''')
DEFINITIONS = [
    "# What it does.\n@cached\ndef first(x):\n    return x + LIMIT",
    "async def second():\n\n    await first(1)",
]


@pytest.mark.parametrize("definition", DEFINITIONS, ids=["decorated", "async"])
def test_definitions_that_fit_are_chunks_of_their_own_if_no_two_fit(definition):
    assert definition in parts(CODE, chunk_by_code(CODE, 62))


def test_a_class_that_fits_is_kept_whole():
    assert any(part.startswith("class Third") for part in parts(CODE, chunk_by_code(CODE, 150)))


def test_methods_of_a_class_that_does_not_fit_are_kept_whole():
    chunks = parts(CODE, chunk_by_code(CODE, 70))
    assert "    def method(self):\n        return os.name" in chunks


def test_code_at_module_level_is_kept():
    assert "import os\n\nLIMIT = 3" in "".join(parts(CODE, chunk_by_code(CODE, 62)))


def test_small_definitions_share_a_chunk():
    assert len(chunk_by_code(CODE, 3000)) == 1


def test_other_code_is_cut_at_blank_lines_before_unindented_ones():
    code = "function a() {\n  one();\n\n  two();\n}\n\nfunction b() {\n  three();\n\n  four();\n}\n"
    assert [part[:12] for part in parts(code, chunk_by_code(code, 45))] == [
        "function a()",
        "function b()",
    ]


def test_odd_escapes_in_parsed_code_warn_nobody(recwarn):
    assert chunk_by_code('PATTERN = "\\d"\n') == [Span(0, 14)]
    assert not recwarn
