"""Earlier evidence that still stands is cited again under new numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Document
from minions_core.evidence import Library, cited, recalled, to_citation
from minions_core.evidence.markers import renumbered
from minions_core.result import Citation, Turn

TEXT = "Sales rose to 1,577 in 2018.\fDebt fell to 3. The board met twice."
REPORT = Document(TEXT, "report.txt")


def citation(number, quote, answer="5", text=TEXT, **settings):
    start = text.find(quote)
    values = {"document": "report.txt", "document_index": 0, "check": "verified", **settings}
    return Citation(
        number=number, quote=quote, answer=answer, start=start, end=start + len(quote), **values
    )


SALES = citation(4, "Sales rose to 1,577 in 2018.", "1,577")
DEBT = citation(7, "Debt fell to 3.", "3")


def turn(answer, *evidence, question="How much?"):
    return Turn(question=question, answer=answer, evidence=evidence)


def recall(*history, documents=(REPORT,), first_number=1):
    return recalled(
        history,
        library=Library(documents),
        heading_of=lambda document, offset: f"heading {document}",
        first_number=first_number,
    )


def test_evidence_that_still_stands_is_numbered_anew():
    findings, turns = recall(turn("1,577 [4], and 3 [7].", SALES, DEBT), first_number=5)
    assert [(found.number, found.answer) for found in findings] == [(5, "1,577"), (6, "3")]
    assert turns[0].answer == "1,577 [5], and 3 [6]."


def test_recalled_evidence_has_its_place_and_check():
    settled = citation(1, "Debt fell to 3.", "3", samples=5, agreed=4)
    finding = recall(turn("3 [1]", settled))[0][0]
    assert to_citation(finding, [REPORT]) == Citation(
        number=1,
        document="report.txt",
        document_index=0,
        start=29,
        end=44,
        page=2,
        heading="heading 0",
        quote="Debt fell to 3.",
        answer="3",
        check="verified",
        samples=5,
        agreed=4,
    )


def test_the_turns_carry_the_evidence_under_its_new_numbers():
    findings, turns = recall(turn("3 [7]", DEBT))
    assert turns[0].evidence == tuple(to_citation(finding, [REPORT]) for finding in findings)


def test_a_doubt_is_recalled_with_its_reason():
    doubtful = citation(1, "Debt fell to 3.", "3 in 2017", check="partial")
    finding = recall(turn("3 [1]", doubtful))[0][0]
    assert (finding.check, finding.missing) == ("partial", ("2017",))


def test_a_passage_that_moved_is_found_again():
    moved = Document(f"Preface.\n{TEXT.upper()}", "report.txt")
    finding = recall(turn("3 [7]", DEBT), documents=[moved])[0][0]
    assert (finding.quote, finding.places[0].page) == ("DEBT FELL TO 3.", 2)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(Document(TEXT, "other.txt"), id="another name"),
        pytest.param(Document(TEXT.replace("to 3", "to 4"), "report.txt"), id="another figure"),
        pytest.param(Document("Debt 1 2 fell to 3 Debt", "report.txt"), id="other words between"),
        pytest.param(Document("", "report.txt"), id="an empty document"),
    ],
)
def test_evidence_that_is_gone_is_forgotten(document):
    assert recall(turn("It is 3 [7].", DEBT), documents=[document]) == ([], [turn("It is 3.")])


def test_of_documents_that_share_a_name_the_same_one_is_looked_at_first():
    documents = [Document(TEXT, "report.txt")] * 2
    later = citation(1, "Debt fell to 3.", "3", document_index=1)
    finding = recall(turn("3 [1]", later), documents=documents)[0][0]
    assert finding.places[0].document == 1


def test_evidence_that_never_stood_anywhere_is_forgotten():
    claimed = Citation(
        number=1, document="report.txt", document_index=0, quote="x", answer="y", check="unverified"
    )
    assert recall(turn("y [1]", claimed)) == ([], [turn("y")])


def test_what_several_turns_rest_on_is_one_finding():
    earlier = citation(2, "Debt fell to 3.", "3")
    findings, turns = recall(turn("3 [7]", DEBT), turn("still 3 [2][5]", earlier))
    assert [found.number for found in findings] == [1]
    assert [each.answer for each in turns] == ["3 [1]", "still 3 [1]"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("It is 5 [1, 7].", "It is 5 [11, 17]."),
        ("It is 5 [1-3].", "It is 5 [11, 12, 13]."),
        ("It is 5 [2-9]; so.", "It is 5 [12, 13, 17]; so."),
        ("It is 5 [4] [5,6].", "It is 5."),
        ("It is 5 [4, 7]", "It is 5 [17]"),
        ("It is 5 [1][1].", "It is 5 [11][11]."),
        ("a[i], [x], [ 2 ]", "a[i], [x], [12]"),
        ("no marker", "no marker"),
    ],
)
def test_markers_take_the_new_numbers(answer, told):
    assert renumbered(answer, {1: 11, 2: 12, 3: 13, 7: 17}) == told


@given(st.text(st.sampled_from("[]0123456789,-; x"), max_size=60))
def test_no_marker_is_left_that_points_at_nothing(answer):
    told = renumbered(answer, {1: 3, 2: 1, 3: 2})
    assert cited(told, [citation(number, "Debt") for number in (1, 2, 3)])[1] == ()
