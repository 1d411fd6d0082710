"""Bytes to text."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.files.encodings import decoded

SIGNS = st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\f")
PLAIN = st.text(SIGNS, min_size=1)
ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126) | st.just("\n"), min_size=4)
MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
GERMAN = "Die Verkäufe außerhalb Österreichs stiegen um 12 Prozent, die Löhne überall.\n" * 3
RUSSIAN = "Выручка компании выросла на двенадцать процентов против прошлого года.\n" * 3
JAPANESE = "当社の売上高は前年比で十二パーセント増加しました。設備投資は減少しました。\n" * 3


@given(PLAIN)
def test_utf_8_is_read_as_it_was_written(text):
    assert decoded(text.encode()) == text.removeprefix("\ufeff")


@given(PLAIN, st.sampled_from(sorted(MARKS)))
def test_a_byte_order_mark_tells_the_encoding(text, encoding):
    assert decoded(MARKS[encoding] + text.encode(encoding)) == text


@given(ASCII, st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf_16_without_a_mark_is_told_by_its_zeros(text, encoding):
    assert decoded(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (RUSSIAN, "cp1251"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp")],
    ids=["cp1252", "cp1251", "cp932", "euc_jp"],
)
def test_other_encodings_are_guessed(text, encoding):
    assert decoded(text.encode(encoding)) == text


def test_a_long_text_is_guessed():
    assert decoded((JAPANESE * 600).encode("cp932")) == JAPANESE * 600


def test_a_text_is_guessed_by_the_lines_that_tell():
    text = "plain words only\n" * 8_000 + RUSSIAN
    assert decoded(text.encode("cp1251")) == text


def test_what_the_file_says_goes_before_a_guess():
    assert decoded("café".encode("mac_roman"), "mac_roman") == "café"


def test_what_the_file_says_counts_less_than_its_being_utf_8():
    assert decoded("café".encode(), "latin-1") == "café"


def test_an_encoding_nobody_knows_is_guessed():
    assert decoded(GERMAN.encode("cp1252"), "klingon") == GERMAN


@given(PLAIN)
def test_line_ends_of_all_systems_become_one(text):
    assert decoded(text.replace("\n", "\r\n").encode()) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
        b"text\0text",
        codecs.BOM_UTF16_LE + b"a",
        bytes(range(4)),
        bytes(range(1, 32)),
        b"\0\1\0\2\0\3\0\4",
    ],
    ids=["program", "zero byte", "half a character", "counted", "control", "wide control"],
)
def test_what_is_no_text_is_none(data):
    assert decoded(data) is None


def test_a_log_in_colours_is_text():
    log = "\x1b[31mfailed\x1b[0m\n" * 3
    assert decoded(log.encode()) == log


def test_a_stray_control_character_is_no_harm():
    text = "Revenue rose by 12 percent.\x02\n"
    assert decoded(text.encode()) == text


@given(st.binary())
def test_no_bytes_break_it(data):
    text = decoded(data)
    assert text is None or "\0" not in text
