"""How runs of MinionS end: with too little to go by, or with none of it cited."""

import json

import pytest

from minions_core import Budget, Minions, MinionsConfig, Turn
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million.\n\nCosts were 3 million.\n"
PLAN = (
    "```python\ndef prepare_jobs(context):\n"
    "    return [JobManifest(chunk=context[0], task='Revenue?')]\n```"
)
FOUND = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}
EARLIER = Turn(question="What was revenue?", answer="7 million.")
NONE_CITED = "The answer cites no evidence."


def run(*lines, history=(), **settings):
    local, remote = ScriptedModel(lambda ask: json.dumps(FOUND)), ScriptedModel(lines)
    engine = Minions(local, remote, config=MinionsConfig(**settings))
    return remote, engine.run("What was revenue?", TEXT, history=history)


def test_an_answer_from_nothing_says_that_it_cites_nothing():
    _, result = run("<answer>Revenue was 99 million.</answer>")
    assert (result.status, result.notes) == ("answered", (NONE_CITED,))


def test_an_answer_that_cites_none_of_the_evidence_says_so():
    _, result = run(PLAN, "<answer>Revenue was 99 million.</answer>")
    assert (len(result.evidence), result.notes) == (1, (NONE_CITED,))


def test_an_answer_with_a_citation_needs_no_note():
    _, result = run(PLAN, "<answer>7 million [1]</answer>")
    assert result.notes == ()


def test_without_a_job_or_anything_to_go_by_no_call_is_made():
    remote, result = run(budget=Budget(jobs=0))
    assert (result.status, remote.asked) == ("budget", [])


@pytest.mark.parametrize(
    "given", [{"preview": 200}, {"history": [EARLIER]}], ids=["preview", "history"]
)
def test_without_a_job_the_answer_is_asked_for_at_once(given):
    remote, result = run("<answer>7 million</answer>", budget=Budget(jobs=0), **given)
    assert "reply with <answer>" in remote.asked[0].messages[-1].content
    assert (result.status, result.answer, len(remote.asked)) == ("budget", "7 million", 1)
