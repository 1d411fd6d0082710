"""Which findings of a round are one, and in what order they come."""

from minions_core.documents import Chunk, Document, Span
from tests.core.gathering import FIRST, SECOND, THIRD, chunk_of, done, gather


def test_jobs_without_an_answer_are_passed_over():
    assert gather(done(1, chunk_of(FIRST), None, None)) == []


def test_the_same_passage_read_in_two_chunks_is_one_finding():
    wide, narrow = chunk_of(FIRST), chunk_of("Receivables 2018 4,392\nDebt 10")
    findings = gather(
        done(1, narrow, "4,392", "2018 4,392"),
        done(2, wide, "4,392.", "Receivables 2018 4,392"),
    )
    assert [(found.quote, len(found.places), found.jobs) for found in findings] == [
        ("Receivables 2018 4,392", 1, (1, 2))
    ]


def test_the_same_words_on_two_pages_are_one_finding_with_two_places():
    findings = gather(
        done(1, chunk_of(SECOND), "10", "Debt 10"), done(2, chunk_of(FIRST), "10", "debt 10")
    )
    assert [[place.page for place in found.places] for found in findings] == [[1, 2]]


def test_the_better_checked_of_two_duplicates_stands_for_both():
    findings = gather(
        done(1, chunk_of(FIRST), "4,392", "Receivables 2018"),
        done(2, chunk_of(FIRST), "4,392", "2018 4,392"),
    )
    assert [(found.check, found.quote) for found in findings] == [("verified", "2018 4,392")]


def test_other_answers_to_a_task_stay_apart():
    findings = gather(
        done(1, chunk_of(FIRST), "4,392", "Receivables 2018 4,392"),
        done(2, chunk_of(FIRST), "(4,392)", "Receivables 2018 4,392"),
    )
    assert len(findings) == 2


def test_the_same_answer_to_another_task_stays_apart():
    findings = gather(
        done(1, chunk_of(FIRST), "10", "Debt 10", task="Debt?"),
        done(2, chunk_of(FIRST), "10", "Debt 10", task="Loans?"),
    )
    assert [found.task for found in findings] == ["Debt?", "Loans?"]


def test_the_best_checked_come_first():
    findings = gather(
        done(1, chunk_of(FIRST), "5", "no such words anywhere", task="A"),
        done(2, chunk_of(FIRST), "11", "Debt 10", task="A"),
        done(3, chunk_of(SECOND), "305", "Receivables 2018 (305)", task="B"),
        done(4, chunk_of(SECOND), "10", "Debt 10", task="A"),
        done(5, chunk_of(FIRST), "4,392", "Receivables 2018 4,392", task="A"),
    )
    assert [(found.number, found.answer) for found in findings] == [
        (1, "4,392"),
        (2, "10"),
        (3, "305"),
        (4, "11"),
        (5, "5"),
    ]


def test_two_thousand_findings_are_gathered_in_one_sweep():
    document = Document("Sales were 5. " * 2000)
    jobs = [
        done(number, Chunk("Sales were 5. ", 0, Span(at, at + 14)), "5", "Sales were 5.")
        for number, at in enumerate(range(0, 28_000, 14), 1)
    ]
    findings = gather(*jobs, documents=[document])
    assert [len(found.places) for found in findings] == [2000]


def test_other_figures_from_the_same_words_are_rivals():
    findings = gather(
        done(1, chunk_of(THIRD), "4,392", "Receivables rose 22.9 % to 4,392."),
        done(2, chunk_of(THIRD), "22.9 %", "Receivables rose 22.9 % to 4,392."),
        done(3, chunk_of(FIRST), "10", "Debt 10"),
    )
    assert {(found.answer, found.rival) for found in findings} == {
        ("4,392", 3),
        ("22.9 %", 2),
        ("10", None),
    }


def test_the_same_figures_in_other_words_are_no_rivals():
    findings = gather(
        done(1, chunk_of(THIRD), "rose to 4,392", "Receivables rose 22.9 % to 4,392."),
        done(2, chunk_of(THIRD), "4,392 after a rise", "Receivables rose 22.9 % to 4,392."),
    )
    assert [found.rival for found in findings] == [None, None]


def test_figures_for_other_tasks_are_no_rivals():
    findings = gather(
        done(1, chunk_of(THIRD), "4,392", "Receivables rose 22.9 % to 4,392."),
        done(
            2, chunk_of(THIRD), "22.9 %", "Receivables rose 22.9 % to 4,392.", task="By how much?"
        ),
    )
    assert [found.rival for found in findings] == [None, None]


def test_summaries_come_in_the_order_of_their_parts():
    findings = gather(
        done(1, chunk_of(FIRST), "All is well.", "no such words", kind="summary"),
        done(2, chunk_of(SECOND), "Receivables fell.", "Receivables 2018 (305)", kind="summary"),
    )
    assert [found.answer for found in findings] == ["All is well.", "Receivables fell."]


def test_a_summary_is_held_against_all_its_worker_read():
    (found,) = gather(
        done(
            1, chunk_of(THIRD), "Rose to 4,392 under Cook.", "Tim Cook is chairman.", kind="summary"
        )
    )
    assert (found.check, found.missing) == ("verified", ())


def test_a_look_up_is_held_against_its_quote():
    (found,) = gather(done(1, chunk_of(THIRD), "Rose to 4,392.", "Tim Cook is chairman."))
    assert (found.check, found.missing) == ("partial", ("4,392",))
