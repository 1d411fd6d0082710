"""What is said of a table, in sentences."""

from dataclasses import replace

from minions_core.bench import Prices, Setup
from minions_core.errors import ContextWindowExceeded, ModelError
from tests.bench.made import Scripted, questions
from tests.bench.reports import HALF, RIGHT, UNEVEN, WORSE_ON_ONE, reported


def test_a_small_difference_is_said_to_prove_nothing():
    report = reported(Scripted(RIGHT), Scripted(HALF, name="minions"))
    assert (
        "MinionS against remote-only: better on 0, worse on 2, alike on 2 (sign test p = 0.5): no "
        "difference shown."
    ) in report.remarks


def test_a_large_difference_is_told():
    many = questions(10)
    wrong = {each.id: "7" for each in many}
    right = {each.id: "412" for each in many}
    report = reported(Scripted(right), Scripted(wrong, name="minions"), questions=many)
    assert "(sign test p = 0.002)." in report.remarks[0]


def test_no_difference_is_told():
    report = reported(Scripted(RIGHT), Scripted(RIGHT, name="minions"))
    assert "MinionS against remote-only: alike on all questions (4)." in report.remarks


def test_remarks_tell_of_failures():
    report = reported(Scripted({**RIGHT, "q2": ModelError("no")}))
    assert "remote-only: 1 failed; run the command again to try them again." in report.remarks


class Cut(Scripted):
    """Its replies end where their room does."""

    def answer(self, question, observe):
        return replace(super().answer(question, observe), cut=True)


def test_remarks_tell_of_replies_that_were_cut():
    (said,) = reported(Cut(RIGHT)).remarks
    assert said.startswith("remote-only: on 4 the reply was cut where its room ended")


def test_remarks_tell_of_lines_that_were_passed_over(tmp_path):
    path = tmp_path / "r.jsonl"
    reported(Scripted(RIGHT), path=path)
    path.write_text(f"{{}}\n{path.read_text()}")
    said = "Lines of the file of records that could not be read: 1."
    assert said in reported(Scripted(RIGHT), path=path).remarks


def test_remarks_tell_of_documents_that_do_not_fit():
    report = reported(Scripted({**RIGHT, "q2": ContextWindowExceeded("too long")}))
    assert "remote-only: on 1 the documents do not fit the model." in report.remarks


def test_remarks_tell_of_an_unknown_price():
    report = reported(Scripted(RIGHT), prices=Prices(remote="x", price_as="nobody"))
    assert "The price of nobody is not known: name another with --price-as." in report.remarks


def test_remarks_tell_that_stand_ins_are_no_language_models():
    offline = Setup(dataset="a", local="offline", remote="offline", top_k=8, max_rounds=3)
    assert "not language models" in reported(Scripted(RIGHT), setup=offline).remarks[-1]


def test_it_is_said_that_not_all_are_scored_on_the_same():
    said = "The chart is drawn on those on which all are who are scored at all: 3."
    assert any(remark.endswith(said) for remark in reported(UNEVEN, WORSE_ON_ONE).remarks)
