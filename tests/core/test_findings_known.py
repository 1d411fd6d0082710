"""What is found again keeps the number it has."""

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence import gather_findings
from minions_core.jobs import Job
from minions_core.result import JobResult

TEXT = (
    "Debt was 10 in 2018. Receivables were 305 in 2018. Notes. Receivables were 305 in 2018. Yes."
)
DOCUMENT = Document(TEXT, "report.txt")
WHOLE = Chunk(TEXT, 0, Span(0, len(TEXT)))
BACK = Chunk(TEXT[51:], 0, Span(51, len(TEXT)))


def done(number, answer, quote, task="Receivables?", chunk=WHOLE, **votes):
    result = JobResult(
        id=number, task=task, status="answered", answer=answer, citation=quote, **votes
    )
    return Job(id=number, round=1, task=task, chunk=chunk), result


def gather(*jobs, known=(), **settings):
    return gather_findings(
        jobs, [DOCUMENT], known=known, heading_of=lambda document, offset: None, **settings
    )


FIRST = gather(
    done(1, "305", "Receivables were 305 in 2018."), done(2, "10", "Debt was 10 in 2018.", "Debt?")
)


def summary(findings):
    return [(found.number, found.answer, found.again) for found in findings]


def test_the_same_answer_from_the_same_passage_keeps_its_number():
    again = gather(done(3, "305", "Receivables were 305"), known=FIRST)
    assert summary(again) == [(1, "305", True)]


def test_the_task_may_be_worded_differently():
    again = gather(done(3, "305.", "receivables were 305 in 2018", "What is owed?"), known=FIRST)
    assert summary(again) == [(1, "305", True)]
    assert again[0].task == "What is owed?"


def test_new_findings_are_numbered_on():
    found = gather(
        done(3, "2018", "Debt was 10 in 2018."),
        done(4, "305", "Receivables were 305"),
        known=FIRST,
    )
    assert summary(found) == [(3, "2018", False), (1, "305", True)]


def test_the_same_words_elsewhere_add_a_place():
    again = gather(done(3, "305", "Receivables were 305 in 2018.", chunk=BACK), known=FIRST)
    assert summary(again) == [(1, "305", True)]
    assert [place.span for place in again[0].places] == [Span(21, 50), Span(58, 87)]
    assert again[0].jobs == (1, 3)


def test_another_answer_from_the_same_passage_is_new():
    found = gather(done(3, "2018", "Receivables were 305 in 2018."), known=FIRST)
    assert summary(found) == [(3, "2018", False)]


def test_the_same_answer_from_another_passage_is_new():
    found = gather(done(3, "10", "Receivables were 305 in 2018."), known=FIRST)
    assert summary(found) == [(3, "10", False)]


def test_answers_without_quotes_are_one_only_for_one_task():
    known = gather(done(1, "Yes", None, "Is it due?"))
    found = gather(
        done(2, "Yes", None, "Is it due?"), done(3, "Yes", None, "Is it owed?"), known=known
    )
    assert summary(found) == [(1, "Yes", True), (2, "Yes", False)]


def test_a_better_quote_takes_the_place_of_the_known_one():
    known = gather(done(1, "305", "Receivables were"))
    again = gather(done(2, "305", "Receivables were 305 in 2018."), known=known)
    assert (known[0].check, again[0].check) == ("partial", "verified")
    assert summary(again) == [(1, "305", False)]
    assert [place.span for place in again[0].places] == [Span(21, 50)]


def test_two_tasks_that_find_what_is_known_list_it_once():
    again = gather(
        done(3, "305", "Receivables were 305", "A?"),
        done(4, "305", "Receivables were 305", "B?"),
        known=FIRST,
    )
    assert summary(again) == [(1, "305", True)]
    assert again[0].jobs == (1, 3, 4)


def test_votes_are_summed_over_jobs():
    found = gather(
        done(1, "305", "Receivables were 305", samples=5, agreed=3),
        done(2, "305", "were 305 in 2018", samples=3, agreed=3),
    )
    assert [(item.samples, item.agreed) for item in found] == [(8, 6)]


def test_votes_of_earlier_rounds_count():
    known = gather(done(1, "305", "Receivables were 305", samples=5, agreed=3))
    again = gather(done(2, "305", "Receivables were 305", samples=5, agreed=4), known=known)
    assert (again[0].samples, again[0].agreed) == (10, 7)


def test_a_job_that_quotes_twice_votes_once():
    jobs = [
        done(1, "10", quote, samples=3, agreed=2) for quote in ("Debt was 10", "was 10 in 2018")
    ]
    found = gather(*jobs)
    assert [(item.jobs, item.samples, item.agreed) for item in found] == [((1,), 3, 2)]


def test_weak_agreement_ranks_below_strong_agreement_of_the_same_check():
    found = gather(
        done(1, "10", "Debt was 10 in 2018.", samples=5, agreed=2),
        done(2, "305", "Receivables were 305 in 2018.", samples=5, agreed=3),
        done(3, "11", "Debt was 10 in 2018.", samples=5, agreed=5),
    )
    assert [item.answer for item in found] == ["305", "10", "11"]
