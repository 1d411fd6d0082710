"""Placeholders restored in a text that arrives in pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.redaction import PatternRedactor, Vault

PARTS = ["[EMAIL_1]", "[EMAIL_10]", "`EMAIL_2`", r"\[EMAIL\_3\]", "[ email 4 ]", "[IP_1]"]
PARTS += ["[", "]", "`", "\\", "EMAIL", "EMAIL_1", "_", "1", " ", "a", "[1]", "[EMAIL_99]"]
REPLIES = st.lists(st.sampled_from(PARTS), max_size=12).map("".join)


@pytest.fixture(scope="module")
def vault():
    vault = Vault(PatternRedactor())
    vault.hide(" ".join(f"a{number}@x.com" for number in range(1, 12)) + " 10.0.0.1")
    return vault


def cut(text, places):
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


@given(REPLIES, st.lists(st.integers(0, 200), max_size=8))
def test_however_a_reply_is_cut_the_same_is_shown(vault, reply, places):
    revealed = vault.revealing()
    shown = "".join(revealed(piece) for piece in cut(reply, places))
    assert shown + revealed.flush() == vault.reveal(reply)


@given(REPLIES)
def test_letter_by_letter_the_same_is_shown(vault, reply):
    revealed = vault.revealing()
    assert "".join(map(revealed, reply)) + revealed.flush() == vault.reveal(reply)


@pytest.mark.parametrize(
    ("piece", "shown"),
    [
        ("see [1", "see [1"),
        ("see [Ex", "see [Ex"),
        ("see [EM", "see "),
        ("see [EMAIL_1", "see "),
        ("see [EMAIL_1]", "see a1@x.com"),
        ("use `a`", "use `a`"),
        ("use `em", "use `"),
    ],
)
def test_only_what_may_become_a_placeholder_is_held_back(vault, piece, shown):
    assert vault.revealing()(piece) == shown


def test_what_ends_without_becoming_one_is_shown_at_the_end(vault):
    revealed = vault.revealing()
    assert revealed("see [EMAIL") == "see "
    assert revealed.flush() == "[EMAIL"
    assert revealed.flush() == ""


@given(st.integers(1, 11))
def test_a_reply_that_ends_with_a_placeholder_needs_no_flush(vault, number):
    revealed = vault.revealing()
    assert "".join(map(revealed, f"It is [EMAIL_{number}]")) == f"It is a{number}@x.com"
