"""Answers that say the same, and answers that must not be taken for one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.jobs.sameness import likeness, say_the_same

TASK = "What was capital expenditure in 2023?"
HELD = "The court held that the clause is void because the landlord gave the tenant no notice"
APPROVED = "The board of directors approved the merger with Alpha Limited since it lowers costs"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,577", "1577"),
        ("1,577", "$1,577 million"),
        ("$1,577 million", "1,577 million USD"),
        ("USD 1,577 million", "$ 1,577 Million."),
        ("Capital expenditure was $1,577 million in 2023.", "1,577"),
        ("1,577 (2023)", "1,577"),
        ("(512)", "-512"),
        ("$(512) million", "-$512 million"),
        ("(1) Ann", "1 Ann"),
        ("$1.5bn", "1.5 billion dollars"),
        ("5 %", "5.0 percent"),
        ("FY2023", "2023"),
        ("Ada Quarles.", "ada\n quarles"),
        ("Whitcombe & Daley LLP", "Whitcombe & Daley, LLP"),
        ("It did not.", "it didn\u2019t"),
        ("cannot", "can not"),
        ("the 2023 figure", "2023 figures"),
        ("Caf\u00e9", "cafe"),
        ("it resigned", "It resigns."),
        ("", " "),
    ],
)
def test_these_say_the_same(one, other):
    assert say_the_same(one, other, task=TASK)
    assert say_the_same(other, one, task=TASK)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,577", "1,575"),
        ("1,5", "15"),
        ("12", "12.5"),
        ("-5", "5"),
        ("(512)", "512"),
        ("$(512) million", "$512 million"),
        ("(512) million", "512 million"),
        ("5-10", "5"),
        ("2022", "2023"),
        ("2022", "2022 and 2023"),
        ("1,577 (2023)", "1,577 (2022)"),
        ("5 million", "5 billion"),
        ("$5 million", "\u20ac5 million"),
        ("$5", "5%"),
        ("3 days", "3 years"),
        ("3 days and 5 years", "3 years and 5 days"),
        ("from 5 to 6", "from 6 to 5"),
        ("rose by 5", "rose to 5"),
        ("did", "did not"),
        ("yes", "no"),
        ("can", "cannot"),
        ("approved", "not approved"),
        ("increase", "decrease"),
        ("Ann", "Bob"),
        ("Ann", "Ann and Bob"),
        ("Ann beat Bob", "Bob beat Ann"),
        ("Class A", "Class B"),
        ("A", "B"),
        ("Austria", "Australia"),
        (APPROVED, APPROVED.replace("approved", "rejected")),
        (APPROVED, APPROVED.replace("approved", "did not approve")),
        (APPROVED, APPROVED.replace("Alpha", "Beta")),
        (HELD, HELD + " of 30 days"),
        (HELD, APPROVED),
        ("\u4e2d\u6587", "\u65e5\u672c"),
    ],
)
def test_these_do_not_say_the_same(one, other):
    assert not say_the_same(one, other, task=TASK)
    assert not say_the_same(other, one, task=TASK)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Yes", "Yes, she resigned.", True),
        ("No", "No, she did not resign.", True),
        ("Yes", "No, she did not resign.", False),
        ("She resigned", "She did not resign", False),
    ],
)
def test_a_verdict_may_repeat_what_was_asked(one, other, same):
    assert say_the_same(one, other, task="Did Ann resign?") is same


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ann", "Ann and Bob"), ("Ann resigned", "Bob resigned"), ("Ann", "Ann, Bob")],
)
def test_what_a_task_offers_to_choose_from_is_no_repetition(one, other):
    assert not say_the_same(one, other, task="Which of Ann and Bob resigned?")


def test_a_sentence_may_be_worded_a_little_differently():
    assert say_the_same(HELD, HELD.replace("because", "since"), task="What did the court hold?")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann; Bob", "Bob; Ann", True),
        ("Ann; Bob", "- Bob\n- Ann", True),
        ("1. Ann\n2. Bob", "Ann, and Bob", True),
        ("Ann, Bob and Cleo", "cleo; ann; bob", True),
        ("Ann; Bob", "Ann", False),
        ("Ann: 5; Bob: 6", "Ann: 6; Bob: 5", False),
        ("1,577; 1,650", "1577; 1650", True),
    ],
)
def test_the_items_of_a_list_may_come_in_any_order(one, other, same):
    assert say_the_same(one, other, task="Who sits on the board?", kind="list") is same


WORDS = "not 5 1,577 % $ - Ann the million rose ; , and n't 2023 of"
TEXTS = st.text() | st.lists(st.sampled_from(WORDS.split())).map(" ".join)
KINDS = st.sampled_from(["look-up", "list"])


@given(TEXTS, KINDS)
def test_everything_says_the_same_as_itself(text, kind):
    assert say_the_same(text, text, task=TASK, kind=kind)


@given(TEXTS, TEXTS, KINDS)
def test_it_does_not_matter_which_comes_first(one, other, kind):
    forth = say_the_same(one, other, task=TASK, kind=kind)
    assert forth == say_the_same(other, one, task=TASK, kind=kind)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_two_numbers_are_the_same_only_if_they_are_one(one, other):
    assert say_the_same(f"{one:,}", f"{other} million", task="How much?") == (one == other)


@given(TEXTS, TEXTS)
def test_likeness_is_a_share_whichever_comes_first(one, other):
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1


def test_likeness_knows_no_order_and_no_small_words():
    assert likeness("The board agreed to a merger", "A merger to: the board agreed") == 1
