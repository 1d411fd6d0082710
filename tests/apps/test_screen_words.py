"""Counts, times and money for people, and foreign text made safe."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.cli.screen.words import (
    clean,
    counted,
    dollars,
    duration,
    one_line,
    time_left,
)
from tests.apps.screens import HOSTILE

CONTROLS = [*map(chr, range(32)), "\x7f", *map(chr, range(0x80, 0xA0)), "\u202e", "\ud800"]


@given(st.text(st.characters() | st.sampled_from(CONTROLS)))
def test_no_text_can_command_a_terminal(text):
    cleaned = clean(text)
    assert not set(cleaned) & set(CONTROLS) - {"\n"}
    assert clean(cleaned) == cleaned


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_what_can_be_printed_stays(text):
    assert clean(text) == text


def test_control_characters_become_spaces():
    assert clean(HOSTILE) == "a [2J ]0;owned  31m b"


def test_line_ends_stay_whatever_system_wrote_them():
    assert clean("a\r\nb\nc") == "a\nb\nc"


def test_soft_hyphens_do_not_part_a_word():
    assert clean("expen\u00addi\u00adture") == "expenditure"


def test_joiners_that_spelling_needs_stay():
    assert clean("\u0645\u06cc\u200c\u062e\u0648") == "\u0645\u06cc\u200c\u062e\u0648"


def test_a_short_text_stays_whole_on_its_line():
    assert one_line("one\n  two ", 20) == "one two"


def test_a_long_text_is_cut_between_words():
    assert one_line("one two three four", 14) == "one two..."


def test_a_word_longer_than_the_line_is_cut():
    assert one_line("x" * 30, 10) == "xxxxxxx..."


@given(st.text(), st.integers(min_value=4, max_value=50))
def test_no_line_is_longer_than_it_may_be(text, most):
    line = one_line(text, most)
    assert len(line) <= most
    assert "\n" not in line


def test_one_of_a_thing_is_no_plural():
    assert (counted(1, "job"), counted(0, "job"), counted(1200, "job")) == (
        "1 job",
        "0 jobs",
        "1,200 jobs",
    )


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.04, "0.0 s"),
        (9.4, "9.4 s"),
        (9.99, "10 s"),
        (59.7, "1 min 0 s"),
        (185, "3 min 5 s"),
        (7800, "2 h 10 min"),
    ],
)
def test_a_time_is_told_as_people_say_it(seconds, told):
    assert duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.2, "about 5 s left"),
        (38, "about 40 s left"),
        (59, "about 1 min left"),
        (95, "about 2 min left"),
        (5400, "about 1.5 h left"),
    ],
)
def test_a_guessed_time_is_round(seconds, told):
    assert time_left(seconds) == told


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (None, "unknown"),
        (Decimal(0), "$0.0000"),
        (Decimal("0.00002"), "under $0.0001"),
        (Decimal("1234.5"), "$1,234.5000"),
        (Decimal("-0.5"), "-$0.5000"),
    ],
)
def test_money_is_told_to_a_hundredth_of_a_cent(amount, told):
    assert dollars(amount) == told
