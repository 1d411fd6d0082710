"""From markers in an answer to the passages they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.evidence.citations import cited
from minions_core.result import Citation


def citations(*numbers):
    return [
        Citation(
            number=number, document="d", document_index=0, quote="q", answer="a", check="verified"
        )
        for number in numbers
    ]


@pytest.mark.parametrize(
    ("answer", "numbers", "dangling"),
    [
        ("It is 5 [3].", [3], ()),
        ("It is 5 [3, 1] and [2].", [3, 1, 2], ()),
        ("It is 5 [2][1][2].", [2, 1], ()),
        ("It is 5 [1-3].", [1, 2, 3], ()),
        ("It is 5 [2–9].", [2, 3], (9,)),  # noqa: RUF001 (as models write)
        ("It is 5 [1; 7].", [1], (7,)),
        ("It is 5 [1-999999999].", [1, 2, 3], (999999999,)),
        ("It is 5 [x], a[i], [], [ 2 ].", [2], ()),
        ("It is 5.", [], ()),
    ],
)
def test_markers_point_at_citations(answer, numbers, dangling):
    found, missing = cited(answer, citations(1, 2, 3))
    assert ([citation.number for citation in found], missing) == (numbers, dangling)


@given(st.text(st.sampled_from("[]0123456789,-; x"), max_size=60))
def test_any_answer_has_its_markers_read(answer):
    found, missing = cited(answer, citations(1, 2, 3))
    assert not {citation.number for citation in found} & set(missing)
