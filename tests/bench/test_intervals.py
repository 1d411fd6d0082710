"""What means over a few questions say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.bench.intervals import Comparison, compared, mean_of

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=50)


def test_a_mean_is_over_what_is_known():
    mean = mean_of([1.0, None, 0.0])
    assert (mean.mean, mean.of) == (0.5, 2)


def test_of_nothing_there_is_no_mean():
    assert mean_of([None, None]) is None


def test_the_interval_is_wilsons():
    # Wilson, z = 1.96, 8 of 10: the textbook's 0.490 to 0.943.
    mean = mean_of([1.0] * 8 + [0.0] * 2)
    assert (round(mean.low, 3), round(mean.high, 3)) == (0.490, 0.943)


def test_twelve_right_answers_do_not_make_it_certain():
    assert mean_of([1.0] * 12).low == pytest.approx(0.757, abs=0.001)


def test_more_questions_make_it_surer():
    few, many = mean_of([1.0, 0.0] * 5), mean_of([1.0, 0.0] * 500)
    assert many.high - many.low < few.high - few.low


@given(SHARES)
def test_the_mean_lies_in_its_interval(values):
    mean = mean_of(values)
    assert 0 <= mean.low <= mean.mean <= mean.high <= 1


def test_pairs_are_compared_one_by_one():
    pairs = [(1.0, 0.0), (0.5, 0.5), (0.0, 1.0), (0.0, 0.2)]
    found = compared(pairs)
    assert (found.better, found.worse, found.same) == (1, 2, 1)


def test_an_even_split_may_well_be_chance():
    assert compared([(1.0, 0.0), (0.0, 1.0)]).chance == 1


def test_ten_of_ten_is_hardly_chance():
    assert compared([(1.0, 0.0)] * 10).chance == pytest.approx(2 / 2**10)


def test_where_nothing_differs_nothing_is_told():
    assert compared([(1.0, 1.0)] * 3) == Comparison(better=0, worse=0, same=3, chance=1.0)


def test_sums_that_differ_in_the_last_digit_are_alike():
    assert compared([(0.1 + 0.2, 0.3)]).same == 1


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=40))
def test_who_is_first_does_not_matter_to_chance(pairs):
    turned = [(other, one) for one, other in pairs]
    assert compared(pairs).chance == compared(turned).chance
