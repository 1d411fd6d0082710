"""What a trial of the protocol on paper taught about its prompts, as the models read them."""

import json
import re

import pytest

from minions_core import Document, Minion, Minions, MinionsConfig
from minions_core.messages import estimate_tokens
from minions_core.testing import ScriptedModel

PROSE = "The committee heard what was put before it and took note of every word. " * 3
REPORT = Document(
    "\f".join(f"CHAPTER {n} OF THE REPORT\n\n{PROSE}\n\nItem {n}." for n in range(1, 31)), "report"
)
SPOKEN = [f"{name}: {PROSE}" for name in ["Prof. Li", "ANN", "Bob-Ray"] * 4]
SPOKEN[4] = "ANN: The fee was 40 pounds in that year, and it will stay so for the next one."
MEETING = Document("\n".join(SPOKEN), "meeting")
FEE = {"explanation": None, "citation": "The fee was 40 pounds in that year", "answer": "40 pounds"}
NOTHING = dict.fromkeys(FEE)
PLAN = (
    "```python\ndef prepare_jobs(context):\n    chunks = chunk_by_section(context[0], 500)\n"
    "    return [JobManifest(chunk=chunk, task='What was the fee?') for chunk in chunks]\n```"
)
DATA = '```json\n{"jobs": [{"tasks": ["What was the fee?"], "size": 500}]}\n```'
PLANS = {"code": PLAN, "json": DATA}
ANSWER = "<answer>It was 40 pounds [1].</answer>"
both_planners = pytest.mark.parametrize("planner", ["code", "json"])


def worker(ask):
    return json.dumps(FEE if "40 pounds" in ask.messages[-1].content else NOTHING)


def run(document, planner="code"):
    """A run of MinionS; returns its models, which remember what they read."""
    local, remote = ScriptedModel(worker), ScriptedModel([PLANS[planner], ANSWER])
    Minions(local, remote, config=MinionsConfig(planner=planner)).run("The fee?", document)
    return local, remote


def contract(planner):
    _, remote = run(MEETING, planner)
    return remote.asked[0].messages[0].content


def opening(document):
    _, remote = run(document)
    return remote.asked[0].messages[1].content


@both_planners
def test_the_contract_gives_the_unit_of_a_chunk_and_the_size_that_suits(planner):
    sizes = r"characters,.* 2000-4000 (characters )?suit the workers"
    assert re.search(sizes, contract(planner))


def test_the_limit_on_jobs_and_on_chunks_is_told_with_its_unit():
    limits = opening(MEETING).split("Limits:")[1]
    assert "at most 512 jobs" in limits
    assert "characters per chunk (longer ones are cut)" in limits


@both_planners
@pytest.mark.parametrize(
    "kind", ["look-up", "calculation", "list all", "comparison", "summary", "is it there at all"]
)
def test_the_contract_has_a_line_for_each_kind_of_question(planner, kind):
    kinds = contract(planner).split("Kinds of question:")[1].strip().split("\n\n")[0]
    assert [line.startswith(f"- {kind}:") for line in kinds.splitlines()].count(True) == 1


def test_the_first_message_outlines_a_report_with_its_pages():
    assert "CHAPTER 1 OF THE REPORT (p. 1)" in opening(REPORT)


def test_the_first_message_outlines_a_transcript_by_its_speakers():
    listed = opening(MEETING).split("Outline:")[1]
    assert [name in listed for name in ("Prof. Li", "ANN", "Bob-Ray")] == [True] * 3


def test_an_outline_takes_about_a_hundred_tokens_however_long_the_text():
    _, remote = run(REPORT)
    (outline,) = [item.text for item in remote.asked[0].disclosed if item.kind == "outline"]
    assert 50 < estimate_tokens(outline) <= 100


def test_the_worker_is_told_how_to_abstain():
    local, _ = run(MEETING)
    assert "the answer is null, whatever the task says" in local.asked[0].messages[0].content


@both_planners
def test_the_contract_leaves_abstention_to_the_workers(planner):
    assert "Do not tell them what to do if it is missing" in contract(planner)
    assert "null" not in contract(planner)


@both_planners
def test_the_contract_words_a_task_so_that_it_supposes_nothing(planner):
    assert "What, if anything, does the text say about ...?" in contract(planner)


def test_a_question_to_the_local_model_of_minion_supposes_nothing_either():
    remote = ScriptedModel(["<answer>?</answer>"])
    Minion(ScriptedModel([]), remote).run("The fee?", MEETING)
    asked = remote.asked[0].messages[0].content
    assert "What, if anything, does the text say about ...?" in asked


@both_planners
def test_evidence_of_a_transcript_names_its_speaker_and_excerpt_and_no_page(planner):
    _, remote = run(MEETING, planner)
    (line,) = [
        text for text in remote.asked[1].messages[-1].content.splitlines() if text[:3] == "[1]"
    ]
    assert re.search(r'\| excerpt \d+/\d+, "ANN"$', line)
    assert "p. " not in line
