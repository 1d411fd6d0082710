"""PDF files: pages, tables of figures, words cut at line ends, and what cannot be read."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minions_core.errors import UsageError
from minions_core.files import document_from_bytes
from minions_core.tables import Tables
from tests.files.making import (
    INCOME,
    locked_pdf,
    pdf,
    pdf_in_columns,
    pdf_with_lines,
    pdf_with_signs,
    pdf_with_table,
)

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)


def text_of(data):
    return document_from_bytes("a.pdf", data).text


def test_the_text_of_a_page_is_read():
    assert text_of(pdf("The plant in Brno employs 412 people.")) == (
        "The plant in Brno employs 412 people."
    )


def test_pages_are_parted_by_form_feeds():
    assert text_of(pdf("one", "two", "three")) == "one\ftwo\fthree"


def test_a_document_of_one_page_has_a_page_number():
    assert document_from_bytes("a.pdf", pdf("one")).page_at(1) == 1


def test_blank_pages_count():
    document = document_from_bytes("a.pdf", pdf("one", "", "", "four"))
    assert document.page_at(document.text.index("four")) == 4


@settings(max_examples=25)
@given(st.lists(st.one_of(st.just(""), WORDS), min_size=1, max_size=7).filter(any))
def test_every_word_is_on_the_page_it_was_printed_on(words):
    marks = {number: f"{word}{number}" for number, word in enumerate(words, 1) if word}
    document = document_from_bytes(
        "a.pdf", pdf(*(marks.get(n, "") for n in range(1, len(words) + 1)))
    )
    found = {n: document.page_at(document.text.index(mark)) for n, mark in marks.items()}
    assert found == {number: number for number in marks}


def test_a_form_feed_in_the_text_makes_no_page():
    assert text_of(pdf_with_lines("one \f still one")).count("\f") == 0


def test_the_columns_of_a_table_stay_apart():
    table = Tables(text := text_of(pdf_with_table(INCOME)))
    assert table.header_at(text.index("1,498")) == "Item | 2023 | 2022 | 2021"


def test_an_empty_cell_keeps_its_place():
    lines = text_of(pdf_with_table(INCOME)).splitlines()
    assert lines[-1].index("187") == pytest.approx(lines[0].index("2021"), abs=2)


def test_signs_beyond_the_first_plane_move_no_column():
    drawn = (
        "BT /F 11 Tf 50 700 Td (item) Tj 150 0 Td (2023) Tj "
        "-150 -14 Td (@ @ @ @ @ @ @ @) Tj 150 0 Td (1,577) Tj ET"
    )
    titles, figures = text_of(pdf_with_signs(drawn)).splitlines()
    assert figures.startswith(" ".join("\U0001d538" * 8))
    assert titles.index("2023") == figures.index("1,577")


def test_two_columns_are_read_one_after_the_other():
    text = text_of(pdf_in_columns("left side of the page " * 180 + "the very end"))
    assert " ".join(text.split()).startswith("left side of the page " * 100)


def test_columns_of_text_are_no_table():
    assert "  " not in text_of(pdf_in_columns("left side of the page " * 180))


def test_paragraphs_are_parted_by_a_blank_line():
    lines = ["one and", "one", "", "two and", "two", "", "three and", "three"]
    assert text_of(pdf_with_lines(*lines)) == "one and\none\n\ntwo and\ntwo\n\nthree and\nthree"


def test_a_word_cut_at_the_end_of_a_line_is_whole_again():
    assert "the international market" in text_of(pdf_with_lines("the inter-", "national market"))


def test_a_compound_cut_at_its_hyphen_keeps_it_where_the_document_knows_it():
    lines = ("It is a well-known fact.", "", "This is well-", "known, too.")
    assert "This is well-known, too." in text_of(pdf_with_lines(*lines))


def test_a_name_cut_at_the_end_of_a_line_is_whole_where_the_document_knows_it():
    lines = ["Ms. McDonald came.", "Then Ms. Mc-", "Donald left."]
    assert "Then Ms. McDonald left." in text_of(pdf_with_lines(*lines))


def test_a_double_name_cut_at_its_hyphen_keeps_it():
    assert text_of(pdf_with_lines("Mr. Smith-", "Jones left")) == "Mr. Smith-Jones left"


def test_what_is_a_pdf_its_bytes_tell():
    assert document_from_bytes("report", pdf("one")).first_page == 1


@pytest.mark.parametrize(("name", "before"), [("report", b"\n \n"), ("a.pdf", b"From: x\n\n")])
def test_a_pdf_may_have_something_before_it(name, before):
    assert document_from_bytes(name, before + pdf("one")).text == "one"


def test_a_locked_pdf_says_so():
    with pytest.raises(UsageError, match=r"a\.pdf is locked with a password: save a copy"):
        document_from_bytes("a.pdf", locked_pdf("secret", "password"))


def test_a_pdf_that_only_forbids_printing_is_read():
    assert text_of(locked_pdf("open", "")) == "open"


def test_pictures_of_pages_ask_for_text_recognition():
    with pytest.raises(UsageError, match=r"a\.pdf holds no text, only pictures .* OCR program"):
        document_from_bytes("a.pdf", pdf("", ""))


def test_a_damaged_pdf_says_so():
    with pytest.raises(UsageError, match=r"a\.pdf is damaged, or is not a PDF"):
        document_from_bytes("a.pdf", pdf("one", "two")[:400])


def test_what_only_calls_itself_a_pdf_is_an_error():
    with pytest.raises(UsageError, match=r"a\.pdf is damaged, or is not a PDF"):
        document_from_bytes("a.pdf", b"just text")


def test_pdfs_can_be_read_from_many_threads():
    files = [pdf(f"file {number}", "end") for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        texts = list(threads.map(text_of, files))
    assert texts == [f"file {number}\fend" for number in range(12)]
