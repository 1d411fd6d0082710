"""Chat engines: they condense a question, and the engine answers it, streaming or not."""

import pytest
from llama_index.core import SummaryIndex
from llama_index.core.chat_engine import CondenseQuestionChatEngine
from llama_index.core.memory import ChatMemoryBuffer

from llama_index_minions import MinionsSynthesizer
from tests.llama_index.engines import engine, nodes
from tests.llama_index.scripted import ANSWER, QUESTION, ScriptedLLM, supervisor, worker

FOLLOW_UP = "And what was that in 2023?"
CONDENSED = "What did the company spend on its plants in 2023?"


def memory():
    """Not the default one, which keeps a database open."""
    return ChatMemoryBuffer.from_defaults(token_limit=2000)


def over_an_engine(**options):
    return CondenseQuestionChatEngine.from_defaults(
        query_engine=engine(**options), llm=ScriptedLLM(lambda _: CONDENSED), memory=memory()
    )


def of_an_index(**options):
    index, remote = SummaryIndex(nodes()), options.pop("remote", supervisor())
    return index.as_chat_engine(
        chat_mode="condense_question",
        llm=ScriptedLLM(lambda _: CONDENSED),
        response_synthesizer=MinionsSynthesizer(worker(), remote, **options),
        memory=memory(),
    )


chats = pytest.mark.parametrize("chat_engine", [over_an_engine, of_an_index])
streaming = pytest.mark.parametrize("streaming", [False, True])


@chats
@streaming
def test_a_chat_is_answered(chat_engine, streaming):
    assert str(chat_engine(streaming=streaming).chat(QUESTION)) == ANSWER


@chats
@streaming
async def test_a_chat_is_answered_asynchronously(chat_engine, streaming):
    assert str(await chat_engine(streaming=streaming).achat(QUESTION)) == ANSWER


@chats
@streaming
def test_a_chat_streams(chat_engine, streaming):
    response = chat_engine(streaming=streaming).stream_chat(QUESTION)
    assert "".join(response.response_gen) == ANSWER


@chats
@streaming
async def test_a_chat_streams_asynchronously(chat_engine, streaming):
    response = await chat_engine(streaming=streaming).astream_chat(QUESTION)
    assert "".join([piece async for piece in response.async_response_gen()]) == ANSWER


def test_a_streamed_chat_comes_in_pieces():
    response = over_an_engine(streaming=True).stream_chat(QUESTION)
    assert len(list(response.response_gen)) > 1


def test_a_follow_up_is_asked_as_it_was_condensed():
    remote = supervisor()
    chat = over_an_engine(remote=remote)
    chat.chat(QUESTION)
    chat.chat(FOLLOW_UP)
    opening = "\n".join(message.content for message in remote.asked[-1][1])
    assert CONDENSED in opening
    assert FOLLOW_UP not in opening


async def test_a_follow_up_is_condensed_asynchronously_too():
    remote = supervisor()
    chat = over_an_engine(remote=remote)
    await chat.achat(QUESTION)
    await chat.achat(FOLLOW_UP)
    assert CONDENSED in remote.asked[-1][1][1].content


@chats
def test_a_chat_holds_the_sources(chat_engine):
    response = chat_engine().chat(QUESTION)
    assert response.source_nodes[0].node_id == "report"
    assert response.sources[0].raw_output.metadata["minions"]["status"] == "answered"


def test_a_streamed_chat_holds_the_account_at_its_end():
    response = over_an_engine(streaming=True).stream_chat(QUESTION)
    list(response.response_gen)
    raw = response.sources[0].raw_output
    assert raw.metadata["minions"]["status"] == "answered"
    assert raw.source_nodes[0].node_id == "report"


async def test_an_asynchronously_streamed_chat_holds_the_account_at_its_end():
    response = await over_an_engine(streaming=True).astream_chat(QUESTION)
    _ = [piece async for piece in response.async_response_gen()]
    raw = response.sources[0].raw_output
    assert raw.metadata["minions"]["status"] == "answered"
    assert raw.source_nodes[0].node_id == "report"


def test_a_streamed_answer_becomes_history():
    chat = over_an_engine(streaming=True)
    list(chat.stream_chat(QUESTION).response_gen)
    assert [message.content for message in chat.chat_history] == [QUESTION, ANSWER]


@streaming
def test_an_engine_streams_after_a_chat_as_it_did_before(streaming):
    both = engine(streaming=streaming)
    chat = CondenseQuestionChatEngine.from_defaults(
        query_engine=both, llm=supervisor(), memory=memory()
    )
    before = type(both.query(QUESTION))
    chat.chat(QUESTION)
    list(chat.stream_chat(QUESTION, chat_history=[]).response_gen)
    assert type(both.query(QUESTION)) is before
