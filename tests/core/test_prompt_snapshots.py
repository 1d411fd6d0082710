"""Every prompt as the models read it; `pytest --snapshot-update` after a change that is meant."""

import json

import pytest
from pydantic import BaseModel, Field
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from minions_core import Document, Minion, MinionConfig, Minions, MinionsConfig, Turn
from minions_core.briefing import briefing, form_of, reading_only, stand_in
from minions_core.testing import ScriptedModel

TEXT = (
    "ANNUAL REPORT 2023\n\nThis is the report of a company that makes small machines.\n"
    "\fCASH FLOWS\n\nCapital expenditure was $120 million in 2023.\n"
    "It was $110 million in 2022.\n"
    "\fOUTLOOK\n\nThe company expects capital expenditure to fall in 2024.\n"
)
REPORT = Document(TEXT, "report.txt")
EARLIER = Turn(question="Who makes it?", answer="A company that makes small machines.")
QUESTION = "What was capital expenditure in 2023?"
FOUND = {
    "explanation": "It says so.",
    "citation": "Capital expenditure was $120 million in 2023.",
    "answer": "$120 million",
}
NOTHING = {"explanation": None, "citation": None, "answer": None}
CODE = (
    "```python\n"
    "def prepare_jobs(context):\n"
    "    kinds = ['look-up', 'list', 'summary']\n"
    "    pages = chunk_by_page(context[0])\n"
    "    return [JobManifest(p, 'Capital expenditure?', 'Millions.', kind=k)\n"
    "            for p, k in zip(pages, kinds)]\n"
    "```"
)
DATA = '```json\n{"jobs": [{"tasks": ["Capital expenditure?"], "chunker": "page"}]}\n```'
BROKEN = CODE.replace("context[0]", "context[7]")
ANSWER = "<answer>$120 million [1]</answer>"


class Capex(BaseModel):
    """What a company spent."""

    amount: float = Field(description="in millions of US dollars")
    year: int | None = None


class MarkdownExtension(SingleFileSnapshotExtension):
    """One readable file a snapshot."""

    file_extension = "md"
    _write_mode = WriteMode.TEXT


@pytest.fixture
def prompts(snapshot):
    return snapshot.use_extension(MarkdownExtension)


def read(model):
    """The longest conversation a model was shown, as text; of several the last by its words."""
    shown = [[(said.role, said.content) for said in ask.messages] for ask in model.asked]
    longest = max(shown, key=lambda said: (len(said), said))  # jobs have no order of their own
    return "\n\n".join(f"## {role}\n\n{content}" for role, content in longest)


def worker(ask):
    return json.dumps(FOUND if "$120" in ask.messages[1].content else NOTHING)


def run(*lines, local=None, **settings):
    """A run of MinionS; returns its models."""
    local, remote = ScriptedModel(local or worker), ScriptedModel(lines)
    Minions(local, remote, config=MinionsConfig(**settings)).run(QUESTION, REPORT)
    return local, remote


@pytest.mark.parametrize(
    ("planner", "plan"),
    [pytest.param("code", CODE, id="code"), pytest.param("json", DATA, id="json")],
)
def test_a_question_planned_and_answered(prompts, planner, plan):
    _, remote = run(plan, ANSWER, planner=planner, max_rounds=1)
    assert read(remote) == prompts


def test_programs_that_broke_twice(prompts):
    _, remote = run(BROKEN, BROKEN, DATA, ANSWER)
    assert read(remote) == prompts


def test_a_follow_up_with_a_preview(prompts):
    remote = ScriptedModel([ANSWER])
    engine = Minions(ScriptedModel([]), remote, config=MinionsConfig(preview=60))
    engine.run(QUESTION, REPORT, doc_metadata="An annual report.", history=[EARLIER])
    assert read(remote) == prompts


@pytest.mark.parametrize("kind", ["look-up", "list", "summary"])
def test_a_job(prompts, kind):
    plan = CODE.replace("k in zip(pages, kinds)", f"k in [(pages[1], '{kind}')]")
    local, _ = run(plan, ANSWER)
    assert read(local) == prompts


def test_an_answer_put_into_a_form(prompts):
    _, remote = run(CODE, ANSWER, "{}", '{"amount": 120}', output_schema=Capex)
    assert read(remote) == prompts


def test_a_job_in_own_words(prompts):
    local, _ = run(CODE, ANSWER, privacy="answers")
    assert read(local) == prompts


def test_a_reply_that_could_not_be_read(prompts):
    local, _ = run(CODE, ANSWER, local=lambda ask: "It was a lot.")
    assert read(local) == prompts


@pytest.mark.parametrize("side", ["local", "remote"])
def test_minion(prompts, side):
    local = ScriptedModel(lambda ask: f"$120 million\nQuote: {FOUND['citation']}")
    remote = ScriptedModel(["<ask>What was it?</ask>", ANSWER])
    Minion(local, remote, config=MinionConfig(max_rounds=2)).run(QUESTION, REPORT)
    assert read({"local": local, "remote": remote}[side]) == prompts


def test_a_briefing(prompts):
    reports = ['[1] $120 million | "Capital expenditure was $120 million in 2023."', "none"]
    assert briefing(QUESTION, "$120 million [1]", "answered", reports) == prompts


def test_a_briefing_without_findings(prompts):
    assert briefing(QUESTION, "", "exhausted", []) == prompts


def test_a_note_that_tools_come_later(prompts):
    assert reading_only() == prompts


def test_a_form(prompts):
    fields = {"amount": {"description": "In millions."}, "year": {"enum": [2022, 2023]}}
    tool = {"name": "book", "description": "Books an expense.", "parameters": {}}
    assert form_of([{"title": "Spending", "properties": fields}, tool]) == prompts


def test_a_line_in_place_of_a_document(prompts):
    assert stand_in(1, REPORT) == prompts
