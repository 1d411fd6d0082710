"""What every query engine does, core's and ours: types, steps, sources, errors, manners."""

import asyncio
import copy

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.settings import Settings
from llama_index.core.tools import QueryEngineTool
from pydantic import PrivateAttr

from tests.llama_index.contract import (
    ENGINES,
    Shelf,
    each_engine,
    ids,
    letter_and_report,
    refusing_once,
    unreachable,
)
from tests.llama_index.scripted import ANSWER, QUESTION, REPORT
from tests.llama_index.ways import each_way


class Only(BaseNodePostprocessor):
    """Lets the nodes of one file through, and keeps the questions."""

    file_name: str
    _asked: list = PrivateAttr(default_factory=list)

    def _postprocess_nodes(self, nodes, query_bundle=None):
        self._asked.append(query_bundle)
        return [node for node in nodes if node.metadata["file_name"] == self.file_name]


# Types


@each_engine
def test_it_is_a_query_engine(kind):
    assert isinstance(kind.engine(), BaseQueryEngine)


@each_engine
def test_without_a_loop_it_answers_too(kind):
    assert str(kind.engine().query(QUESTION)) == ANSWER


@each_way
@each_engine
async def test_an_answer_is_a_response(kind, way):
    response = await way.query(kind.engine(), QUESTION)
    assert type(response) is Response
    assert str(response) == ANSWER


@each_way
@each_engine
async def test_a_question_may_come_as_a_bundle(kind, way):
    assert str(await way.query(kind.engine(), QueryBundle(QUESTION))) == ANSWER


@each_way
@each_engine
async def test_where_nothing_is_found_it_says_so_and_asks_nobody(kind, way):
    llm = kind.scripted()
    response = await way.query(kind.engine(llm, nodes=[]), QUESTION)
    assert response == Response("Empty Response", source_nodes=[], metadata=None)
    assert llm.asked == []


@each_way
@each_engine
async def test_where_nothing_is_found_it_streams_that(kind, way):
    response = await way.query(kind.engine(nodes=[], streaming=True), QUESTION)
    assert type(response) is way.stream
    assert await way.pieces(response.response_gen) == ["Empty Response"]


# Core's own take a text for this in some versions only.
@each_way
@pytest.mark.parametrize("name", ["MinionsQueryEngine", "MinionQueryEngine"])
async def test_ours_can_be_told_what_to_say_then(name, way):
    engine = ENGINES[name].engine(nodes=[], empty_response="No documents.")
    assert str(await way.query(engine, QUESTION)) == "No documents."


# Steps


@each_way
@each_engine
async def test_the_retriever_is_handed_the_whole_bundle(kind, way):
    engine = kind.engine()
    bundle = QueryBundle(QUESTION, custom_embedding_strs=["capex"], embedding=[0.5])
    await way.query(engine, bundle)
    assert engine.retriever.asked == [bundle]


@each_engine
def test_the_retriever_is_the_one_given(kind):
    assert type(kind.engine().retriever) is Shelf


@each_way
@each_engine
async def test_nodes_can_be_retrieved_alone(kind, way):
    llm = kind.scripted()
    nodes = await way.retrieve(kind.engine(llm), QueryBundle(QUESTION))
    assert ids(nodes) == ("letter", "report")
    assert llm.asked == []


@each_way
@each_engine
async def test_postprocessors_choose_what_is_read(kind, way):
    chooser, llm = Only(file_name="report.pdf"), kind.scripted()
    response = await way.query(kind.engine(llm, node_postprocessors=[chooser]), QUESTION)
    assert [node.metadata["file_name"] for node in response.source_nodes] == ["report.pdf"]
    assert [bundle.query_str for bundle in chooser._asked] == [QUESTION]


@each_way
@each_engine
async def test_postprocessors_choose_what_is_retrieved(kind, way):
    engine = kind.engine(node_postprocessors=[Only(file_name="letter.txt")])
    assert ids(await way.retrieve(engine, QueryBundle(QUESTION))) == ("letter",)


@each_way
@each_engine
async def test_an_answer_can_be_made_of_other_nodes(kind, way):
    nodes = [NodeWithScore(node=TextNode(text=REPORT, metadata={"file_name": "new.txt"}))]
    response = await way.synthesize(kind.engine(), QueryBundle(QUESTION), nodes)
    assert str(response) == ANSWER
    assert [node.metadata["file_name"] for node in response.source_nodes] == ["new.txt"]


