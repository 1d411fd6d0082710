"""Markers numbered anew, in the order in which an answer first points at its evidence."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.evidence import InOrder, in_order, in_place_of_answer
from minions_core.evidence.markers import renumbered
from minions_core.result import Citation, MinionsResult

EVIDENCE = tuple(
    Citation(number=n, document="d", document_index=0, quote="q", answer="a", check="verified")
    for n in range(1, 6)
)
MARKERS = ["[4]", " [1]", "[2, 5]", "[1-3]", "[9]", "\u30103\u2020x\u3011", "[2019]", "[evidence "]
MARKERS += ["[3, 9]", "[5" + ", 5" * 150 + "]", "[2\u2020" + "x" * 50 + "]", "row[0]"]
WORDS = ["[", "]", " ", "\n", "5", "and", ".", "\u2020", "source 2"]
TEXTS = st.lists(st.sampled_from(MARKERS + WORDS), max_size=12).map("".join)


def result(answer: str, *cited: int) -> MinionsResult:
    by_number = {item.number: item for item in EVIDENCE}
    return MinionsResult(
        protocol="minions",
        question="?",
        answer=answer,
        status="answered",
        citations=tuple(by_number[number] for number in cited),
        evidence=EVIDENCE,
    )


def filtered(pieces, known=range(1, 6)):
    renumber = InOrder(set(known))
    return "".join([*map(renumber, pieces), renumber.rest()])


def test_markers_are_numbered_as_they_appear():
    assert filtered(["It is 5 [4], not 6 [2]; again [4]."]) == "It is 5 [1], not 6 [2]; again [1]."


def test_a_marker_cut_in_two_is_one():
    assert filtered(["It is 5 [", "4", "]."]) == "It is 5 [1]."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("It is 5 [9].", "It is 5 [9]."),
        (
            "Set a[0] = 5 and x[7]; see footnote [12] [4]",
            "Set a[0] = 5 and x[7]; see footnote [12] [1]",
        ),
        ("It is 5 [9], 6 [4].", "It is 5 [9], 6 [1]."),
        ("It is [\u30109\u2020x\u3011", "It is [\u30109\u2020x\u3011"),
        ("It is 5 [4, 9].", "It is 5 [1, 9]."),
        ("It is 5 [4-9].", "It is 5 [1, 2, 9]."),
        ("It is 5[4].", "It is 5[1]."),
    ],
)
def test_numbers_that_are_not_known_stay_as_they_stand(text, told):
    assert filtered([text]) == told


def test_a_long_marker_is_one_in_pieces_as_in_one():
    text = f"It is 5 [{', '.join(map(str, range(200, 0, -1)))}] [3]."
    assert filtered(text, range(1, 201)) == filtered([text], range(1, 201))
    assert filtered([text], range(1, 201)).endswith("200] [198].")


def test_a_marker_that_is_never_closed_takes_no_longer_for_its_length():
    text = "[1" + ", 1" * 100_000
    assert filtered(text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" + " " * 200_000 + "b", id="space"),
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param("[1" + " " * 100_000 + "x]", id="space in a bracket"),
        pytest.param("[1" + "\u2020-1-1-1-1-1-1,1" * 40 + "x]", id="sources"),
    ],
)
def test_a_text_of_any_length_is_gone_through_in_time(text):
    assert filtered([text]) == renumbered(text, {1: 1}) == text


def test_what_cannot_be_a_marker_is_let_through_at_once():
    assert InOrder({1})("It is 5 and [so on]") == "It is 5 and [so on]"


def test_a_bracket_that_is_never_closed_comes_in_the_end():
    assert filtered(["It is 5 [4"]) == "It is 5 [4"


def test_a_bracket_open_for_long_is_let_through():
    assert InOrder({1})("[" + "x" * 500) == "[" + "x" * 500


@given(text=TEXTS, cuts=st.lists(st.integers(0, 60), max_size=6))
def test_however_a_text_is_cut_it_comes_out_the_same(text, cuts):
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    assert filtered(pieces) == filtered([text])


@given(text=TEXTS)
def test_numbers_that_are_in_order_stay(text):
    once = filtered([text])
    assert filtered([once]) == once


def test_a_result_in_order_has_the_citations_of_its_markers():
    ordered = in_order(result("A [5], b [2].", 5, 2))
    assert ordered.answer == "A [1], b [2]."
    assert [item.number for item in ordered.citations] == [1, 2]


def test_a_result_in_order_keeps_what_points_at_nothing():
    ordered = in_order(result("A [5], b [9].", 5))
    assert ordered.answer == "A [1], b [9]."


def test_a_result_in_order_keeps_the_numbers_of_its_evidence():
    assert in_order(result("A [5].", 5)).evidence == EVIDENCE


@pytest.mark.parametrize("answer", ["a [5] in a quote", "plain"])
def test_evidence_in_place_of_an_answer_is_numbered_line_by_line(answer):
    cited = tuple(replace(item, answer=answer) for item in EVIDENCE[3:])
    given = replace(result(in_place_of_answer(cited)), citations=cited, status="exhausted")
    ordered = in_order(given)
    assert ordered.answer == in_place_of_answer(ordered.citations)
    assert ordered.answer.startswith(f"[1] {answer}")
