"""Streams: pieces, stops, answers taken back, leaving early."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import RunnableGenerator, RunnableLambda
from pydantic import Field

from langchain_minions._chat.stopping import UntilStop, cut
from langchain_minions.chat_model import ChatMinions
from minions_core import Budget, MinionsConfig
from minions_core.errors import MinionsError, ModelError, UsageError
from tests.langchain.chains import QUESTION
from tests.langchain.gauge import Gauge
from tests.langchain.scripted import ANSWER, PLAN, REPORT, Runs, ScriptedChat, reads
from tests.langchain.scripted_tools import (
    HELLO,
    CallingChat,
    chat,
    minion_chat,
    reading_chat,
    supervises,
)
from tests.langchain.test_stream import takes_back

MAKES = pytest.mark.parametrize("make", [reading_chat, minion_chat, chat])
WORDS = st.text("abcXY\n", max_size=12)


def text_of(pieces):
    return "".join(str(piece.content) for piece in pieces)


@MAKES
def test_the_answer_streams_in_pieces(make):
    assert len([piece for piece in make().stream(QUESTION) if piece.content]) > 3


def test_an_answer_taken_back_is_followed_by_the_one_that_counts():
    model = ChatMinions(ScriptedChat(script=reads), ScriptedChat(script=takes_back), context=REPORT)
    told = text_of(model.stream(QUESTION))
    assert told.startswith("perhaps")
    assert told.endswith(f"\n\n{ANSWER}")
    assert told.count(ANSWER) == 1


def test_a_run_that_ends_without_an_answer_says_so_in_its_record():
    settings = MinionsConfig(budget=Budget(remote_tokens=1))
    *_, last = reading_chat(settings=settings).stream(QUESTION)
    assert last.response_metadata["minions"]["status"] == "budget"


@MAKES
@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_an_answer_ends_at_the_first_stop(make, call):
    whole = make().invoke(QUESTION).content
    stopped = getattr(make(), call)(QUESTION, stop=["never said", whole[7:11]])
    content = stopped.content if isinstance(stopped, AIMessage) else text_of(stopped)
    assert content == whole[:7]


@MAKES
def test_a_stop_of_the_model_holds_where_a_call_names_none(make):
    whole = make().invoke(QUESTION).content
    assert make(stop=[whole[7:11]]).invoke(QUESTION).content == whole[:7]
    assert make(stop=[whole[7:11]]).invoke(QUESTION, stop=[]).content == whole


def test_what_looks_like_a_stop_and_is_none_is_shown():
    assert text_of(reading_chat().stream(QUESTION, stop=["].!"])) == ANSWER


async def test_what_looks_like_a_stop_and_is_none_is_shown_without_blocking():
    pieces = [piece async for piece in reading_chat().astream(QUESTION, stop=["].!"])]
    assert text_of(pieces) == ANSWER


@given(st.lists(WORDS), st.lists(WORDS, max_size=3))
def test_a_text_in_pieces_is_cut_as_the_whole_is(pieces, stops):
    until = UntilStop(stops)
    shown = "".join([until.feed(piece) for piece in pieces]) + until.rest()
    whole = "".join(pieces)
    places = [whole.find(stop) for stop in stops if stop and stop in whole]
    assert shown == whole[: min(places, default=len(whole))] == cut(whole, stops)


def test_closing_a_stream_ends_the_run():
    runs = Runs()
    stream = reading_chat().stream(QUESTION, {"callbacks": [runs]})
    next(stream)
    stream.close()
    assert [run.name for run in runs.roots] == ["ChatMinions"]


class Endless(ScriptedChat):
    """A model that begins an answer and never ends it."""

    left: asyncio.Event = Field(default_factory=asyncio.Event)

    async def _astream(self, messages, *args, **kwargs):
        text = self.script(messages)
        try:
            yield ChatGenerationChunk(message=AIMessageChunk(text))
            await (asyncio.sleep(0) if text == PLAN else asyncio.Event().wait())
        except (asyncio.CancelledError, GeneratorExit):
            self.left.set()
            raise


async def test_closing_an_asynchronous_stream_cancels_the_call_in_flight():
    remote = Endless(script=lambda m: "<answer>It is" if len(m) > 2 else PLAN)
    model = reading_chat(remote=remote)
    stream = model.astream(QUESTION)
    assert (await anext(stream)).content == "It is"
    await stream.aclose()
    assert remote.left.is_set()


async def test_closing_an_asynchronous_stream_leaves_a_direct_call():
    remote = Endless(script=lambda m: "It is")
    stream = chat(remote=remote).astream(QUESTION)
    assert (await anext(stream)).content == "It is"
    await stream.aclose()
    await remote.left.wait()


@pytest.mark.parametrize("make", [reading_chat, chat])
async def test_cancelling_ainvoke_cancels_the_call_in_flight(make):
    called, cancelled = asyncio.Event(), asyncio.Event()

    async def think(messages):
        called.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    model = make(remote=RunnableLambda(supervises, afunc=think))
    running = asyncio.ensure_future(model.ainvoke(QUESTION))
    await called.wait()
    running.cancel()
    await asyncio.wait([running])
    assert cancelled.is_set()


def test_an_error_of_the_remote_model_comes_out():
    def fails(messages):
        raise KeyError("no such thing")

    with pytest.raises(ModelError, match="no such thing"):
        chat(remote=ScriptedChat(script=fails)).invoke("Hi")
    with pytest.raises(ModelError, match="no such thing"):
        reading_chat(remote=ScriptedChat(script=fails)).invoke(QUESTION)


def test_an_error_of_a_run_keeps_what_was_found():
    def fails_later(messages):
        if len(messages) > 2:
            raise KeyError("no such thing")
        return PLAN

    with pytest.raises(MinionsError) as caught:
        list(reading_chat(remote=ScriptedChat(script=fails_later)).stream(QUESTION))
    assert caught.value.partial.evidence


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_an_error_ends_the_run_in_the_trace(call):
    def fails(messages):
        raise KeyError("no such thing")

    runs = Runs()
    model = reading_chat(remote=ScriptedChat(script=fails))
    with pytest.raises(ModelError):
        list(getattr(model, call)(QUESTION, {"callbacks": [runs]}))
    assert "no such thing" in runs.roots[0].error


def test_a_remote_model_that_streams_nothing_is_an_error():
    def nothing(_):
        yield from ()

    with pytest.raises(ModelError, match="empty stream"):
        list(chat(remote=RunnableGenerator(nothing)).stream("Hi"))


def test_text_instead_of_messages_is_an_answer_too():
    model = chat(remote=RunnableLambda(lambda _: HELLO))
    assert model.invoke("Hi").content == text_of(model.stream("Hi")) == HELLO


def test_a_chunk_instead_of_a_message_is_an_answer_too():
    answer = chat(remote=RunnableLambda(lambda _: AIMessageChunk(HELLO))).invoke("Hi")
    assert type(answer) is AIMessage


def test_what_is_no_answer_is_refused():
    with pytest.raises(ModelError, match="dict"):
        chat(remote=RunnableLambda(lambda _: {"a": 1})).invoke("Hi")


def test_pictures_go_to_the_remote_model_where_nothing_is_to_be_read():
    image = {"type": "image", "url": "https://example.org/cat.png"}
    model = chat()
    said = [("human", [{"type": "text", "text": "What is this?"}, image])]
    assert model.invoke(said).content == HELLO
    assert model.remote.asked[0][0].content[1] == image


def test_the_id_a_provider_gave_an_answer_stays():
    remote = RunnableLambda(lambda _: AIMessage("Hi", id="msg_1"))
    assert chat(remote=remote).invoke("Hi").id == "msg_1"


def test_an_answer_without_an_id_of_a_providers_has_that_of_the_run():
    runs = Runs()
    answer = chat().invoke("Hi", {"callbacks": [runs]})
    assert str(runs.roots[0].id) in answer.id


async def test_it_works_in_a_running_loop():
    assert reading_chat().invoke(QUESTION).content == ANSWER


def test_max_concurrency_reaches_the_local_calls():
    gauge = Gauge()
    model = reading_chat(local=ScriptedChat(script=gauge.read), context=[REPORT] * 4)
    model.invoke(QUESTION, {"max_concurrency": 1})
    assert gauge.most == 1


def test_no_messages_and_no_question_are_refused():
    with pytest.raises(UsageError):
        chat().invoke([])
    with pytest.raises(UsageError):
        reading_chat().invoke("")


def test_a_bound_context_goes_before_the_models_own():
    model = reading_chat(remote=CallingChat(script=supervises)).bind(context="Nothing here.")
    told = model.invoke(QUESTION).response_metadata["minions"]
    assert told["citations"] == []
