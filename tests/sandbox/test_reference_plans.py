"""Plans as models write them for the reference implementation run as they are."""

import pytest

from minions_core.documents import Document
from minions_core.effects import RunPlan
from tests.sandbox.playing import REPORT, SANDBOX, finished, prepare

FIRST_ROUND = '''
from typing import List, Optional
from pydantic import BaseModel
import numpy as np

class JobManifest(BaseModel):
    chunk: str
    task: str
    advice: str

def prepare_jobs(
    context: List[str],
    prev_job_manifests: Optional[List[JobManifest]] = None,
    prev_job_outputs: Optional[List[JobOutput]] = None,
) -> List[JobManifest]:
    """Two tasks for every section."""
    job_manifests: List[JobManifest] = []
    questions: Dict[int, Tuple[str, str]] = {
        1: ("State the revenue.", "It is a figure."),
        2: ("State the costs.", "They are a figure."),
    }
    for doc_id, document in enumerate(context):
        for chunk_id, chunk in enumerate(chunk_by_section(doc=document, max_chunk_size=1500)):
            for task_id, (task, advice) in questions.items():
                job_manifests.append(
                    JobManifest(
                        chunk=chunk,
                        task=task,
                        advice=advice,
                        chunk_id=chunk_id,
                        task_id=task_id,
                        job_id=len(job_manifests),
                    )
                )
    return job_manifests
'''

LATER_ROUND = """
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    job_manifests = []
    if prev_job_outputs is None:
        return job_manifests
    for manifest, output in zip(prev_job_manifests, prev_job_outputs):
        if output.answer is None or str(output.answer).lower().strip() in ("none", "null", ""):
            continue
        again = JobManifest(
            chunk=manifest.chunk,
            task=f"Which year does '{output.answer}' belong to?",
            advice=f"Seen before: {output.citation} ({output.explanation})",
            task_id=manifest.task_id,
        )
        job_manifests.extend([again] * 3)
    return job_manifests
"""

SUMMING_UP = """
def transform_outputs(jobs: List[Job]) -> str:
    def keep(job: Job) -> bool:
        answer = job.output.answer
        return answer is not None and str(answer).strip().lower() not in {"none", "n/a"}

    tasks: Dict[int, Dict[str, Any]] = {}
    for job in jobs:
        job.include = keep(job)
        entry = tasks.setdefault(job.manifest.task_id, {"task": job.manifest.task, "chunks": {}})
        entry["chunks"].setdefault(job.manifest.chunk_id, []).append(job)

    text = ""
    for task_id, entry in tasks.items():
        text += f"## Task `{task_id}`: {entry['task']}\\n"
        for chunk_id, of_chunk in entry["chunks"].items():
            kept = [job for job in of_chunk if job.include]
            for number, job in enumerate(kept, start=1):
                text += f"- {chunk_id}.{number} (job {job.manifest.job_id}): {job.sample}\\n"
            if not kept:
                text += f"- {chunk_id}: nothing\\n"
    return text
"""


def test_a_plan_of_the_first_round_runs():
    manifests = prepare(FIRST_ROUND).manifests
    assert [manifest.task for manifest in manifests[:2]] == [
        "State the revenue.",
        "State the costs.",
    ]
    assert manifests[0].chunk.span.start == 0


def test_a_plan_of_a_later_round_runs():
    done = (finished("seven", "Revenue was 7."), finished(None), finished("None"))
    (manifest,) = prepare(LATER_ROUND, finished=done).manifests
    assert manifest.task == "Which year does 'seven' belong to?"
    assert manifest.advice == "Seen before: Revenue was 7. (None)"
    assert manifest.chunk == done[0].manifest.chunk


def test_a_manifest_listed_three_times_is_a_job_with_three_samples():
    assert prepare(LATER_ROUND, finished=(finished("7"),)).manifests[0].samples == 3


def test_a_summary_that_filters_runs():
    plan = RunPlan(
        stage="transform",
        code=SUMMING_UP,
        documents=(),
        finished=(finished("seven"), finished("n/a"), finished(None)),
    )
    assert SANDBOX.run(plan).text == "## Task `0`: Revenue?\n- 0.1 (job 0): {}\n"


