"""A finding as the remote model sees it: one line of fields."""

import pytest

from minions_core.documents import Chunk
from minions_core.evidence import Place, report_line
from minions_core.ledger import Disclosed
from tests.core.findings_made import CHUNK, DOCUMENT, finding, place


def line(*args, documents=(DOCUMENT,), **settings):
    return report_line(finding(*args, **settings), documents).text


def test_a_line_tells_number_answer_quote_and_place():
    told = line(places=(place(page=41, heading="Cash flows"),))
    assert told == '[1] 5 | "Sales were 5." | p. 41, "Cash flows"'


def test_a_place_in_a_table_has_its_columns():
    told = line(places=(place(page=41, columns="Item | 2017 | 2018"),))
    assert told.endswith("| p. 41, columns Item / 2017 / 2018")


def test_a_place_without_pages_is_an_excerpt():
    assert line(places=(place(),)) == '[1] 5 | "Sales were 5." | excerpt 3/40'


def test_of_several_documents_the_name_is_told():
    told = line(documents=(DOCUMENT, DOCUMENT))
    assert told == '[1] 5 | "Sales were 5." | report.txt p. 41'


def test_documents_of_one_name_are_told_apart():
    same = Place(chunk=CHUNK, document=1, name="report.txt", label="1: report.txt", page=41)
    told = line(documents=(DOCUMENT, DOCUMENT), places=(same,))
    assert told.endswith("| 1: report.txt p. 41")


def test_several_places_are_listed_once_each():
    pages = [41, 57, 41]
    assert line(places=tuple(place(page=page) for page in pages)).endswith("| p. 41; p. 57")


def test_many_places_are_counted():
    told = line(places=tuple(place(page=page) for page in range(1, 8)))
    assert told.endswith("| p. 1; p. 2; p. 3; p. 4 and 3 more places")


def test_a_place_unknown_is_left_out():
    assert line(places=(place(chunk=Chunk("x", 0)),)) == '[1] 5 | "Sales were 5."'


def test_text_of_a_plan_is_named_as_such():
    unplaced = Place(chunk=Chunk("made up"))
    told = line(check="unverified", places=(unplaced,))
    assert told.endswith("| text put together by the plan | quote not found in the text")


def test_a_quote_that_is_the_answer_is_shown_once():
    assert line("Sales were 5", "Sales were 5.") == "[1] Sales were 5 | p. 41"


def test_a_missing_figure_is_named():
    told = line("5 in 2021", check="partial", missing=("2021",))
    assert told.endswith("| p. 41 | 2021 not in quote")


def test_a_quote_that_says_too_little_is_marked():
    assert line("Fraud was found", "e", check="partial").endswith("| quote says too little")


@pytest.mark.parametrize(
    ("quote", "doubt"),
    [("", "no quote"), ("Sales were nine.", "quote not found in the text")],
)
def test_a_quote_that_does_not_stand_is_marked(quote, doubt):
    assert line(quote=quote, check="unverified").endswith(f"| p. 41 | {doubt}")


def test_a_long_answer_is_cut():
    assert len(line("word " * 1000, "Sales")) < 700


def test_votes_are_told_where_a_job_was_asked_more_than_once():
    assert line(samples=5, agreed=3) == '[1] 5 | "Sales were 5." | p. 41 | 3 of 5 samples'


def test_jobs_asked_once_each_are_no_votes():
    assert "samples" not in line(jobs=(1, 2), samples=2, agreed=2)


def test_a_repeated_finding_is_told_in_short():
    assert line(again=True) == "[1] again: 5 | p. 41"


def test_a_doubt_about_a_repeated_finding_is_told_again():
    told = line("5 in 2021", again=True, check="partial", missing=("2021",))
    assert told == "[1] again: 5 in 2021 | p. 41 | 2021 not in quote"


def test_every_name_in_the_report_is_disclosed():
    places = (place(page=1), place(page=2, name="notes.txt"))
    told = report_line(finding(places=places), (DOCUMENT, DOCUMENT))
    names = [item for item in told.disclosed if item.kind == "name"]
    assert names == [
        Disclosed(kind="name", text="report.txt", document="report.txt"),
        Disclosed(kind="name", text="notes.txt", document="notes.txt"),
    ]
