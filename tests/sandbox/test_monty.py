"""The sandbox, played by plans good and bad."""

import pytest

from minions_core.documents import Chunk, Document, Span
from minions_core.effects import FindingPlace, FinishedJob, Manifest, RunPlan
from minions_core.sandbox import MontySandbox

FILLER = " ".join(f"On day {day} nothing happened." for day in range(200))
REPORT = Document(f"Revenue was 7.\n\nCosts were 3.\n\n{FILLER}", "report")
SANDBOX = MontySandbox(seconds=1, memory_mb=128)


def prepare(code, *documents, **options):
    plan = RunPlan(stage="prepare", code=code, documents=documents or (REPORT,), **options)
    return SANDBOX.run(plan)


def finished(answer, citation="q"):
    return FinishedJob(
        manifest=Manifest(chunk=Chunk("Revenue was 7.", 0, Span(0, 14)), task="Revenue?"),
        round=1,
        answer=answer,
        citation=citation,
        explanation=None,
        sample="{}",
    )


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


def test_a_chunk_keeps_its_place():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    return [JobManifest(c, 'Costs?') for c in chunk_by_section(context[0], 500, 0)]\n"
    )
    chunk = run.manifests[2].chunk
    assert REPORT.text[chunk.span.start : chunk.span.end] == chunk.text
    assert (chunk.document, chunk.number, chunk.of) == (0, 3, len(run.manifests))


def test_a_slice_the_plan_cut_itself_finds_its_place():
    run = prepare(
        "def prepare_jobs(context):\n    return [JobManifest(context[0][16:29], 'Costs?')]"
    )
    assert run.manifests[0].chunk == Chunk("Costs were 3.", 0, Span(16, 29))


def test_text_the_plan_composed_has_no_place():
    run = prepare("def prepare_jobs(context):\n    return [JobManifest('made up', 'Costs?')]")
    assert run.manifests[0].chunk == Chunk("made up")


def test_a_chunk_of_a_chunk_keeps_its_place_in_the_document():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    outer = chunk_by_section(context[0], 2000, 0)[1]\n"
        "    return [JobManifest(c, 'Costs?') for c in chunk_by_section(outer, 300, 0)]\n"
    )
    chunk = run.manifests[1].chunk
    assert REPORT.text[chunk.span.start : chunk.span.end] == chunk.text


def test_search_gives_the_best_chunk_first():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    chunks = chunk_by_paragraph(context[0], 20)\n"
        "    return [JobManifest(c, 'Costs?') for c in search(chunks, 'costs', k=1)]\n"
    )
    assert [manifest.chunk.text for manifest in run.manifests] == ["Costs were 3."]


def test_page_gives_a_page_by_its_number():
    run = prepare(
        "def prepare_jobs(context):\n    return [JobManifest(page(0, 2), 'What?')]",
        Document("First page\fSecond page"),
    )
    assert "Second page" in run.manifests[0].chunk.text


def test_a_blank_page_keeps_its_number():
    run = prepare(
        "def prepare_jobs(context):\n    return [JobManifest(page(0, 7), 'What?')]",
        Document("Fifth page\f  \fSeventh page", first_page=5),
    )
    assert run.manifests[0].chunk.text == "Seventh page"


def test_near_gives_the_text_around_a_finding_up_to_whole_lines():
    document = Document(
        "first\n" + "x" * 2000 + "\nCosts were 3.\n" + "y" * 1400 + "\nz\nlast " * 99
    )
    start = document.text.index("Costs")
    place = FindingPlace(number=4, chunk=Chunk("Costs were 3.", 0, Span(start, start + 13)))
    run = prepare(
        "def prepare_jobs(context):\n    return [JobManifest(near(4), 'What?')]",
        document,
        places=(place,),
    )
    text = run.manifests[0].chunk.text
    assert text.startswith("xxx")
    assert text.endswith(("\nz", "last "))


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
    ("code", "told"),
    [
        pytest.param("def prepare_jobs(context:\n", "SyntaxError", id="syntax"),
        pytest.param(
            "def prepare_jobs(context):\n    return None", "list of JobManifest", id="none"
        ),
        pytest.param("def prepare_jobs(context):\n    return []", "no jobs", id="empty"),
        pytest.param("def prepare_jobs(context):\n    return ['a']", "JobManifest", id="strings"),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest(7, 'x')]",
            "must be a str, not int",
            id="wrong type",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest(' ', 'x')]",
            "empty chunk",
            id="blank",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return [JobManifest('a', str(n)) for n in range(99)]",
            "the limit is 9",
            id="too many",
        ),
        pytest.param("def prepare_jobs(context):\n    return nothing", "at line 2", id="the line"),
        pytest.param(
            "def prepare_jobs(context):\n    return chunk_by_section(context[0], 10, 10)",
            "overlap",
            id="overlap as large as the size",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return chunk_by_section(3)",
            "must be a str",
            id="no text",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return search('text', 'query')",
            "list of str",
            id="search",
        ),
        pytest.param(
            "def prepare_jobs(context):\n    return page(0, 999)", "no page 999", id="page"
        ),
        pytest.param("def prepare_jobs(context):\n    return near(1)", "none yet", id="near"),
        pytest.param(
            "import socket\ndef prepare_jobs(c): ...", "No module named 'socket'", id="net"
        ),
        pytest.param(
            "def prepare_jobs(c):\n    open('/etc/passwd')", "Permission denied", id="a file"
        ),
        pytest.param(
            "import os\ndef prepare_jobs(c):\n    os.getenv('HOME')",
            "not supported",
            id="variables",
        ),
    ],
)
def test_what_is_wrong_with_a_plan_is_told(code, told):
    assert told in prepare(code, max_manifests=9).error


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


def test_a_sandbox_that_was_stopped_runs_the_next_plan():
    prepare("def prepare_jobs(context):\n    while True: pass")
    assert prepare("def prepare_jobs(context):\n    return [JobManifest('a', 'b')]").error is None


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("int(context[0])", id="quoted by python"),
        pytest.param("raise ValueError(context[0][:30])", id="raised by the plan"),
        pytest.param("assert False, context[0][:30]", id="asserted by the plan"),
        pytest.param("{}[context[0][:30]]", id="a key"),
        pytest.param("getattr(context, context[0][:7])", id="an attribute"),
    ],
)
def test_no_document_text_leaves_in_an_error(line):
    error = prepare(f"def prepare_jobs(context):\n    {line}").error
    assert "Revenue" not in error
    assert "line 2" in error


def test_a_plan_may_use_fewer_arguments_than_it_is_offered():
    assert prepare("def prepare_jobs(c):\n    return [JobManifest('a', 'b')]").error is None