@pytest.mark.parametrize(
    "call",
    [
        "chunk_by_section(doc, max_chunk_size=500, overlap=20)",
        "chunk_by_section(doc=doc)",
        "chunk_by_paragraph(doc, max_chunk_size=900, overlap_sentences=2)",
        "chunk_by_paragraph(doc, 900, overlap_sentences=0)",
        "chunk_by_paragraph(doc, overlap_sentences=50)",
        "chunk_by_page(doc)",
        "chunk_by_page(doc=doc, page_markers=[r'^costs', 'day 9 '])",
        "chunk_by_page(doc, page_markers=None)",
        "chunk_by_code(doc, functions_per_chunk=2)",
        "chunk_by_function_and_class(doc)",
        "retrieve_top_k_chunks(['costs', 'day 7'], chunk_by_section(doc, 500), weights={}, k=2)",
        "bm25_retrieve_top_k_chunks({'costs': 2.0}.keys(), chunks=[doc], weights={'costs': 2.0})",
    ],
)
def test_helpers_take_what_the_reference_implementations_take(call):
    run = prepare(
        f"def prepare_jobs(c):\n    doc = c[0]\n    return [JobManifest(x, '?') for x in {call}]"
    )
    assert run.error is None
    assert all(manifest.chunk.span for manifest in run.manifests)


def test_overlapping_sentences_overlap():
    text = " ".join(f"Sentence number {n} is here." for n in range(99))
    code = (
        "def prepare_jobs(c):\n"
        "    chunks = chunk_by_paragraph(c[0], 600, overlap_sentences=2)\n"
        "    return [JobManifest(x, '?') for x in chunks]"
    )
    first, second, *_ = (
        manifest.chunk.span for manifest in prepare(code, Document(text)).manifests
    )
    assert second.start < first.end


def test_pages_are_parted_where_the_plan_sees_marks():
    code = (
        "def prepare_jobs(c):\n"
        "    marks = ['^chapter \\\\d+$']\n"
        "    return [JobManifest(x, '?') for x in chunk_by_page(c[0], page_markers=marks)]"
    )
    run = prepare(code, Document("Chapter 1\nOne.\nChapter 2\nTwo."))
    assert [manifest.chunk.text.strip() for manifest in run.manifests] == ["One.", "Two."]


def test_retrieved_chunks_keep_their_order():
    code = (
        "def prepare_jobs(c):\n"
        "    chunks = chunk_by_paragraph(c[0], 20)\n"
        "    found = retrieve_top_k_chunks(['costs', 'revenue'], chunks, k=2)\n"
        "    return [JobManifest(x, '?') for x in found]"
    )
    texts = [manifest.chunk.text for manifest in prepare(code).manifests]
    assert texts == ["Revenue was 7.", "Costs were 3."]


@pytest.mark.parametrize(
    "parameters",
    [
        "context, prev_job_manifests=None, prev_job_outputs=None",
        "prev_job_outputs, prev_job_manifests, context",
        "context, *, prev_job_outputs=None, prev_job_manifests=None",
        "context, **rest",
        "docs, jobs, outputs",
        "docs, prev_job_manifests, outputs",
        "*everything",
    ],
)
def test_a_plan_gets_its_arguments_by_their_names_or_their_order(parameters):
    code = f"def prepare_jobs({parameters}):\n    "
    names = {"docs": "docs", "everything": "everything[0]"}
    text = next((names[name] for name in names if name in parameters), "context")
    run = prepare(f"{code}return [JobManifest({text}[0][:9], '?')]", finished=(finished("7"),))
    assert run.manifests[0].chunk.text == REPORT.text[:9]


@pytest.mark.parametrize("returned", ["{'revenue': [7]}", "['revenue', 7]"])
def test_a_summary_may_be_plain_data(returned):
    code = f"def transform_outputs(jobs):\n    return {returned}"
    assert "revenue" in SANDBOX.run(RunPlan(stage="transform", code=code, documents=())).text


def test_a_summary_that_returns_nothing_is_told():
    plan = RunPlan(stage="transform", code="def transform_outputs(jobs): ...", documents=())
    assert "transform_outputs must return a str" in SANDBOX.run(plan).error
