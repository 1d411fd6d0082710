"""Several replies to one job: which of them counts, and how many stand behind it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.config import JobOutput
from minions_core.documents import Chunk
from minions_core.jobs import Job, job_result, lost_job
from minions_core.jobs.sameness import say_the_same
from minions_core.jobs.votes import Ballot

TEXT = "Capital expenditure was $1,577 million in 2023. The budget was $1,650 million."
QUOTE = "Capital expenditure was $1,577 million in 2023."
SUMMARIES = (
    "The committee discussed the 2024 budget. Members agreed to cut travel by 10%.",
    "Members of the committee agreed to cut travel by 10% in the 2024 budget they discussed.",
    "In discussing the 2024 budget the committee agreed that members travel 10% less.",
    "The speaker thanked everyone and closed the session.",
)


def job(kind="look-up", samples=5):
    task = "What was capital expenditure in 2023?"
    return Job(id=3, round=1, task=task, chunk=Chunk(TEXT), kind=kind, samples=samples)


def said(answer, quote=None, the_job=None):
    return job_result(the_job or job(), JobOutput(answer=answer, citation=quote), None)


def lost(status="unparsable", detail="no object"):
    return lost_job(job(), status, detail, None)


def vote(*results, **settings):
    ballot = Ballot(job(**settings))
    for result in results:
        ballot.cast(result)
    return ballot


def outcome(*results, **settings):
    return vote(*results, **settings).outcome()


def test_the_largest_group_wins():
    result = outcome(said("1,650"), said("1,577"), said("$1,577 million"))
    assert (result.answer, result.samples, result.agreed) == ("1,577", 3, 2)


def test_of_equal_groups_that_which_quotes_its_chunk_wins():
    assert outcome(said("1,650"), said("1,577", QUOTE)).answer == "1,577"


def test_a_quote_that_stands_nowhere_decides_nothing():
    assert outcome(said("1,650"), said("1,577", "Capex came to 1,577.")).answer == "1,650"


def test_of_equal_groups_without_quotes_the_first_wins():
    assert outcome(said("1,650"), said("1,577")).answer == "1,650"


def test_a_larger_group_goes_before_a_quoted_one():
    assert outcome(said("1,577", QUOTE), said("1,650"), said("1,650")).answer == "1,650"


def test_the_winner_speaks_through_the_reply_whose_quote_stands():
    result = outcome(said("1,577", "made up"), said("$1,577 million", QUOTE))
    assert (result.answer, result.citation, result.agreed) == ("$1,577 million", QUOTE, 2)


def test_of_standing_quotes_that_which_holds_the_figure_is_taken():
    other = "The budget was $1,650 million."
    assert outcome(said("1,577", other), said("1,577", QUOTE)).citation == QUOTE


def test_a_majority_that_found_nothing_is_an_abstention():
    result = outcome(said("1,577", QUOTE), said(None), said("not stated"))
    assert (result.status, result.answer, result.agreed, result.samples) == (
        "abstained",
        None,
        2,
        3,
    )


def test_an_answer_with_a_quote_goes_before_as_many_abstentions():
    assert outcome(said(None), said("1,577", QUOTE)).answer == "1,577"


def test_an_abstention_goes_before_as_many_answers_without_a_quote():
    assert outcome(said(None), said("1,577")).status == "abstained"


def test_what_could_not_be_read_does_not_vote():
    result = outcome(lost(), lost("truncated"), said("1,577"))
    assert (result.status, result.samples, result.agreed) == ("answered", 1, 1)


def test_if_nothing_could_be_read_the_last_failure_counts():
    result = outcome(lost(), lost("failed", "no link"))
    assert (result.status, result.detail, result.samples) == ("failed", "no link", 0)


def test_an_answer_agrees_with_all_of_its_group():
    result = outcome(said("1,577"), said("1,577 (2023)"), said("1,577 (2022)"))
    assert result.agreed == 2


def test_lists_agree_in_any_order():
    the_job = job("list")
    result = outcome(said("a; b", None, the_job), said("- b\n- a", None, the_job), kind="list")
    assert (result.kind, result.agreed) == ("list", 2)


def test_of_summaries_that_which_is_most_like_the_others_is_taken():
    result = outcome(*map(said, reversed(SUMMARIES)), kind="summary")
    assert result.answer in SUMMARIES[:3]
    assert (result.samples, result.agreed) == (4, 3)


def test_one_summary_agrees_with_itself():
    result = outcome(said(SUMMARIES[0]), kind="summary")
    assert (result.samples, result.agreed) == (1, 1)


def test_most_summaries_that_found_nothing_are_an_abstention():
    assert outcome(said(None), said(SUMMARIES[0]), said(None), kind="summary").status == "abstained"


def test_without_a_vote_there_is_no_outcome():
    with pytest.raises(LookupError):
        vote().outcome()


def test_a_vote_is_open_while_the_rest_could_turn_it():
    assert not vote(said("1,577", QUOTE), said("1,577", QUOTE)).decided


def test_a_quoted_majority_decides_a_vote():
    assert vote(*[said("1,577", QUOTE)] * 3).decided


def test_a_majority_without_a_quote_may_still_get_one():
    assert not vote(*[said("1,577")] * 4).decided


def test_a_lead_that_the_rest_could_level_decides_nothing():
    assert not vote(said("1,577", QUOTE), said("1,577", QUOTE), said("1,650")).decided


def test_a_lead_that_the_rest_cannot_level_decides():
    quoted = said("1,577", QUOTE)
    assert vote(quoted, said("1,650"), quoted, quoted).decided


def test_a_majority_that_found_nothing_decides_a_vote():
    assert vote(*[said(None)] * 3).decided


def test_a_reply_that_was_lost_leaves_fewer_to_come():
    votes = [said("1,577", QUOTE), said("1,577", QUOTE)]
    assert not vote(*votes, samples=4).decided
    assert vote(lost(), *votes, samples=4).decided


def test_summaries_are_all_heard():
    assert not vote(*[said(SUMMARIES[0], QUOTE)] * 4, kind="summary").decided


RESULTS = st.lists(
    st.one_of(
        st.builds(
            said,
            st.none() | st.sampled_from(["1,577", "1577", "1,650", "no", "Ann; Bob"]),
            st.sampled_from([None, QUOTE, "made up"]),
        ),
        st.just(lost()),
    ),
    min_size=1,
    max_size=9,
)
KINDS = st.sampled_from(["look-up", "list", "summary"])


@given(RESULTS, KINDS)
def test_no_more_agree_than_voted_and_none_that_was_lost(results, kind):
    result = outcome(*results, kind=kind)
    read = sum(result.status in {"answered", "abstained"} for result in results)
    assert (result.samples, min(1, read) <= result.agreed <= read) == (read, True)


def decided_and_in_the_end(results, kind):
    """The outcome when the vote is first decided, and when all have voted."""
    ballot = Ballot(job(kind, samples=len(results)))
    early = None
    for result in results:
        ballot.cast(result)
        early = early or (ballot.outcome() if ballot.decided else None)
    return early, ballot.outcome()


@given(RESULTS, KINDS)
def test_what_is_decided_stays_decided(results, kind):
    early, late = decided_and_in_the_end(results, kind)
    assert early.status == late.status
    assert say_the_same(early.answer or "", late.answer or "", task="", kind=kind)
