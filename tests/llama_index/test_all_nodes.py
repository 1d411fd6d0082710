"""Engines over nodes or documents: all of them are found for every question, as they were given."""

from llama_index.core.postprocessor import MetadataReplacementPostProcessor
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import TextNode
from pydantic import Field

from llama_index_minions import MinionsQueryEngine
from tests.llama_index.engines import documents, nodes
from tests.llama_index.scripted import QUESTION, REPORT, supervisor, worker
from tests.llama_index.ways import each_way


class Marking(BaseNodePostprocessor):
    """Changes whatever can be changed of a node, and tells what it was given."""

    scores: list = Field(default_factory=list)
    notes: list = Field(default_factory=list)

    def _postprocess_nodes(self, nodes, query_bundle=None):
        self.scores.extend(node.score for node in nodes)
        self.notes.extend(node.metadata.get("note") for node in nodes)
        for each in nodes:
            each.score = 0.5
            each.metadata["note"] = "seen"
        return nodes


def engine(**options) -> MinionsQueryEngine:
    return MinionsQueryEngine(worker(), supervisor(), **options)


@each_way
async def test_what_a_postprocessor_changes_is_not_seen_by_the_next_question(way):
    marking, given = Marking(), nodes()
    asked = engine(nodes=given, node_postprocessors=[marking])
    responses = [await way.query(asked, QUESTION), await way.query(asked, QUESTION)]
    assert marking.scores == marking.notes == [None] * 4
    assert [each.score for each in responses[1].source_nodes] == [0.5, 0.5]
    assert [each.metadata for each in given] == [{}, {}]


@each_way
async def test_a_text_that_a_postprocessor_puts_in_place_of_anothers_leaves_that_as_it_is(way):
    sentence = TextNode(text="Operations brought in more.", metadata={"window": REPORT})
    windows = MetadataReplacementPostProcessor(target_metadata_key="window")
    asked = engine(nodes=[sentence], node_postprocessors=[windows])
    response = await way.query(asked, QUESTION)
    assert response.source_nodes[0].text == REPORT
    assert sentence.text == "Operations brought in more."


@each_way
async def test_nodes_are_found_as_they_were_given(way):
    given = nodes()
    found = await way.retrieve(engine(nodes=given), QUESTION)
    assert [each.node for each in found] == given


@each_way
async def test_a_document_is_found_as_one_node_of_its_own(way):
    found = await way.retrieve(engine(documents=documents()), QUESTION)
    told = [(type(each.node), each.node_id, each.text, each.metadata) for each in found]
    assert told == [(TextNode, doc.id_, doc.text, doc.metadata) for doc in documents()]
    assert [each.node.ref_doc_id for each in found] == ["letter", "report"]
