"""An answer and its sources, as they stand on a terminal and in plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.cli.screen.answers import answer_shown, print_sources
from minions_core.cli.screen.paper import Paper
from tests.apps.screens import HOSTILE, citation, plain, shown_on, terminal


def shown(answer, *citations, width=60, colours=None):
    console = terminal(width, colours=colours)
    console.print(answer_shown(answer, citations))
    return "\n".join(line.rstrip() for line in shown_on(console).splitlines())


def sources(*citations, console=None, with_answers=False):
    console = console or terminal(60)
    print_sources(Paper(console), citations, with_answers=with_answers)
    return "\n".join(line.rstrip() for line in shown_on(console).splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "2*3*4 = 24, and 2 ** 3 = 8",
        "snake_case_name and _emphasis_ and *stars*",
        "see [the report](https://example.org) or <b>here</b>",
        "[bold]no style[/bold] :smile:",
        "a ** b",
        "** a **",
        "| Year | 2023 |",
        "-5 is no item, nor is 3.5",
        "[1]: https://example.org",
        "![picture](x.png)",
    ],
)
def test_what_is_no_mark_of_ours_stays_as_it_was_written(text):
    assert shown(text) == text


def test_bold_words_lose_their_stars():
    assert shown("It was **Ada Lovelace**.") == "It was Ada Lovelace."


def test_bold_words_are_bold():
    assert "\x1b[1mAda\x1b[0m" in shown("It was **Ada**.", colours="standard")


def test_code_loses_its_quotes():
    assert shown("the `capex` line") == "the capex line"


def test_a_heading_loses_its_marks():
    assert shown("## Staff\n#1 in Brno") == "Staff\n#1 in Brno"


@pytest.mark.parametrize("mark", ["-", "*", "+", "\u2022"])
def test_items_of_a_list_hang(mark):
    assert shown(f"{mark} one two three four", width=12) == "- one two\n  three four"


def test_numbered_items_keep_their_numbers():
    assert shown("3. three and more\n10) ten", width=12) == "3. three and\n   more\n10) ten"


def test_items_within_items_stay_within():
    assert shown("- one\n  - two") == "- one\n  - two"


def test_blank_lines_stay():
    assert shown("one\n\ntwo\n") == "one\n\ntwo"


def test_within_a_fence_nothing_is_read():
    code = "```python\n# no heading\n- **no** item\n```"
    assert shown(code) == code


def test_a_marker_has_the_colour_of_its_check():
    checks = citation(1), citation(2, check="unverified"), citation(3, check="partial")
    text = shown("a [1], b [2], c [3], d [1, 3], e [9]", *checks, colours="standard")
    assert "\x1b[1;32m[1]" in text
    assert "\x1b[1;31m[2]" in text
    assert "\x1b[1;33m[3]" in text
    assert "\x1b[1;33m[1, 3]" in text
    assert "e [9]" in text


def test_a_marker_within_bold_words_is_found():
    assert "\x1b[1;32m[1]" in shown("**It was Ada [1]**", citation(1), colours="standard")


@given(st.text())
def test_no_answer_commands_the_terminal(text):
    assert not set(shown(text + HOSTILE)) & {"\x1b", "\x9b", "\x07", "\r", "\u202e"}


@given(st.text("ab*`[1]#-. \n"))
def test_no_letter_of_an_answer_is_lost(text):
    kept = shown(text, citation(1), width=500)
    assert [mark for mark in kept if mark in "ab"] == [mark for mark in text if mark in "ab"]


def test_a_source_tells_place_check_and_quote():
    assert sources(citation(2, heading="Staff")) == (
        '[2] a.txt, p. 3, "Staff": verified\n    "Ada was first."'
    )


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("verified", "verified"),
        ("partial", "quote found, but a figure of the answer is not in it"),
        ("unverified", "not found in the document"),
    ],
)
def test_each_check_is_told_in_words(check, told):
    assert told in sources(citation(check=check), console=terminal(100))


def test_a_source_hangs_on_its_number():
    lines = sources(citation(heading="A long heading"), console=terminal(30)).splitlines()
    assert lines[1:] == ['    heading": verified', '    "Ada was first."']


def test_plain_text_tells_a_place_to_the_character():
    assert "a.txt, p. 3, characters 5-19: verified" in sources(
        citation(start=5, end=19), console=plain()
    )


def test_a_long_quote_is_cut():
    quote = sources(citation(quote="word " * 200), console=plain()).splitlines()[1]
    assert quote.endswith('word..."')
    assert len(quote) < 310


def test_on_a_narrow_terminal_quotes_are_shorter():
    assert len(sources(citation(quote="word " * 200), console=terminal(40)).splitlines()) == 4


def test_a_quote_that_was_not_given_is_not_shown():
    assert sources(citation(quote=" ")) == "[1] a.txt, p. 3: verified"


def test_readings_that_were_voted_on_are_told():
    assert "verified, 2 of 3 readings agree" in sources(citation(samples=3, agreed=2))


def test_where_no_answer_says_it_a_source_says_what_was_concluded():
    assert sources(citation(), with_answers=True).startswith("[1] Ada\n    a.txt, p. 3")


def test_of_very_many_sources_the_rest_is_counted():
    text = sources(*map(citation, range(1, 16)))
    assert "[12]" in text
    assert "[13]" not in text
    assert "... and 3 more; --json lists them all" in text


def test_no_source_commands_the_terminal():
    hostile = citation(quote=HOSTILE, document=HOSTILE, heading=HOSTILE, answer=HOSTILE)
    assert not set(sources(hostile, with_answers=True)) & {"\x1b", "\x9b", "\x07", "\r", "\u202e"}
