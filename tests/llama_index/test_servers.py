"""Whole runs with the clients people use, over the wire to a server on loopback."""

import pytest
from llama_index.core import Document
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai_like import OpenAILike

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    QUESTION,
    QUOTE,
    REPORT,
    question,
    read,
    reply,
    supervise,
)
from tests.wire import WireServer
from tests.wire_dialects import WireRequest, content_of

PLAYED = {MinionsQueryEngine: (read, supervise), MinionQueryEngine: (reply, question)}


def serving(engine: type) -> WireServer:
    local, remote = PLAYED[engine]

    def script(request: WireRequest) -> str:
        texts = [content_of(message) for message in request.messages]
        return (local if request.api == "ollama" else remote)(texts)

    return WireServer(script)


def built(engine: type, server: WireServer, **options):
    local = Ollama("llama3.2", base_url=server.ollama_url)
    remote = OpenAILike(
        model="gpt-4o", api_base=server.openai_url, api_key="none", is_chat_model=True
    )
    given = [
        Document(text=OTHER, id_="letter"),
        Document(text=REPORT, id_="report", metadata={"file_name": "report.txt"}),
    ]
    return engine.from_documents(given, local=local, remote=remote, **options)


both_engines = pytest.mark.parametrize("engine", list(PLAYED), ids=lambda cls: cls.__name__)


def check(response, server: WireServer) -> None:
    told = response.metadata["minions"]
    assert told["citations"][0]["quote"] == QUOTE
    assert response.source_nodes[0].node_id == "report"
    assert not told["usage"]["local"]["estimated"]
    assert not told["usage"]["remote"]["estimated"]
    assert told["usage"]["remote"]["models"] == ["gpt-4o"]
    assert set(server.paths) == {"POST /api/chat", "POST /v1/chat/completions"}


@both_engines
def test_a_run(engine):
    with serving(engine) as server:
        response = built(engine, server).query(QUESTION)
    assert str(response) == ANSWER
    check(response, server)


@both_engines
async def test_an_asynchronous_run(engine):
    with serving(engine) as server:
        response = await built(engine, server).aquery(QUESTION)
    assert str(response) == ANSWER
    check(response, server)


@both_engines
def test_a_streamed_run(engine):
    with serving(engine) as server:
        response = built(engine, server, streaming=True).query(QUESTION)
        pieces = list(response.response_gen)
    assert len(pieces) > 1
    assert "".join(pieces) == ANSWER
    check(response, server)


@both_engines
async def test_an_asynchronous_streamed_run(engine):
    with serving(engine) as server:
        response = await built(engine, server, streaming=True).aquery(QUESTION)
        pieces = [piece async for piece in response.async_response_gen()]
    assert "".join(pieces) == ANSWER
    check(response, server)


def test_all_local_calls_of_a_run_share_one_modest_window():
    with serving(MinionsQueryEngine) as server:
        built(MinionsQueryEngine, server).query(QUESTION)
    windows = {
        request.body["options"]["num_ctx"] for request in server.requests if request.api == "ollama"
    }
    assert len(windows) == 1
    assert max(windows) < 16_384


def test_local_replies_are_held_to_a_schema():
    with serving(MinionsQueryEngine) as server:
        built(MinionsQueryEngine, server).query(QUESTION)
    schemas = [request.schema for request in server.requests if request.api == "ollama"]
    assert all("answer" in schema["properties"] for schema in schemas)


def test_documents_stay_with_the_local_model():
    with serving(MinionsQueryEngine) as server:
        built(MinionsQueryEngine, server).query(QUESTION)
    sent = "\n".join(request.text for request in server.requests if request.api == "openai")
    assert "tape and abrasives" not in sent
    assert QUOTE in sent


def test_two_runs_of_one_engine_answer_alike():
    with serving(MinionsQueryEngine) as server:
        engine = built(MinionsQueryEngine, server)
        assert [str(engine.query(QUESTION)), str(engine.query(QUESTION))] == [ANSWER, ANSWER]
