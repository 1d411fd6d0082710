"""Routers: they lead to an engine, or merge what several say."""

import pytest
from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.query_engine import (
    RouterQueryEngine,
)
from llama_index.core.selectors import LLMMultiSelector, LLMSingleSelector

from tests.llama_index.choices import MERGED, broken, choosing, saying, streaming, summarizer
from tests.llama_index.ends import OLD
from tests.llama_index.engines import tool
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
)


def single(choice=2, **options):
    return RouterQueryEngine(
        LLMSingleSelector.from_defaults(llm=choosing(choice)),
        [broken("letters"), tool("report", **options)],
        llm=saying("never asked"),
    )


def multi(summarizer_options=None, **options):
    return RouterQueryEngine(
        LLMMultiSelector.from_defaults(llm=choosing(1, 2)),
        [tool("report", **options), tool("annex", **options)],
        llm=saying("never asked"),
        summarizer=summarizer(**summarizer_options or {}),
    )


@streaming
def test_a_router_leads_to_an_engine(streaming):
    assert str(single(streaming=streaming).query(QUESTION)) == ANSWER


def test_a_router_passes_a_stream_on():
    response = single(streaming=True).query(QUESTION)
    assert type(response) is StreamingResponse
    assert len(list(response.response_gen)) > 1


async def test_a_router_leads_to_an_engine_asynchronously():
    assert str(await single().aquery(QUESTION)) == ANSWER


async def test_a_router_passes_an_asynchronous_stream_on():
    response = await single(streaming=True).aquery(QUESTION)
    assert type(response) is AsyncStreamingResponse
    assert "".join([piece async for piece in response.async_response_gen()]) == ANSWER


@streaming
def test_a_routers_choice_stands_beside_the_account(streaming):
    response = single(streaming=streaming).query(QUESTION)
    assert str(response) == ANSWER
    assert response.metadata["selector_result"].ind == 1
    assert response.metadata["minions"]["status"] == "answered"


async def test_a_routers_choice_stands_beside_the_account_of_an_asynchronous_stream():
    response = await single(streaming=True).aquery(QUESTION)
    await response.get_response()
    assert response.metadata["selector_result"].ind == 1
    assert response.metadata["minions"]["status"] == "answered"


@streaming
def test_a_router_merges_the_answers_of_several_engines(streaming):
    response = multi(streaming=streaming).query(QUESTION)
    assert type(response) is Response
    assert str(response) == MERGED


async def test_a_router_merges_the_answers_of_several_engines_asynchronously():
    assert str(await multi().aquery(QUESTION)) == MERGED


@pytest.mark.skipif(OLD, reason="the oldest core asks several engines in an event loop it closes")
async def test_a_router_merges_asynchronous_streams():
    assert str(await multi(streaming=True).aquery(QUESTION)) == MERGED


def test_a_router_may_stream_what_it_merges():
    response = multi({"streaming": True}, streaming=True).query(QUESTION)
    assert "".join(response.response_gen) == MERGED


@streaming
def test_a_merged_answer_is_made_of_the_answers(streaming):
    router = multi(streaming=streaming)
    router.query(QUESTION)
    ((_, messages, _),) = router._summarizer._llm.asked
    assert messages[-1].content.count(ANSWER) == 2


@streaming
def test_a_merged_answer_has_the_sources_of_all_cited_ones_first(streaming):
    response = multi(streaming=streaming).query(QUESTION)
    assert [node.node_id for node in response.source_nodes] == ["report", "letter"] * 2
