"""Where the jobs of a plan read: every chunk in its place."""

from dataclasses import replace

import pytest

from minions_core.documents import Chunk, Document, Span
from minions_core.effects import FindingPlace, Manifest
from tests.sandbox.playing import FILLER, REPORT, finished, prepare


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


CLAUSE = "Either party may terminate upon notice."
CONTRACTS = [Document(f"{name} signs.\n\n{CLAUSE}\n\n{name} ends.", name) for name in "ABC"]
EACH_PARAGRAPH = (
    "def prepare_jobs(context):\n"
    "    return [JobManifest(c, 'When?') for d in context for c in chunk_by_paragraph(d, 45)]\n"
)


def places(run, text=CLAUSE):
    return [
        (manifest.chunk.document, manifest.chunk.span.start)
        for manifest in run.manifests
        if manifest.chunk.text == text
    ]


def test_a_clause_of_three_contracts_is_a_job_for_each():
    assert places(prepare(EACH_PARAGRAPH, *CONTRACTS)) == [(0, 10), (1, 10), (2, 10)]


def test_a_clause_found_by_search_is_a_job_for_each_contract_that_has_it():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    chunks = [c for d in context for c in chunk_by_paragraph(d, 45)]\n"
        "    return [JobManifest(c, 'When?') for c in search(chunks, 'terminate', k=3)]\n",
        *CONTRACTS,
    )
    assert [document for document, _ in places(run)] == [0, 1, 2]


def test_a_clause_the_plan_cut_out_itself_is_a_job_for_each_contract_that_has_it():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    return [JobManifest(d.split('\\n\\n')[1], 'When?') for d in context]\n",
        *CONTRACTS,
    )
    assert places(run) == [(0, 10), (1, 10), (2, 10)]


def test_each_task_has_its_job_at_each_place():
    code = EACH_PARAGRAPH.replace(
        "return [", "return [JobManifest(d, 'Who?') for d in context] + ["
    )
    twice = code.replace("45)]", "45) for _ in range(2)]")
    run = prepare(twice, *CONTRACTS)
    assert len(places(run)) == 3
    assert len(run.manifests) == 12


def test_a_paragraph_that_stands_on_two_pages_is_a_job_for_each():
    run = prepare(EACH_PARAGRAPH, Document(f"{CLAUSE}\n\nPage ends.\f{CLAUSE}\n\nPage ends."))
    assert len(places(run)) == 2


@pytest.mark.parametrize("cut", ["d", "chunk_by_section(d)[0]", "page(n, 1)"])
def test_documents_with_the_same_text_have_jobs_of_their_own(cut):
    run = prepare(
        "def prepare_jobs(context):\n"
        f"    return [JobManifest({cut}, 'When?') for n, d in enumerate(context)]\n",
        Document(CLAUSE, "one"),
        Document(CLAUSE, "two"),
    )
    assert places(run) == [(0, 0), (1, 0)]


def test_a_page_is_placed_in_the_document_asked_for():
    same = [Document(f"{CLAUSE}\fOther", name) for name in ("one", "two")]
    run = prepare("def prepare_jobs(c):\n    return [JobManifest(page(1, 1), 'When?')]", *same)
    assert places(run) == [(1, 0)]


def test_what_stands_near_evidence_is_placed_in_its_document():
    place = FindingPlace(number=1, chunk=Chunk("Revenue", 1, Span(0, 7)))
    text = f"Revenue was 7.\n{FILLER}"
    run = prepare(
        "def prepare_jobs(c):\n    return [JobManifest(near(1), 'What?')]",
        Document(text, "one"),
        Document(text, "two"),
        places=(place,),
    )
    assert run.manifests[0].chunk.document == 1


def test_slices_are_looked_for_onward_from_the_last():
    run = prepare(
        "def prepare_jobs(context):\n"
        "    return [JobManifest(line, 'What?') for line in context[0].split('\\n')]",
        Document("total 9 all\ncosts\ntotal"),
    )
    assert places(run, "total") == [(0, 18)]


def test_a_chunk_of_an_earlier_job_keeps_its_place():
    chunk = Chunk(CLAUSE, 2, Span(10, 10 + len(CLAUSE)))
    job = replace(finished("x"), manifest=Manifest(chunk=chunk, task="When?"))
    run = prepare(
        "def prepare_jobs(c, jobs, outputs):\n    return [JobManifest(jobs[0].chunk, 'Who?')]",
        *CONTRACTS,
        finished=(job,),
    )
    assert places(run) == [(2, 10)]
