"""What may leave: placeholders for sensitive values, and where asked nothing word for word."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence import (
    Coverage,
    Discretion,
    Finding,
    Library,
    Place,
    Wording,
    passages_report,
    report,
    report_line,
    without_copies,
)
from minions_core.jobs import Job
from minions_core.ledger import Disclosed
from minions_core.messages import estimate_tokens
from minions_core.result import JobResult

MAIL = "anna.smith@example.com"


def hide(text):
    return text.replace(MAIL, "[EMAIL_1]").replace("555-45-1234", "[SSN_1]")


HIDING = Discretion(hide=hide)
ANSWERS = Discretion(privacy="answers")
COVERED = Coverage(shares=(0.1, 0.1), share=0.1, excerpts=1, of=40, pages=((), ()))


def finding(answer="5", quote="Sales were 5.", check="verified", chunk="", task="Who?", **settings):
    where = {"document": 0, "name": "a.txt", "span": Span(0, 5), "page": 7, **settings}
    missing = where.pop("missing", ())
    return Finding(
        number=1,
        task=task,
        answer=answer,
        quote=quote,
        check=check,
        missing=missing,
        places=(Place(chunk=Chunk(chunk, 0, Span(0, len(chunk))), **where),),
        jobs=(1,),
    )


def line(discretion, *args, **settings):
    return report_line(finding(*args, **settings), [Document("x")], discretion).text


def reported(found, discretion, max_tokens=3000):
    result = JobResult(id=1, task=found.task, status="answered", answer=found.answer)
    return report(
        [found],
        tasks=[found.task],
        done=[(Job(id=1, round=1, task=found.task, chunk=Chunk("x")), result)],
        coverage=COVERED,
        count=estimate_tokens,
        max_tokens=max_tokens,
        discretion=discretion,
    )


@pytest.mark.parametrize("where", ["answer", "quote", "task", "heading", "columns", "name"])
def test_a_sensitive_value_is_hidden_wherever_it_stands(where):
    told = reported(finding(**{where: f"Write to {MAIL}."}), HIDING)
    assert "anna" not in told.text
    assert "Write to [EMAIL_1]." in told.text
    assert "anna" not in str([item.text for item in told.disclosed])


@pytest.mark.parametrize("where", ["answer", "quote", "task", "heading", "columns", "name"])
@given(size=st.integers(0, 1600))
def test_no_cut_leaves_half_of_a_value(where, size):
    told = reported(finding(**{where: f"{'x' * size} {MAIL}"}), HIDING, max_tokens=400)
    assert "anna" not in told.text


def test_a_value_split_by_characters_nobody_sees_is_hidden():
    assert "[EMAIL_1]" in line(HIDING, "anna.smith\u200b@example\u2060.com")


def test_a_value_split_by_a_line_break_is_given_to_hide_on_one_line():
    seen = []
    line(Discretion(hide=lambda text: seen.append(text) or text), "4111 1111\n1111 1111")
    assert "4111 1111 1111 1111" in seen


def test_pieces_of_a_hidden_value_are_not_named_as_missing():
    told = line(HIDING, "It is 555-45-1234", check="partial", missing=("555", "45", "1234"))
    assert told.endswith('It is [SSN_1] | "Sales were 5." | p. 7 | part of the answer not in quote')


def test_what_is_missing_beside_a_hidden_value_is_named():
    told = line(HIDING, "555-45-1234 in 1945", check="partial", missing=("555", "45", "1945"))
    assert told.endswith("| 1945 not in quote")


def test_each_text_of_a_report_is_hidden_once():
    seen = []
    discretion = Discretion(hide=lambda text: seen.append(text) or text)
    reported(finding("word " * 2000, "quote " * 2000), discretion, max_tokens=200)
    assert len(seen) == len(set(seen))


def test_what_is_disclosed_is_what_left():
    told = reported(finding(f"Ask {MAIL}", heading=f"Mail {MAIL}"), HIDING)
    assert told.disclosed == (
        Disclosed(kind="task", text="Who?"),
        Disclosed(kind="answer", text="Ask [EMAIL_1]", document="a.txt"),
        Disclosed(kind="quote", text="Sales were 5.", document="a.txt"),
        Disclosed(kind="name", text="a.txt", document="a.txt"),
        Disclosed(kind="heading", text="Mail [EMAIL_1]", document="a.txt"),
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "[1] 5 | p. 7 | quote verified"),
        ({"check": "unverified"}, "[1] 5 | p. 7 | quote not found in the text"),
        ({"check": "unverified", "quote": ""}, "[1] 5 | p. 7 | no quote"),
        ({"check": "partial", "missing": ("5",)}, "[1] 5 | p. 7 | 5 not in quote"),
        ({"check": "partial"}, "[1] 5 | p. 7 | quote says too little"),
        ({"heading": "Sales", "columns": "a | b"}, "[1] 5 | p. 7 | quote verified"),
    ],
)
def test_without_wording_the_check_of_the_quote_is_told(settings, told):
    assert line(ANSWERS, **settings) == told


def test_without_wording_no_passage_is_told():
    assert passages_report([finding()], [Document("x")], ANSWERS).text == ""


def test_without_wording_only_answer_name_and_task_are_disclosed():
    told = reported(finding(heading="Sales"), ANSWERS)
    assert [item.kind for item in told.disclosed] == ["task", "answer", "name"]


SOURCE = (
    "The Reseller may with prior written consent appoint up to 1,577 agents in 2018 (see note)."
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("Up to 1,577 agents.", "Up to 1,577 agents.", id="own words"),
        pytest.param(
            SOURCE, "The Reseller ... 1,577 ... 2018 ... see note).", id="all of the source"
        ),
        pytest.param(
            "It says: the RESELLER may, with prior written consent, APPOINT up (sic) nobody.",
            "It says: the RESELLER ... APPOINT up (sic) nobody.",
            id="case and marks",
        ),
        pytest.param(
            "The Reseller may with prior written consent appoint",
            "The Reseller may with prior written consent appoint",
            id="eight words",
        ),
        pytest.param("", "", id="nothing"),
        pytest.param("*** ---", "*** ---", id="marks"),
    ],
)
def test_of_a_copied_run_ends_and_figures_stay(text, told):
    assert without_copies(text, SOURCE) == told


def test_figures_of_a_copied_run_keep_their_signs():
    row = "Net purchases of property plant and equipment were (1,577) or $20 and 22.9% in all years"
    assert without_copies(row, row) == "Net purchases ... (1,577) ... $20 ... 22.9% ... all years"


def test_a_copied_row_of_figures_is_parted():
    row = "Sales 10 20 30 40 50 60 70 80 90"
    assert (
        without_copies(row, row) == "Sales 10 ... 20 ... 30 ... 40 ... 50 ... 60 ... 70 ... 80 90"
    )


def test_a_copied_sentence_of_chinese_has_a_gap():
    text = "当社の資本的支出は前年度より十億円増加しました"
    assert without_copies(text, text) == "当社 ... した"
    assert without_copies("資本的支出は十億円", text) == "資本的支出は十億円"


def test_runs_of_several_texts_are_known():
    wording = Wording(["a b c d e f g h i", "k l m n o p q r s"])
    assert without_copies("x k l m n o p q r s y", wording) == "x k l ... r s y"


WORDS = st.lists(
    st.sampled_from(["tax", "Tax,", "net", "10", "was", "(2)", "é", "of"]), max_size=40
)
TEXTS = WORDS.map(" ".join)


def runs(text):
    """The runs of nine words in a text; whatever else it holds keeps them apart."""
    words = re.findall(r"\w+|\.\.\.|[|\n]", text.lower())
    return {tuple(words[at : at + 9]) for at in range(len(words) - 8)}


@given(TEXTS, TEXTS)
def test_no_copied_run_is_longer_than_eight_words(text, source):
    assert not runs(without_copies(text, source)) & runs(source)


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, TEXTS, st.sampled_from(["verified", "partial"]))
def test_no_run_of_any_document_leaves(one, other, answer, quote, task, name, check):
    documents = [Document(one, name), Document(other, "b")]
    discretion = Discretion(privacy="answers", library=Library(documents))
    found = finding(answer, quote, check, one, task, name=name, heading=other, missing=("10",))
    told = reported(found, discretion)
    assert not runs(told.text) & (runs(one) | runs(other))
    assert all(item.text in told.text for item in told.disclosed)


@given(TEXTS, TEXTS)
def test_without_a_library_no_run_of_the_excerpt_leaves(answer, chunk):
    assert not runs(line(ANSWERS, answer, chunk=chunk)) & runs(chunk)
