"""The helpers of a plan take up every chunker there is."""

import pytest

from minions_core.chunking import CHUNKERS, chunk_by_section
from minions_core.documents import Document
from minions_core.effects import RunPlan
from minions_core.errors import UsageError
from minions_core.json_plans import chunker_names, run_json_plan
from minions_core.plan_tools import PlanTools, chunker_options

TEXT = Document("One sentence. Another one. And a third.")


@pytest.fixture
def counts(monkeypatch):
    """A chunker by weight, and what it was given to count with."""
    given = []

    def chunk_by_weight(text, max_weight=20, overlap=0, *, count):
        given.append(count)
        return chunk_by_section(text, max_weight, overlap)

    monkeypatch.setitem(CHUNKERS, "chunk_by_weight", chunk_by_weight)
    return given


def test_a_chunker_that_counts_is_given_the_count_of_the_run(counts):
    chunks = PlanTools([TEXT], count=len).functions()["chunk_by_weight"](TEXT.text, 20)
    assert counts == [len]
    assert "".join(chunks).replace(" ", "") == TEXT.text.replace(" ", "")


def test_a_plan_cannot_count_otherwise(counts):
    with pytest.raises(UsageError, match="it takes text, max_weight, overlap"):
        PlanTools([TEXT]).functions()["chunk_by_weight"](TEXT.text, count=len)


def test_a_plan_in_json_can_name_it_and_say_its_size(counts):
    code = '{"jobs": [{"task": "?", "chunker": "weight", "size": 15, "overlap": 3}]}'
    plan = RunPlan(stage="prepare", code=code, language="json", documents=(TEXT,), count=len)
    assert max(len(manifest.chunk.text) for manifest in run_json_plan(plan).manifests) <= 15
    assert "weight" in chunker_names()
    assert counts == [len]


def test_the_size_comes_first_of_what_a_chunker_takes():
    assert chunker_options("chunk_by_section") == ["max_chunk_size", "overlap"]
    assert chunker_options("chunk_by_page") == []
