"""The forms in which models write evidence numbers."""

import pytest

from minions_core.evidence.citations import cited
from minions_core.evidence.fields import one_line
from minions_core.evidence.markers import renumbered
from minions_core.result import Citation

KNOWN = [
    Citation(number=n, document="d", document_index=0, quote="q", answer="a", check="verified")
    for n in (1, 2, 3)
]
FORMS = [
    ("It is 5 \u30101\u3011.", [1]),
    ("It is 5 \uff3b\uff11\uff3d.", [1]),
    ("It is 5 [1\u2020source].", [1]),
    ("It is 5 \u30101\u2020L5-L9\u3011.", [1]),
    ("It is 5 [1\u2020a, 3\u2020b].", [1, 3]),
    ("It is 5 [Evidence 1].", [1]),
    ("It is 5 [evidence 1, evidence 3].", [1, 3]),
    ("It is 5 [1 and 2].", [1, 2]),
    ("It is 5 [1, 2, and 3].", [1, 2, 3]),
    ("It is 5 [1 & 2].", [1, 2]),
    ("It is 5 [1\u2020a and 2\u2020b].", [1, 2]),
    ("It is 5 [#1].", [1]),
    ("It is 5 [^1].", [1]),
    ("It is 5 ([1]).", [1]),
]


@pytest.mark.parametrize(("answer", "numbers"), FORMS)
def test_every_usual_form_of_a_marker_is_read(answer, numbers):
    found, missing = cited(answer, KNOWN)
    assert ([citation.number for citation in found], missing) == (numbers, ())


@pytest.mark.parametrize(("answer", "numbers"), FORMS)
def test_every_usual_form_of_a_marker_is_renumbered(answer, numbers):
    told = ", ".join(str(number + 10) for number in numbers)
    assert f"[{told}]" in renumbered(answer, {1: 11, 2: 12, 3: 13})


@pytest.mark.parametrize(("text", "_"), FORMS)
def test_no_form_of_a_marker_stays_one_in_text_of_others(text, _):
    assert cited(one_line(text), KNOWN) == ((), ())


@pytest.mark.parametrize("text", ["Smith v Jones [2019] UKSC 22", "as of [1998]", "in [2018-2019]"])
def test_a_year_in_brackets_is_no_evidence_number(text):
    assert cited(text, KNOWN) == ((), ())
    assert renumbered(text, {1: 2}) == text


def test_a_number_that_is_no_year_is_missing():
    assert cited("[22] and [3000]", KNOWN)[1] == (22, 3000)


def test_a_year_beyond_which_there_is_evidence_is_missing():
    far = Citation(
        number=2500, document="d", document_index=0, quote="q", answer="a", check="verified"
    )
    assert cited("[2019]", [far])[1] == (2019,)