@each_way
@each_engine
async def test_additional_sources_come_after(kind, way):
    more = NodeWithScore(node=TextNode(id_="more", text="Unread."))
    response = await way.synthesize(
        kind.engine(), QueryBundle(QUESTION), letter_and_report(), additional_source_nodes=[more]
    )
    assert response.source_nodes[-1] is more


@each_way
@pytest.mark.parametrize("name", [name for name in ENGINES if not name.startswith("Citation")])
async def test_with_another_retriever_it_reads_what_that_finds(name, way):
    engine = ENGINES[name].engine()
    found = [NodeWithScore(node=TextNode(id_="new", text=REPORT))]
    other = engine.with_retriever(Shelf(found))
    response = await way.query(other, QUESTION)
    assert isinstance(other, RetrieverQueryEngine)
    assert (str(response), ids(response.source_nodes)) == (ANSWER, ("new",))
    assert ids(engine.retriever.nodes) == ("letter", "report")


# Sources


@each_way
@each_engine
async def test_the_sources_have_the_metadata_of_what_was_found(kind, way):
    response = await way.query(kind.engine(), QUESTION)
    files = {"letter": "letter.txt", "report": "report.pdf"}
    told = [node.metadata["file_name"] for node in response.source_nodes]
    assert told == [files[node_id] for node_id in kind.order]


@each_way
@each_engine
async def test_the_sources_are_the_very_nodes_unless_they_are_cut(kind, way):
    nodes = letter_and_report()
    response = await way.query(kind.engine(nodes=nodes), QUESTION)
    same = {id(node.node) for node in response.source_nodes} == {id(node.node) for node in nodes}
    assert same is kind.same_nodes


@each_way
@each_engine
async def test_the_metadata_tells_those_of_every_source(kind, way):
    response = await way.query(kind.engine(), QUESTION)
    told = [response.metadata[node.node_id] for node in response.source_nodes]
    assert told == [node.metadata for node in response.source_nodes]


@each_way
@each_engine
async def test_the_retrievers_nodes_are_left_as_they_were(kind, way):
    nodes = letter_and_report()
    before = [node.model_dump() for node in nodes]
    await way.query(kind.engine(nodes=nodes), QUESTION)
    assert [node.model_dump() for node in nodes] == before


# Errors and manners


@each_way
@each_engine
async def test_an_error_of_the_llm_comes_out(kind, way):
    with pytest.raises(kind.error):
        await way.query(kind.engine(unreachable()), QUESTION)


@each_way
@each_engine
async def test_an_error_of_the_llm_leaves_no_mark(kind, way):
    engine = kind.engine(refusing_once(kind.scripted()))
    with pytest.raises(kind.error):
        await way.query(engine, QUESTION)
    assert str(await way.query(engine, QUESTION)) == ANSWER


@each_way
@each_engine
async def test_an_error_of_the_retriever_comes_out_as_it_is(kind, way):
    engine = kind.engine()
    engine.retriever.nodes = None
    with pytest.raises(TypeError):
        await way.query(engine, QUESTION)


@each_way
@each_engine
async def test_it_answers_again_and_again_within_one_loop(kind, way):
    engine = kind.engine()
    assert [str(await way.query(engine, QUESTION)) for _ in range(3)] == [ANSWER] * 3


@each_engine
async def test_it_answers_several_at_once(kind):
    engine = kind.engine()
    responses = await asyncio.gather(*(engine.aquery(QUESTION) for _ in range(4)))
    assert [str(response) for response in responses] == [ANSWER] * 4


@each_way
@each_engine
async def test_a_deep_copy_answers_too(kind, way):
    assert str(await way.query(copy.deepcopy(kind.engine()), QUESTION)) == ANSWER


@each_way
@each_engine
async def test_nothing_is_printed(kind, way, capsys):
    await way.query(kind.engine(), QUESTION)
    assert capsys.readouterr() == ("", "")


@each_way
@each_engine
async def test_the_settings_are_left_alone(kind, way):
    Settings.llm = kind.scripted()
    before = dict(vars(Settings)) | {"_callback_manager": Settings.callback_manager}
    await way.query(kind.engine(), QUESTION)
    assert vars(Settings) == before


@each_way
@each_engine
async def test_it_is_a_tool(kind, way):
    tool = QueryEngineTool.from_defaults(kind.engine(), name="report", description="The report.")
    output = await way.call(tool, QUESTION)
    assert output.content == ANSWER
    assert len(output.raw_output.source_nodes) == 2


@each_engine
def test_a_streaming_one_is_a_tool_too(kind):
    engine = kind.engine(streaming=True)
    tool = QueryEngineTool.from_defaults(engine, name="report", description="The report.")
    assert tool.call(QUESTION).content == ANSWER
