"""Figures and names, compared."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from minions_core.evidence.dates import dates
from minions_core.evidence.figures import figures
from minions_core.evidence.support import unsupported


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


DAYS = st.dates(min_value=date(1000, 1, 1))
WRITTEN = ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%d.%m.%Y", "%B %d, %Y", "%d %b %Y", "%d-%b-%Y"]


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
        ("December 31, 2023", "as of 2023-12-31", ()),
        ("2023-12-31", "as of December 31, 2023", ()),
        ("12/31/2023", "on the 31st day of December, 2023", ()),
        ("31.12.2023", "12/31/23", ()),
        ("5 March 2023", "3/5/2023", ()),
        ("31 December 2022", "December 31, 2023 and 2022", ()),
        ("March 1, 2023", "from March 1, 2022 to December 31, 2023", ("March 1, 2023",)),
        ("On 2023-12-30.", "as of December 31, 2023", ("2023-12-30",)),
        ("May 15, 2023", "in May of 2023", ("May 15, 2023",)),
        ("FY2023", "fiscal year 2023", ()),
        ("FY23", "fiscal year 2023", ()),
        ("in 2023", "FY23 and Q4'22", ()),
        ("2022", "FY23 and Q4'22", ()),
        ("2023", "the season 2022/23", ()),
        ("FY24", "fiscal year 2023", ("24",)),
        ("2015", "on March 15", ("2015",)),
        ("$1.577 billion", "Purchases (1,577)", ()),
        ("1577000000", "1,577 million", ()),
        ("$1.58 billion", "Purchases (1,577)", ("1.58",)),
        ("$15.77 billion", "Purchases (1,577)", ("15.77",)),
        ("2 million", "in 2000", ("2",)),
        ("1.577", "Purchases (1,577)", ("1.577",)),
    ],
)
def test_what_a_passage_does_not_bear_out_is_named(answer, passage, missing):
    assert unsupported(answer, passage, lambda word: False) == missing


@given(DAYS, st.sampled_from(WRITTEN), st.sampled_from(WRITTEN))
def test_a_date_is_the_same_however_it_is_written(day, one, other):
    there = f"It ended on {day.strftime(other)} as planned."
    assert unsupported(day.strftime(one), there, lambda word: False) == ()


@given(DAYS, DAYS, st.sampled_from(WRITTEN), st.sampled_from(WRITTEN))
def test_another_date_is_named(day, another, one, other):
    assume(day != another)
    assume({day.month, day.day} != {another.month, another.day})
    answer = day.strftime(one)
    assert unsupported(answer, another.strftime(other), lambda word: False) == (answer,)


@given(st.text())
def test_any_text_has_its_dates_read(text):
    assert all(found.days and text[found.span.start : found.span.end] for found in dates(text))


def test_a_name_may_stand_around_the_passage():
    assert unsupported("It is Bob.", "he is", {"bob"}.__contains__) == ()
