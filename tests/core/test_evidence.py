"""What the remote model is told of a round."""

import re

from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Document
from minions_core.evidence import Library, report
from minions_core.evidence.coverage import Coverage, coverage
from minions_core.jobs import Job
from minions_core.ledger import Disclosed
from minions_core.messages import estimate_tokens
from minions_core.result import JobResult
from tests.core.findings_made import CHUNK, DOCUMENT, finding, place

COVERED = Coverage(shares=(0.1,), share=0.1, excerpts=1, of=40, pages=((),))


def job(number, task="Sales?", status="answered"):
    result = JobResult(id=number, task=task, status=status)
    return Job(id=number, round=1, task=task, chunk=CHUNK), result


def answered(number, task):
    result = JobResult(id=number, task=task, status="answered", answer="5")
    return Job(id=number, round=1, task=task, chunk=CHUNK), result


def reported(
    *findings, tasks=("Sales?",), done=None, covered=COVERED, max_tokens=1500, library=None
):
    return report(
        findings,
        tasks=tasks,
        done=[job(1)] if done is None else done,
        coverage=covered,
        count=estimate_tokens,
        max_tokens=max_tokens,
        library=library,
    )


def test_a_quote_is_told_whole_while_there_is_room():
    clause = f"{'The Reseller may, with consent, do this. ' * 12}It may sublicense to affiliates."
    assert "sublicense to affiliates." in reported(finding("Yes", clause)).text


def test_a_long_quote_is_cut_around_the_figure_where_room_is_short():
    quote = f"{'before ' * 100}1,577{' after' * 100}"
    told = reported(finding("1,577", quote), max_tokens=300).text
    assert '"...' in told
    assert 'after..."' in told
    assert " 1,577 after" in told
    assert len(told) < 500


def test_a_report_is_grouped_by_task_under_a_summary():
    told = reported(
        finding("5", number=1),
        finding("6", "Costs were 6.", number=2, task="Costs?"),
        finding("7", "Sales were 7.", number=3, check="partial", missing=("7",)),
        tasks=["Sales?", "Tax?", "Costs?", "Debt?"],
        done=[
            *[job(1), job(2, "Costs?"), job(3)],
            *[job(4, "Tax?", "abstained"), job(5, "Tax?", "abstained")],
            *[job(6, "Debt?", "unparsable"), job(7, "Debt?", "abstained")],
        ],
    )
    assert told.text.splitlines() == [
        f"Read so far: {COVERED}. This round's jobs: 3 answered, 3 nothing found, 1 unreadable.",
        "T1 Sales?",
        '[1] 5 | "Sales were 5." | p. 41',
        '[3] 7 | "Sales were 7." | p. 41 | 7 not in quote',
        "T3 Costs?",
        '[2] 6 | "Costs were 6." | p. 41',
        "T2 Tax?: nothing in 2 excerpts",
        "T4 Debt?: nothing in 1 excerpt, 1 unreadable",
    ]


def test_a_round_that_found_nothing_says_so():
    told = reported(done=[job(1, status="abstained"), job(2, status="failed")])
    assert told.text.splitlines()[1:] == ["T1 Sales?: nothing in 1 excerpt, 1 failed"]


def test_a_round_without_jobs_says_so():
    told = reported(tasks=["Sales?"], done=[]).text
    assert told.endswith("This round's jobs: none.\nT1 Sales?: no job was done")


def test_a_long_task_is_cut():
    assert (
        "T1 " + "w" * 97 + "...\n"
        in reported(finding(task="w" * 500), tasks=["w" * 500], done=[job(1, "w" * 500)]).text
    )


def many(checks):
    return [
        finding(f"answer {number}", f"quote {number}", number=number, check=check)
        for number, check in enumerate(checks, 1)
    ]


def shown(told):
    """The numbers of the findings in a report."""
    return [int(number) for number in re.findall(r"^\[(\d+)\]", told.text, re.MULTILINE)]


def left_out(told):
    """How many findings a report says it does not show."""
    counted = re.search(r"\nNo room for (\d+) more findings: see prev_job_outputs\Z", told.text)
    return int(counted[1]) if counted else 0


def test_what_does_not_fit_is_left_out_and_counted():
    told = reported(*many(["verified"] * 50), max_tokens=200)
    assert estimate_tokens(told.text) <= 200
    assert left_out(told) == 50 - len(shown(told)) > 0


def test_the_best_checked_findings_stay():
    told = reported(*many(["unverified"] * 20 + ["verified"] * 5), max_tokens=200)
    assert set(shown(told)) >= set(range(21, 26))


