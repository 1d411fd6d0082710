"""The sandbox, played by plans good and bad."""

from time import sleep

import pytest
from pydantic_monty import Monty, MontyRuntimeError

from minions_core import Minions, MinionsConfig
from minions_core.documents import Document, Span
from minions_core.effects import RunPlan
from minions_core.sandbox import MontySandbox
from minions_core.sandbox.monty import _Stage
from minions_core.testing import ScriptedModel
from tests.sandbox.playing import REPORT, SANDBOX, finished, prepare


def test_a_plan_written_to_the_papers_contract_runs():
    run = prepare(
        "from typing import List, Optional\n"
        "def prepare_jobs(\n"
        "    context: List[str],\n"
        "    prev_job_manifests: Optional[List[JobManifest]] = None,\n"
        "    prev_job_outputs: Optional[List[JobOutput]] = None,\n"
        ") -> List[JobManifest]:\n"
        "    job_manifests = []\n"
        "    for doc_id, document in enumerate(context):\n"
        "        chunks = chunk_by_section(document, max_chunk_size=1000)\n"
        "        for chunk_id, chunk in enumerate(chunks):\n"
        "            for task_id, task in enumerate(['Revenue?', 'Costs?']):\n"
        "                job_manifests.append(JobManifest(chunk_id=f'{doc_id}_{chunk_id}',\n"
        "                    task_id=task_id, chunk=chunk, task=task, advice='Look.'))\n"
        "    return job_manifests\n"
    )
    assert run.error is None
    assert run.manifests[1].task == "Costs?"


def test_the_text_may_be_named_as_the_reference_implementation_names_it():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    return [JobManifest(c, 'x') for c in chunk_by_section(doc=context[0], overlap=0)]"
    )
    assert run.error is None


def test_a_job_that_is_listed_twice_is_one():
    run = prepare("def prepare_jobs(c):\n    return [JobManifest('a', 'b'), JobManifest('a', 'b')]")
    assert len(run.manifests) == 1


def test_later_plans_see_the_jobs_before_them():
    run = prepare(
        "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
        "    return [JobManifest(m.chunk, m.task + ' ' + o.answer)\n"
        "            for m, o in zip(prev_job_manifests, prev_job_outputs)]\n",
        finished=(finished("seven"),),
    )
    assert run.manifests[0].task == "Revenue? seven"
    assert run.manifests[0].chunk.span == Span(0, 14)


def test_transform_outputs_sums_up_what_workers_said():
    plan = RunPlan(
        stage="transform",
        code="def transform_outputs(jobs):\n    return ' '.join(j.output.answer for j in jobs)",
        documents=(),
        finished=(finished("seven"), finished("eight")),
    )
    assert SANDBOX.run(plan).text == "seven eight"


def test_transform_outputs_never_sees_the_chunks():
    plan = RunPlan(
        stage="transform",
        code="def transform_outputs(jobs):\n    return jobs[0].manifest.chunk",
        documents=(),
        finished=(finished("seven"),),
    )
    assert SANDBOX.run(plan).text == ""


def test_transform_outputs_is_cut_to_its_limit():
    plan = RunPlan(
        stage="transform",
        code="def transform_outputs(jobs):\n    return 'x' * 1000000",
        documents=(),
        max_text_chars=10,
    )
    assert SANDBOX.run(plan).text == "x" * 10


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("while True: pass", id="endless loop"),
        pytest.param("x = 'a' * 10**9", id="memory"),
        pytest.param("def f(): return f()\n    f()", id="recursion"),
        pytest.param("x = 9**9**9", id="one endless operation"),
        pytest.param("x = 3\n    while True: x = x * x + 10**9", id="too busy to hear the clock"),
    ],
)
def test_a_plan_that_takes_too_much_is_stopped_and_told(body):
    assert prepare(f"def prepare_jobs(context):\n    {body}\n    return []").error


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(
            "for n in range(9999): chunk_by_page('x' + str(n))",
            "calls helpers more than 5000 times: cut each document once",
            id="calls",
        ),
        pytest.param("chunk_by_section('a b ' * 99999, 1, 0)", "100000 chunks in all", id="chunks"),
        pytest.param(
            "for n in range(999): chunk_by_page(c[0])", "read 100 times the text", id="characters"
        ),
        pytest.param(
            "for n in range(999): search([c[0], str(n)], 'x')",
            "100 times",
            id="characters searched",
        ),
    ],
)
def test_helpers_that_do_too_much_are_stopped_and_told(body, told):
    sandbox = MontySandbox(seconds=60)
    code = f"def prepare_jobs(c):\n    {body}\n"
    plan = RunPlan(stage="prepare", code=code, documents=(Document("word " * 20_000),))
    assert told in sandbox.run(plan).error


def test_every_one_of_many_documents_can_be_cut():
    documents = tuple(Document(f"Revenue of {n} was {n}.") for n in range(6000))
    code = """
def prepare_jobs(context):
    chunks = [chunk for text in context for chunk in chunk_by_section(text)]
    return [JobManifest(chunk, "Revenue?") for chunk in search(chunks, "revenue of 5432", k=1)]
"""
    plan = RunPlan(stage="prepare", code=code, documents=documents)
    (manifest,) = MontySandbox(seconds=60).run(plan).manifests
    assert manifest.chunk.document == 5432


def test_a_plan_runs_no_longer_than_its_run_leaves_it():
    code = "def prepare_jobs(context):\n    while True: pass"
    plan = RunPlan(stage="prepare", code=code, documents=(), seconds=0.2)
    assert "it may use 0.2 s" in MontySandbox(seconds=60).run(plan).error


def test_the_time_helpers_take_is_limited_as_that_of_the_plan():
    stage = _Stage(RunPlan(stage="prepare", code="", documents=()), seconds=0.001)
    stage._help(sleep, 0.002)
    with pytest.raises(TimeoutError, match="time limit exceeded by the helpers"):
        stage._help(sleep, 0)


def test_helpers_that_took_too_long_are_told_as_a_plan_that_did():
    code = "def prepare_jobs(c):\n    chunk_by_page(c[0])\n    return chunk_by_page(c[0])\n"
    plan = RunPlan(stage="prepare", code=code, documents=(REPORT,))
    stage = _Stage(plan, seconds=0)
    with Monty(max_processes=1) as pool, pool.checkout() as session:
        with pytest.raises(MontyRuntimeError) as raised:
            stage.play(session)
        told = stage.told(raised.value, "it may use 1 s")
    assert told.startswith("TimeoutError: time limit exceeded by the helpers: call them less often")
    assert "(it may use 1 s) at line 2" in told


def test_the_limits_of_the_settings_are_those_of_the_plan():
    minions = Minions(
        ScriptedModel([]),
        ScriptedModel([]),
        config=MinionsConfig(plan_seconds=3, plan_memory_mb=64),
    )
    sandbox = minions._sandbox()
    assert sandbox == MontySandbox(seconds=3, memory_mb=64)
    assert sandbox._limits()["max_feed_duration_secs"] == 3
    assert sandbox._limits()["max_memory"] == 64 * 1024 * 1024


def test_a_sandbox_that_was_stopped_runs_the_next_plan():
    prepare("def prepare_jobs(context):\n    while True: pass")
    assert prepare("def prepare_jobs(context):\n    return [JobManifest('a', 'b')]").error is None


def test_a_plan_may_use_fewer_arguments_than_it_is_offered():
    assert prepare("def prepare_jobs(c):\n    return [JobManifest('a', 'b')]").error is None
