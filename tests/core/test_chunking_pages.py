from itertools import pairwise

import pytest

from minions_core.chunking import chunk_by_page, chunk_by_section
from tests.core.cutting import always, parts, solid, texts


@always(text=texts)
def test_pages_cover_all_text_in_order_and_apart(text):
    spans = chunk_by_page(text)
    assert solid("".join(parts(text, spans))) == solid(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(part.strip() for part in parts(text, spans))


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
