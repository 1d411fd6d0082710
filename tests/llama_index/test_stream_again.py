"""Streams whose answer begins anew: a reply broke off, or an answer was taken back for a plan."""

import pytest
from llama_index.core import Document
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai_like import OpenAILike

from llama_index_minions import MinionsQueryEngine
from minions_core.config import MinionsConfig
from minions_core.testing import ScriptedModel
from tests.llama_index.scripted import ANSWER, OTHER, PLAN, QUESTION, REPORT, read, supervise
from tests.llama_index.scripted import worker as reads
from tests.wire import WireReply, WireServer
from tests.wire_dialects import content_of

BEGUN = "<answer>Capital exp"
PERHAPS = f"Perhaps.\n{PLAN}"
TAKEN_BACK = f"<answer>{PERHAPS}"  # never closed, so that the plan counts
DOCUMENTS = [Document(text=OTHER), Document(text=REPORT)]


def breaks_off():
    """A server whose supervisor breaks off one answer before it gives a whole one."""
    broken = [WireReply(BEGUN, error="boom")]
    scripts = {"llama3.2": read, "gpt-4o": supervise}

    def reply(request):
        said = scripts[request.model]([content_of(message) for message in request.messages])
        return broken.pop() if broken and said.startswith("<answer>") else said

    return WireServer(reply)


def ollama(server, model="gpt-4o"):
    return Ollama(model, base_url=server.ollama_url)


def openai(server):
    return OpenAILike(
        model="gpt-4o", api_base=server.openai_url, api_key="none", is_chat_model=True
    )


def engine(local, remote, **options):
    return MinionsQueryEngine.from_documents(
        DOCUMENTS, local=local, remote=remote, streaming=True, **options
    )


REMOTES = pytest.mark.parametrize("remote", [ollama, openai])


@REMOTES
def test_an_answer_that_broke_off_is_told_again_after_a_blank_line(remote):
    with breaks_off() as server:
        response = engine(ollama(server, "llama3.2"), remote(server)).query(QUESTION)
        told = "".join(response.response_gen)
    assert told == f"Capital exp\n\n{ANSWER}"


@REMOTES
async def test_an_asynchronous_stream_tells_it_again_too(remote):
    with breaks_off() as server:
        response = await engine(ollama(server, "llama3.2"), remote(server)).aquery(QUESTION)
        told = "".join([piece async for piece in response.async_response_gen()])
    assert told == f"Capital exp\n\n{ANSWER}"


def test_an_answer_taken_back_for_a_plan_is_followed_by_the_one_that_counts():
    remote = ScriptedModel([PLAN, TAKEN_BACK, f"<answer>{ANSWER}</answer>"])
    response = engine(reads(), remote).query(QUESTION)
    assert "".join(response.response_gen) == f"{PERHAPS}\n\n{ANSWER}"


def test_an_answer_taken_back_is_followed_by_one_that_did_not_stream():
    remote = ScriptedModel([PLAN, TAKEN_BACK, ANSWER])
    settings = MinionsConfig(max_rounds=2)
    response = engine(reads(), remote, settings=settings).query(QUESTION)
    assert "".join(response.response_gen) == f"{PERHAPS}\n\n{ANSWER}"


def test_an_answer_taken_back_for_none_is_followed_by_what_was_found():
    remote = ScriptedModel([PLAN, TAKEN_BACK, "", ""])
    response = engine(reads(), remote, settings=MinionsConfig(max_rounds=2)).query(QUESTION)
    told = "".join(response.response_gen)
    assert told.startswith(f"{PERHAPS}\n\n[1] $1,749 million")
    assert response.metadata["minions"]["status"] == "exhausted"
