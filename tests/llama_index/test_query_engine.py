"""The query engines: where they read, and what they answer."""

import pytest
from llama_index.core import Document, SummaryIndex
from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import QueryBundle, TextNode

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine
from minions_core.config import MinionsConfig
from minions_core.errors import UsageError
from tests.llama_index.engines import documents, engine
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    QUESTION,
    QUOTE,
    REPORT,
    questioner,
    reader,
    supervisor,
    worker,
)

# Answers


def test_documents_are_asked():
    response = engine().query(QUESTION)
    assert type(response) is Response
    assert str(response) == ANSWER


def test_a_document_is_a_source_node_with_its_id_and_a_span_in_its_text():
    response = engine().query(QUESTION)
    source = response.source_nodes[0]
    (citation,) = response.metadata["minions"]["citations"]
    assert (source.node_id, source.text) == ("report", REPORT)
    assert source.text[citation["start"] : citation["end"]] == QUOTE


async def test_documents_are_asked_asynchronously():
    response = await engine().aquery(QueryBundle(QUESTION))
    assert type(response) is Response
    assert str(response) == ANSWER


def test_an_answer_streams():
    response = engine(streaming=True).query(QUESTION)
    assert type(response) is StreamingResponse
    assert "".join(response.response_gen) == ANSWER


async def test_an_answer_streams_asynchronously():
    response = await engine(streaming=True).aquery(QUESTION)
    assert type(response) is AsyncStreamingResponse
    assert "".join([piece async for piece in response.async_response_gen()]) == ANSWER


@pytest.mark.parametrize("streaming", [False, True])
def test_minion_asks_documents_too(streaming):
    minion = MinionQueryEngine.from_documents(
        documents(), local=reader(), remote=questioner(), streaming=streaming
    )
    response = minion.query(QUESTION)
    assert str(response) == ANSWER
    assert response.metadata["minions"]["protocol"] == "minion"
    assert response.source_nodes[0].node_id == "report"


def test_nodes_of_one_text_are_read_together_and_cited_apart():
    splitter = SentenceSplitter(chunk_size=64, chunk_overlap=16)
    text = OTHER + "Nothing else was of any note that year. " * 20 + REPORT
    nodes = splitter.get_nodes_from_documents([Document(text=text)])
    response = MinionsQueryEngine.from_nodes(nodes, local=worker(), remote=supervisor()).query(
        QUESTION
    )
    (citation,) = response.metadata["minions"]["citations"]
    cited = response.source_nodes[0]
    assert len(nodes) > 2
    assert citation["node_id"] == cited.node_id
    assert cited.text[citation["start"] : citation["end"]] in QUOTE


def test_a_pdf_read_page_by_page_is_cited_by_page():
    pages = [
        Document(text=text, metadata={"file_name": "report.pdf", "page_label": str(number)})
        for number, text in enumerate([OTHER, REPORT, "# Notes\n\nNone."], start=7)
    ]
    response = MinionsQueryEngine.from_documents(pages, local=worker(), remote=supervisor()).query(
        QUESTION
    )
    (citation,) = response.metadata["minions"]["citations"]
    assert (citation["page"], citation["document"]) == (8, "report.pdf")
    assert citation["node_id"] == pages[1].node_id
    assert REPORT[citation["start"] : citation["end"]] == QUOTE


def test_settings_reach_the_run():
    response = engine(settings=MinionsConfig(max_jobs_per_round=1, max_plan_repairs=0)).query(
        QUESTION
    )
    assert response.metadata["minions"]["status"] == "exhausted"


# Where to read


def test_no_documents_are_an_empty_response():
    empty = MinionsQueryEngine.from_documents([], local=worker(), remote=supervisor())
    assert str(empty.query(QUESTION)) == "Empty Response"


def test_a_retriever_is_asked_for_nodes():
    index = SummaryIndex([TextNode(text=OTHER), TextNode(text=REPORT)])
    both = MinionsQueryEngine.from_retriever(
        index.as_retriever(), local=worker(), remote=supervisor()
    )
    assert str(both.query(QUESTION)) == ANSWER
    assert isinstance(both.retriever, type(index.as_retriever()))


def test_from_args_is_from_retriever():
    retriever = SummaryIndex([TextNode(text=REPORT)]).as_retriever()
    both = MinionsQueryEngine.from_args(retriever, local=worker(), remote=supervisor())
    assert str(both.query(QUESTION)) == ANSWER


async def test_the_steps_of_a_query_can_be_taken_one_by_one():
    both, query = engine(), QueryBundle(QUESTION)
    nodes = both.retrieve(query)
    assert [node.node_id for node in await both.aretrieve(query)] == ["letter", "report"]
    assert str(both.synthesize(query, nodes)) == ANSWER
    assert str(await both.asynthesize(query, nodes)) == ANSWER


@pytest.mark.parametrize(
    "sources", [{}, {"nodes": [], "documents": []}], ids=["none", "more than one"]
)
def test_there_must_be_one_source(sources):
    with pytest.raises(UsageError, match="exactly one of"):
        MinionsQueryEngine(worker(), supervisor(), **sources)


def test_a_local_model_is_needed():
    with pytest.raises(UsageError, match="local: expected an LLM"):
        MinionsQueryEngine(None, supervisor(), documents=[])
