"""A preview: the best passages in the very first turn, so that an easy question takes one call."""

import pytest
from pydantic import ValidationError

from minions_core import Document, EvidenceGathered, Minions, MinionsConfig
from minions_core.messages import estimate_tokens
from minions_core.testing import ScriptedModel

FILLER = "\n\n".join(f"Nothing of note happened on day {day} of that year." for day in range(400))
TEXT = f"{FILLER}\n\nNET REVENUE\n\nNet revenue was 7 million in 2023.\n\n{FILLER}"


def ask(*lines, question="What was net revenue?", **settings):
    remote = ScriptedModel(lines, name="gpt-4o")
    engine = Minions(ScriptedModel([]), remote, config=MinionsConfig(**settings))
    return remote, engine.run(question, Document(TEXT, "report.txt"))


def test_an_easy_question_takes_one_remote_call_and_no_local_one():
    _, result = ask("<answer>7 million [1].</answer>", preview=200)
    assert (result.status, result.ledger.remote.calls) == ("answered", 1)
    assert result.ledger.local.calls == 0


def test_a_passage_is_evidence_with_its_place():
    _, result = ask("<answer>7 million [1].</answer>", preview=200)
    (citation,) = result.citations
    assert "Net revenue was 7 million" in TEXT[citation.start : citation.end]
    assert citation.verified


def test_the_passages_fit_their_room():
    _, result = ask("<answer>7 [1].</answer>", preview=150)
    shown = [item.text for item in result.disclosure.items if item.kind == "passage"]
    assert sum(map(estimate_tokens, shown)) <= 150


def test_what_was_shown_is_disclosed():
    _, result = ask("<answer>7 [1].</answer>", preview=200)
    assert "7 million" in str([i.text for i in result.disclosure.items if i.kind == "passage"])


def test_without_a_preview_no_passage_leaves():
    remote, _ = ask("<answer>?</answer>")
    assert "7 million" not in remote.asked[0].messages[1].content


def test_a_question_no_passage_suits_shows_none():
    remote, _ = ask("<answer>?</answer>", question="zebra?", preview=200)
    assert "Passages" not in remote.asked[0].messages[1].content


def test_a_preview_and_privacy_of_answers_rule_each_other_out():
    with pytest.raises(ValidationError, match="preview"):
        MinionsConfig(preview=200, privacy="answers")


def test_whoever_watches_is_told_of_what_was_shown_before_the_answer():
    remote = ScriptedModel(["<answer>7 million [1].</answer>"], name="gpt-4o")
    engine = Minions(ScriptedModel([]), remote, config=MinionsConfig(preview=200))
    events = list(engine.stream("What was net revenue?", Document(TEXT, "report.txt")))
    told = [event for event in events if isinstance(event, EvidenceGathered)]
    assert [(event.round, event.evidence[0].number) for event in told] == [(0, 1)]
