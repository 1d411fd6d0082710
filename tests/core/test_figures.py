"""Figures and names, compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.evidence.figures import figures, unsupported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,577", {"1577"}),
        ("(1,577.50) or 1577.5", {"1577.5"}),
        ("$1.2bn", {"1.2"}),
        ("20.20 %", {"20.2"}),
        ("1.577,25 and 1.000.000", {"1577.25", "1000000"}),
        ("1,00,000", {"100000"}),
        ("31.12.2023", {"31", "12", "2023"}),
        ("2023-03-31", {"2023", "3", "31"}),
        ("2021,2022", {"2021", "2022"}),
        ("FY2018, 007, 0.0", {"2018", "7", "0"}),
        ("٣", {"3"}),
        ("none", set()),
    ],
)
def test_a_figure_has_one_plain_form(text, expected):
    assert figures(text) == expected


@given(st.integers(0, 10**15))
def test_separators_of_thousands_make_no_difference(number):
    assert figures(f"{number:,}") == figures(str(number)) == {str(number)}


@given(st.text())
def test_figures_of_any_text_are_plain(text):
    assert all(figures(figure) == {figure} for figure in figures(text))


@pytest.mark.parametrize(
    ("answer", "passage", "missing"),
    [
        ("1,577 million", "Purchases (1577)", ()),
        ("20.2 % in 2021", "rose 22.9 % in 2021", ("20.2",)),
        ("3 directors", "three directors", ()),
        ("March 31, 2023", "as of 2023-03-31", ()),
        ("It was due in March.", "due in 2023", ("March",)),
        ("Anna Smith", "Ms Smith", ("Anna",)),
        ("The chairman is Bob.", "Tim is chairman", ("Bob",)),
        ("Increased", "it rose", ()),
        ("Sales grew. They doubled.", "sales doubled", ()),
        ("Deloitte", "The auditor was appointed.", ("Deloitte",)),
        ("Deloitte.", "The auditor was deloitte & touche.", ()),
        ("Three", "3 directors", ()),
        ("Three", "4 directors", ("Three",)),
        ("March", "2023-03-31", ()),
        ("Yes", "it was agreed", ()),
        ("Higher", "it rose", ()),
        ("Annually", "each year", ()),
        ("FY2018", "in 2018", ()),
        ("audited", "The auditor was appointed.", ()),
    ],
)
def test_what_a_passage_does_not_bear_out_is_named(answer, passage, missing):
    assert unsupported(answer, passage, lambda word: False) == missing


def test_a_name_may_stand_around_the_passage():
    assert unsupported("It is Bob.", "he is", {"bob"}.__contains__) == ()
    assert unsupported("Bob", "he is", {"bob"}.__contains__) == ()