def test_every_task_keeps_its_best_finding():
    first = [finding(f"a {n}", f"q {n}", n, "Sales?") for n in range(1, 41)]
    last = finding("the other", "other quote", 41, "Costs?")
    told = reported(*first, last, tasks=["Sales?", "Costs?"], max_tokens=150)
    assert {1, 41} <= set(shown(told)) < set(range(1, 42))


def test_even_little_room_holds_a_finding():
    told = reported(finding("word " * 300, "quote " * 300), max_tokens=120)
    assert estimate_tokens(told.text) <= 120
    assert shown(told) == [1]


def test_weak_agreement_ranks_below_strong_agreement():
    weak = [finding(f"a {n}", f"q {n}", n, samples=5, agreed=2) for n in range(1, 31)]
    strong = finding("the other", "other quote", 31, samples=5, agreed=3)
    assert 31 in shown(reported(*weak, strong, max_tokens=200))


def test_what_is_new_comes_before_what_is_repeated():
    old = [finding(f"a {n}", f"q {n}", n, again=True) for n in range(1, 31)]
    assert 31 in shown(reported(*old, finding("new", "new quote", 31), max_tokens=150))


def test_a_task_whose_finding_is_listed_under_another_points_there():
    told = reported(
        finding("5", number=3, jobs=(1, 2)),
        tasks=["Sales?", "Revenue?"],
        done=[answered(1, "Sales?"), answered(2, "Revenue?"), job(3, "Revenue?", "abstained")],
    )
    assert told.text.endswith("\nT2 Revenue?: nothing in 1 excerpt, see [3]")


def test_many_tasks_without_findings_are_summed_up():
    tasks = [f"Is number {number} mentioned anywhere in here?" for number in range(100)]
    told = reported(tasks=tasks, done=[job(n, t, "abstained") for n, t in enumerate(tasks, 1)])
    assert estimate_tokens(told.text) < 600
    assert told.text.splitlines()[-1].endswith("more tasks without a finding")


@given(st.integers(100, 600), st.lists(st.text(max_size=200), max_size=12))
def test_a_report_always_fits(max_tokens, answers):
    findings = [finding(text, text[::-1], number) for number, text in enumerate(answers, 1)]
    told = reported(*findings, max_tokens=max_tokens)
    assert estimate_tokens(told.text) <= max_tokens
    assert len(shown(told)) + left_out(told) == len(findings)


def test_all_that_comes_from_documents_is_disclosed():
    told = reported(
        finding("5", places=(place(page=41, heading="Cash flows", columns="a | b"),)),
        covered=Coverage(shares=(0.1, 0.0), share=0.1, excerpts=1, of=40, pages=((), ())),
    )
    assert told.disclosed == (
        Disclosed(kind="task", text="Sales?"),
        Disclosed(kind="answer", text="5", document="report.txt"),
        Disclosed(kind="quote", text="Sales were 5.", document="report.txt"),
        Disclosed(kind="name", text="report.txt", document="report.txt"),
        Disclosed(kind="heading", text="Cash flows", document="report.txt"),
        Disclosed(kind="heading", text="a / b", document="report.txt"),
    )


def test_what_is_not_shown_is_not_disclosed():
    told = reported(*many(["verified"] * 50), max_tokens=200)
    assert sum(item.kind == "answer" for item in told.disclosed) == len(shown(told))


def test_what_is_disclosed_stands_in_the_report():
    told = reported(*many(["verified", "partial", "unverified"]))
    assert all(item.text in told.text for item in told.disclosed)


def test_five_findings_take_less_than_300_tokens():
    rows = [f"Purchases of property, plant and equipment ({year},577)" for year in range(1, 6)]
    findings = [
        finding(f"{n},577 million", row, n, places=(place(page=n, heading="Cash flows"),))
        for n, row in enumerate(rows, 1)
    ]
    read = coverage([done for done, _ in [job(1)]], [DOCUMENT])
    told = reported(*findings, done=[job(n) for n in range(1, 6)], covered=read)
    assert estimate_tokens(told.text) < 200


def test_a_name_of_the_task_that_stands_nowhere_is_pointed_out():
    library = Library([Document("Arthur Woolf was an engineer.")])
    told = reported(tasks=("What nationality was Arthur Smith?",), done=[], library=library)
    assert "(nowhere in the documents: Smith)" in told.text


def test_a_name_in_the_name_of_a_document_is_no_stranger():
    library = Library([Document("He was an engineer.", "Smith.txt")])
    told = reported(tasks=("What nationality was Smith?",), done=[], library=library)
    assert "nowhere" not in told.text
