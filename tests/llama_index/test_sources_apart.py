"""Nodes an engine is given: each is read once, and stays as it was given."""

import threading

import pytest
from llama_index.core import Document
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

from llama_index_minions import MinionsQueryEngine
from minions_core.errors import UsageError
from tests.llama_index.scripted import OTHER, QUESTION, REPORT, supervisor, worker
from tests.llama_index.ways import each_way


class Meddling(BaseNodePostprocessor):
    """Changes in place whatever nodes hold."""

    def _postprocess_nodes(self, nodes, query_bundle=None):
        for each in nodes:
            node = each.node
            node.metadata["tags"]["all"].append("seen")
            node.excluded_llm_metadata_keys.append("seen")
            node.excluded_embed_metadata_keys.append("seen")
            node.relationships[NodeRelationship.SOURCE].metadata["seen"] = True
            node.relationships[NodeRelationship.CHILD].clear()
            node.relationships[NodeRelationship.NEXT] = RelatedNodeInfo(node_id="seen")
        return nodes


def engine(**options) -> MinionsQueryEngine:
    return MinionsQueryEngine(worker(), supervisor(), **options)


def related(**metadata) -> RelatedNodeInfo:
    return RelatedNodeInfo(node_id="other", metadata=metadata)


@each_way
async def test_what_a_postprocessor_changes_deep_within_a_node_is_not_the_callers(way):
    given = TextNode(
        text=REPORT,
        metadata={"tags": {"all": []}},
        relationships={
            NodeRelationship.SOURCE: related(),
            NodeRelationship.CHILD: [related()],
        },
    )
    before = given.model_copy(deep=True)
    await way.query(engine(nodes=[given], node_postprocessors=[Meddling()]), QUESTION)
    assert given == before


@each_way
async def test_metadata_that_cannot_be_copied_is_handed_on(way):
    lock = threading.Lock()
    given = TextNode(text=REPORT, metadata={"lock": lock})
    [found] = await way.retrieve(engine(nodes=[given]), QUESTION)
    assert found.metadata["lock"] is lock


@pytest.mark.parametrize(("kind", "given"), [("documents", Document), ("nodes", TextNode)])
def test_two_texts_of_one_id_are_refused(kind, given):
    both = [given(text=REPORT, id_="10-K"), given(text=OTHER, id_="10-K")]
    with pytest.raises(UsageError, match="'10-K'"):
        engine(**{kind: both})


@each_way
@pytest.mark.parametrize(("kind", "given"), [("documents", Document), ("nodes", TextNode)])
async def test_what_is_given_twice_is_read_once(way, kind, given):
    once = given(text=REPORT, id_="10-K")
    found = await way.retrieve(engine(**{kind: [once, once]}), QUESTION)
    assert [each.node_id for each in found] == ["10-K"]


@each_way
async def test_a_document_with_half_a_character_is_read(way):
    given = Document(text=f"\ud800 {REPORT}")
    response = await way.query(engine(documents=[given]), QUESTION)
    [cited] = response.metadata["minions"]["citations"]
    assert response.source_nodes[0].text == f"\ufffd {REPORT}"
    assert response.source_nodes[0].text[cited["start"] : cited["end"]] == cited["quote"]
    assert given.text[0] == "\ud800"
