"""Plans in JSON: which jobs they come to."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.chunking import chunk_by_paragraph
from minions_core.documents import Chunk, Document, Span
from minions_core.effects import FindingPlace, PlanRun, RunPlan
from minions_core.errors import UsageError
from minions_core.json_plans import chunker_names, run_json_plan
from minions_core.json_plans.schema import Entry

YEARS = [
    Document(
        f"Revenue of {year} was {n} million.\n\nCapex of {year} was low.\n\nThe board met.\f"
        f"Page two of {year} is about staff.\n\nNobody left.",
        f"report {year}",
    )
    for n, year in enumerate((2022, 2023), start=7)
]
SMALL = {"chunker": "paragraph", "size": 30}


def run(*entries, documents=YEARS, **options):
    code = json.dumps({"jobs": entries})
    plan = RunPlan(
        stage="prepare", code=code, language="json", documents=tuple(documents), **options
    )
    return run_json_plan(plan)


def texts(done):
    assert done.error is None
    return [manifest.chunk.text for manifest in done.manifests]


def test_without_a_filter_every_chunk_gets_every_task():
    done = run({"tasks": ["Who?", "When?"], **SMALL})
    cut = [len(chunk_by_paragraph(document.text, 30)) for document in YEARS]
    assert len(done.manifests) == 2 * sum(cut)
    assert [manifest.task for manifest in done.manifests[:2]] == ["Who?", "When?"]


def test_a_chunk_has_its_place_in_its_document():
    chunk = run({"task": "Who?", "documents": 1, **SMALL}).manifests[1].chunk
    assert chunk.document == 1
    assert YEARS[1].text[chunk.span.start : chunk.span.end] == chunk.text
    assert (chunk.number, chunk.of) == (2, len(chunk_by_paragraph(YEARS[1].text, 30)))


def test_the_same_clause_is_read_in_the_document_that_was_named():
    done = run(
        {"task": "Who met?", "documents": [0], **SMALL},
        {"task": "When?", "documents": [1], "keywords": "board", **SMALL},
    )
    assert done.manifests[-1].chunk.text == "The board met."
    assert done.manifests[-1].chunk.document == 1


def test_a_job_says_what_it_is_for():
    manifest = run(
        {"task": " Who? ", "advice": "Look at names.", "kind": "list", "samples": 3, **SMALL}
    ).manifests[0]
    assert (manifest.task, manifest.advice) == ("Who?", "Look at names.")
    assert (manifest.kind, manifest.samples) == ("list", 3)


def test_samples_are_left_to_the_settings():
    assert run({"task": "Who?"}).manifests[0].samples is None


def test_search_keeps_the_best_k_of_all_documents():
    done = run({"task": "Who?", "search": ["revenue", "turnover"], "k": 2, **SMALL})
    assert sorted(text.split(" was")[0] for text in texts(done)) == [
        "Revenue of 2022",
        "Revenue of 2023",
    ]


def test_keywords_are_met_without_regard_to_case():
    assert all("Capex" in t for t in texts(run({"task": "?", "keywords": ["CAPEX"], **SMALL})))


def test_k_of_the_keywords_are_ranked():
    done = run({"task": "?", "keywords": ["capex", 2023], "k": 1, **SMALL})
    assert texts(done) == ["Capex of 2023 was low."]


def test_pages_are_read_whole_and_by_their_numbers():
    starts = [text[:16] for text in texts(run({"task": "?", "pages": 2}))]
    assert starts == ["Page two of 2022", "Page two of 2023"]


def test_pages_can_be_cut():
    done = run({"task": "?", "documents": [0], "pages": [2], **SMALL})
    assert texts(done)[-1].endswith("Nobody left.")
    assert len(done.manifests) > 1


def test_a_page_only_some_documents_have_is_read_in_those():
    long = Document("One.\fTwo.\fThree.", "long")
    assert texts(run({"task": "?", "pages": [3]}, documents=[*YEARS, long])) == ["Three."]


def test_the_surroundings_of_evidence_are_one_chunk():
    place = FindingPlace(number=4, chunk=Chunk("Capex", 1, Span(33, 38)))
    done = run({"task": "?", "near": 4}, places=(place,))
    assert done.manifests[0].chunk.document == 1
    assert "Nobody left." in texts(done)[0]


def test_a_job_two_entries_want_is_one():
    done = run({"task": "?", "search": "capex", **SMALL}, {"task": "?", "search": "low", **SMALL})
    assert len(set(texts(done))) == len(done.manifests)


def test_the_same_cut_many_times_is_made_once():
    done = run(*({"task": str(number), "k": 1, "search": "board"} for number in range(300)))
    assert len(done.manifests) == 300


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"tasks": "Who?"}, id="one task as a string"),
        pytest.param({"task": ["Who?"]}, id="a list for one task"),
        pytest.param({"task": "Who?", "documents": "0"}, id="a number as a string"),
        pytest.param({"task": "Who?", "documents": "all"}, id="all documents"),
        pytest.param({"task": "Who?", "documents": [], "search": "", "pages": None}, id="empty"),
        pytest.param({"task": "Who?", "kind": "look_up"}, id="another hyphen"),
        pytest.param({"task": "Who?", "kind": "Lookup"}, id="no hyphen"),
        pytest.param({"task": "Who?", "chunker": "chunk_by_page"}, id="a helper's name"),
        pytest.param({"task": "Who?", "search": 2023, "k": "4"}, id="a figure to search for"),
        pytest.param({"task": "Who?", "size": "400", "overlap": 0}, id="a size as a string"),
    ],
)
def test_what_is_meant_is_understood(entry):
    done = run(entry)
    assert done.error is None
    assert {manifest.task for manifest in done.manifests} == {"Who?"}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        pytest.param({}, "job 2, tasks: is missing", id="no task"),
        pytest.param({"tasks": [" ", ""]}, "job 2, tasks: is missing", id="blank tasks"),
        pytest.param({"task": {"a": 1}}, "job 2, tasks: Input should be a valid string", id="dict"),
        pytest.param("Who?", "job 2: must be an object with tasks", id="a string"),
        pytest.param({"task": "?", "query": "x"}, "job 2, query: there is no such field", id="new"),
        pytest.param({"task": "?", "chunker": "pages"}, "must be one of 'section'", id="chunker"),
        pytest.param({"task": "?", "kind": "vote"}, "job 2, kind: the kind must be", id="kind"),
        pytest.param({"task": "?", "k": True, "search": "x"}, "job 2, k: must be a", id="bool"),
        pytest.param({"task": "?", "k": 3}, "job 2: k says how many chunks search keeps", id="k"),
        pytest.param({"task": "?", "k": 0, "search": "x"}, "must be at least 1", id="none at all"),
        pytest.param({"task": "?", "search": ["x"] * 51}, "at most 50 phrasings", id="phrasings"),
        pytest.param({"task": "?", "samples": 9}, "job 2: samples must be between", id="samples"),
        pytest.param(
            {"task": "?", "documents": [7]}, "job 2: the number of the doc", id="document"
        ),
        pytest.param({"task": "?", "pages": [9]}, "no page 9; its pages: 1 to 2", id="page"),
        pytest.param({"task": "?", "documents": 0, "pages": 9}, "no page 9", id="page of one"),
        pytest.param({"task": "?", "near": [3]}, "job 2: near: there is no evidence", id="near"),
        pytest.param({"task": "?", "size": 0}, "size must be at least 1", id="size"),
        pytest.param({"task": "?", "size": -3}, "size must be at least 1", id="negative size"),
        pytest.param({"task": "?", "size": 9, "overlap": 9}, "overlap (9) must be", id="overlap"),
        pytest.param({"task": "?", "chunker": "page", "size": 9}, "takes no size", id="of a page"),
        pytest.param({"task": "?", "chunker": "code", "overlap": 9}, "no overlap", id="of code"),
    ],
)
def test_what_is_wrong_is_told_with_its_job(entry, told):
    assert told in run({"task": "First?", **SMALL}, entry).error


def test_no_jobs_at_all_is_told():
    assert "no jobs: widen the search" in run({"task": "?", "keywords": ["absent"]}).error


def test_too_many_jobs_are_told_before_they_are_made():
    entry = {"tasks": [str(n) for n in range(5000)], "chunker": "paragraph", "size": 1}
    assert "the limit is 2048" in run(*[entry] * 20).error


def test_entries_that_overlap_are_counted_once():
    entry = {"task": "Who?", **SMALL}
    jobs = len(run(entry).manifests)
    assert len(run(entry, entry, max_manifests=jobs).manifests) == jobs


def test_a_plan_that_is_told_to_stop_stops_at_its_next_helper():
    calls = []

    def check():
        calls.append(1)
        if len(calls) > 2:
            raise UsageError("time is over")

    entries = [{"task": "Who?", "chunker": "paragraph", "size": size} for size in (30, 40, 50)]
    code = json.dumps({"jobs": entries})
    plan = RunPlan(stage="prepare", code=code, language="json", documents=tuple(YEARS))
    assert run_json_plan(plan, check).error == "job 2: time is over"


@pytest.mark.parametrize(
    "helper", [{"search": "x", "chunker": "page"}, {"pages": 1}, {"near": 1}, {"size": 30}]
)
def test_a_plan_without_time_calls_no_helper(helper):
    def check():
        raise UsageError("time is over")

    code = json.dumps({"jobs": [{"task": "Who?", **helper}]})
    place = FindingPlace(number=1, chunk=Chunk("Revenue", 0, Span(0, 7)))
    plan = RunPlan(
        stage="prepare", code=code, language="json", documents=tuple(YEARS), places=(place,)
    )
    assert run_json_plan(plan, check).error == "job 1: time is over"


def test_samples_count_as_jobs():
    assert (
        "too many jobs, the limit is 7" in run({"task": "?", "samples": 4}, max_manifests=7).error
    )


def test_many_errors_are_told_in_short():
    error = run(*[{"wrong": 1}] * 20).error
    assert error.count("is missing") + error.count("no such field") == 4
    assert error.endswith("and 36 more")


def test_an_unknown_field_of_the_whole_plan_is_told():
    plan = RunPlan(
        stage="prepare",
        code='{"jobs": [{"task": "?"}], "documents": [0]}',
        language="json",
        documents=(),
    )
    assert (
        run_json_plan(plan).error == "the plan, documents: there is no such field; there are jobs"
    )


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param('{"jobs": [\n{"task": "a', "Unterminated string", id="cut off"),
        pytest.param('{"jobs": [\n{"task": "a"}', "in line 2", id="never closed"),
        pytest.param('{"jobs": []}', "the plan, jobs: is empty", id="an empty list"),
        pytest.param('{"plan": {}}', 'no list "jobs"', id="no jobs"),
        pytest.param("", "cannot be read", id="nothing"),
        pytest.param('{"a":' * 100_000, "cannot be read", id="too deep"),
    ],
)
def test_json_that_cannot_be_read_is_told_where(code, told):
    plan = RunPlan(stage="prepare", code=code, language="json", documents=tuple(YEARS))
    assert told in run_json_plan(plan).error


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("{'jobs': [{'task': 'Who?',}],}", id="as Python writes it"),
        pytest.param('[{"task": "Who?"}]', id="a list of jobs"),
        pytest.param('{"task": "Who?"}', id="one job"),
        pytest.param('{"jobs": {"task": "Who?"}}', id="one job for a list"),
        pytest.param('{"jobs": [{"task": "Who?"}]}\n\n{"jobs": []}', id="two plans"),
    ],
)
def test_plans_are_read_as_models_write_them(code):
    plan = RunPlan(stage="prepare", code=code, language="json", documents=tuple(YEARS))
    assert {manifest.task for manifest in run_json_plan(plan).manifests} == {"Who?"}


def test_a_plan_in_json_sums_nothing_up():
    plan = RunPlan(stage="transform", code="{}", language="json", documents=())
    assert run_json_plan(plan).error


def test_no_document_text_is_in_an_error():
    secret = Document("Johnsson has the disease.", "secret")
    assert "Johnsson" not in run({"task": "?", "size": 1, "overlap": 3}, documents=[secret]).error


def test_every_chunker_can_be_named():
    entries = [{"task": name, "chunker": name} for name in chunker_names()]
    assert {m.task for m in run(*entries, max_manifests=10**6).manifests} == set(chunker_names())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 40) | st.sampled_from(["section", "list", "a", ""]),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
_FIELDS = st.sampled_from(["task", "other", *Entry.model_fields])


@given(st.lists(st.dictionaries(_FIELDS, _JSON) | _JSON, max_size=3))
def test_any_plan_has_jobs_or_an_error(entries):
    done = run(*entries)
    assert isinstance(done, PlanRun)
    assert bool(done.manifests) != bool(done.error)
