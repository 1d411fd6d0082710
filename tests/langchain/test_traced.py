"""Core models given to a chain are child runs of it, as LangChain's models are."""

import asyncio
import threading
from uuid import uuid4

import pytest
from langchain_core.callbacks import (
    AsyncCallbackHandler,
    BaseCallbackHandler,
    CallbackManager,
    UsageMetadataCallbackHandler,
)
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from langchain_minions._models.model import as_model
from langchain_minions._models.traced import Traced
from minions_core.clients import ExtractiveClient, OllamaClient
from minions_core.effects import Ask
from minions_core.errors import ModelError
from minions_core.messages import Message, Reply, Usage
from minions_core.models import BlockingModel, Retrying, sized_for
from minions_core.testing import ScriptedModel
from tests.langchain.scripted import Runs, ScriptedChat
from tests.wire import WireServer

CONVERSATION = (Message("system", "Be brief."), Message("user", "What is it?"))
ASK = Ask("local", CONVERSATION, "job_3")
USED = Usage(input_tokens=9, output_tokens=2, cached_input_tokens=4)
ANSWER = Reply(text="It is forty-two.", usage=USED, model="llama3.2:3b")
BOTH = pytest.mark.parametrize("blocking", [True, False])


class Seen(BaseCallbackHandler):
    """Keeps what callbacks are given."""

    run_inline = True

    def __init__(self):
        self.started, self.pieces, self.ended, self.failed = {}, [], None, None

    def on_chat_model_start(self, serialized, messages, **told):
        self.started = {"serialized": serialized, "messages": messages, **told}

    def on_llm_new_token(self, token, *, chunk, **told):
        self.pieces.append((token, chunk.message.content, chunk.message.id))

    def on_llm_end(self, response, **told):
        self.ended = response

    def on_llm_error(self, error, **told):
        self.failed = error

    @property
    def message(self):
        return self.ended.generations[0][0].message


async def call(model, blocking, ask=ASK, on_text=None):
    return model.reply(ask, on_text) if blocking else await model.areply(ask, on_text)


async def seen_of(model, blocking, ask=ASK, on_text=None, **config):
    seen = Seen()
    await call(as_model(model, {"callbacks": [seen], **config}), blocking, ask, on_text)
    return seen


@BOTH
async def test_a_call_is_a_run_named_after_role_and_ask(blocking):
    runs = Runs()
    await call(as_model(ScriptedModel(["42"]), {"callbacks": [runs]}), blocking)
    assert runs.shapes == [("local_job_3", "llm", [])]


@BOTH
async def test_the_reply_is_what_the_model_said(blocking):
    assert await call(as_model(ScriptedModel([ANSWER]), {}), blocking) == ANSWER


@BOTH
async def test_the_run_has_the_prompt(blocking):
    seen = await seen_of(ScriptedModel(["42"]), blocking)
    assert seen.started["messages"] == [[SystemMessage("Be brief."), HumanMessage("What is it?")]]


@BOTH
async def test_the_run_ends_with_the_reply_and_its_usage(blocking):
    message = (await seen_of(ScriptedModel([ANSWER]), blocking)).message
    assert (type(message), message.text) == (AIMessage, "It is forty-two.")
    assert message.usage_metadata == {
        "input_tokens": 9,
        "output_tokens": 2,
        "total_tokens": 11,
        "input_token_details": {"cache_read": 4},
    }
    assert message.response_metadata == {"model_name": "llama3.2:3b", "finish_reason": "stop"}


async def test_usage_not_told_is_none_in_the_run():
    message = (await seen_of(ScriptedModel([Reply(text="42")], name="m"), True)).message
    assert (message.usage_metadata, message.response_metadata["model_name"]) == (None, "m")


async def test_counters_of_usage_count_it():
    counter = UsageMetadataCallbackHandler()
    as_model(ScriptedModel([ANSWER]), {"callbacks": [counter]}).reply(ASK)
    assert counter.usage_metadata["llama3.2:3b"]["total_tokens"] == 11


@BOTH
async def test_a_reply_that_streams_is_told_piece_by_piece(blocking):
    heard = []
    seen = await seen_of(ScriptedModel([ANSWER]), blocking, on_text=heard.append)
    assert [token for token, _, _ in seen.pieces] == heard == ["It is forty-", "two."]
    assert [content for _, content, _ in seen.pieces] == heard


@BOTH
async def test_the_pieces_and_the_whole_are_one_message(blocking):
    seen = await seen_of(ScriptedModel([ANSWER]), blocking, on_text=str)
    assert {message_id for _, _, message_id in seen.pieces} == {seen.message.id}
    assert seen.message.id == f"lc_run--{seen.started['run_id']}"


@BOTH
async def test_a_model_that_may_not_stream_is_not_asked_to(blocking):
    model = as_model(ScriptedModel([ANSWER]), {}, streams=False)
    heard = []
    await call(model, blocking, on_text=heard.append)
    assert heard == []


async def test_a_model_that_blocks_is_heard_from_its_thread():
    class Blocking(BlockingModel):
        name, context_window = "blocking", None

        def reply(self, ask, on_text=None):
            on_text("4")
            on_text(str(threading.current_thread() is threading.main_thread()))
            return ANSWER

    seen = await seen_of(Blocking(), blocking=False, on_text=str)
    assert [token for token, _, _ in seen.pieces] == ["4", "False"]


async def test_handlers_that_are_coroutines_hear_all_pieces_before_the_end():
    told = []

    class Coroutines(AsyncCallbackHandler):
        async def on_llm_new_token(self, token, **_):
            await asyncio.sleep(0)
            told.append(token)

        async def on_llm_end(self, response, **_):
            told.append("end")

    model = as_model(ScriptedModel([ANSWER]), {"callbacks": [Coroutines()]})
    await model.areply(ASK, str)
    assert told == ["It is forty-", "two.", "end"]


@BOTH
async def test_a_call_that_fails_is_an_error_in_its_run(blocking):
    runs, failure = Runs(), ModelError("out of memory")
    model = as_model(ScriptedModel([failure]), {"callbacks": [runs]})
    with pytest.raises(ModelError, match="out of memory") as caught:
        await call(model, blocking)
    assert caught.value is failure
    assert "out of memory" in runs.roots[0].error


class Waiting(ScriptedModel):
    """Says a piece and then waits for ever."""

    async def areply(self, ask, on_text=None):
        on_text("It is")
        await asyncio.Event().wait()


async def test_a_call_that_is_cancelled_ends_with_that():
    seen, heard = Seen(), asyncio.Event()
    model = as_model(Waiting([]), {"callbacks": [seen]})
    calling = asyncio.create_task(model.areply(ASK, lambda _: heard.set()))
    await heard.wait()
    calling.cancel()
    await asyncio.wait([calling])
    assert calling.cancelled()
    assert isinstance(seen.failed, asyncio.CancelledError)
    assert [token for token, _, _ in seen.pieces] == ["It is"]


async def test_a_run_has_the_tags_and_metadata_of_its_config_and_its_own():
    config = {"tags": ["mine"], "metadata": {"tenant": "a"}}
    started = (await seen_of(ScriptedModel(["42"]), True, **config)).started
    told = {"tenant": "a", "minions_role": "local", "minions_label": "job_3"}
    assert set(started["tags"]) == {"mine", "minions:local", "nostream"}
    assert told.items() <= started["metadata"].items()


@pytest.mark.parametrize(
    ("model", "provider", "name"),
    [
        (ExtractiveClient(), "extractive", ExtractiveClient().name),
        (Retrying(Retrying(ScriptedModel(["42"], name="m"), retries=0)), "scriptedmodel", "m"),
    ],
)
async def test_a_run_tells_what_model_it_is_of(model, provider, name):
    started = (await seen_of(model, True)).started
    told = {"ls_provider": provider, "ls_model_name": name, "ls_model_type": "chat"}
    assert told.items() <= started["metadata"].items()
    assert started["invocation_params"] == {"_type": provider, "model": name}


async def test_a_run_tells_how_long_a_reply_it_wants():
    ask = Ask("local", CONVERSATION, "job_3", max_output_tokens=64)
    started = (await seen_of(ScriptedModel(["42"]), True, ask)).started
    assert started["metadata"]["ls_max_tokens"] == started["invocation_params"]["max_tokens"] == 64


async def test_a_run_shows_no_settings_of_the_client():
    client = OllamaClient("llama3.2", base_url="http://user:secret@127.0.0.1:1")
    seen = Seen()
    with pytest.raises(Exception, match="not reachable"):
        as_model(client, {"callbacks": [seen]}).reply(ASK)
    assert "secret" not in str(seen.started)


LABELS = {
    "ls_provider": "minions",
    "ls_model_name": "both",
    "ls_temperature": 0.3,
    "ls_max_tokens": 7,
    "ls_stop": ["END"],
}
MODELS = pytest.mark.parametrize(
    "model", [ScriptedModel(lambda _: "42"), ScriptedChat(script=lambda _: "42")]
)


def above():
    manager = CallbackManager(handlers=[], parent_run_id=uuid4())
    manager.add_metadata({"tenant": "a", **LABELS})
    return manager


@MODELS
async def test_what_a_model_above_is_labelled_with_is_not_told_of_the_call(model):
    told = (await seen_of(model, True, metadata={"tenant": "a", **LABELS})).started["metadata"]
    assert not {"ls_temperature", "ls_max_tokens", "ls_stop"} & told.keys()
    assert told["ls_model_name"] != "both"
    assert told["tenant"] == "a"


@MODELS
def test_nor_is_what_its_callback_manager_passes_on(model):
    seen, manager = Seen(), above()
    manager.add_handler(seen)
    as_model(model, {"callbacks": manager}).reply(ASK)
    assert not {"ls_temperature", "ls_max_tokens", "ls_stop"} & seen.started["metadata"].keys()
    assert seen.started["metadata"]["tenant"] == "a"
    assert seen.started["parent_run_id"] == manager.parent_run_id


@MODELS
def test_the_manager_above_stays_as_it_was(model):
    manager = above()
    as_model(model, {"callbacks": manager}).reply(ASK)
    assert manager.metadata == {"tenant": "a", **LABELS}


@MODELS
def test_no_two_calls_have_the_id_of_the_run_above(model):
    runs, run_id = Runs(), uuid4()
    model = as_model(model, {"callbacks": [runs], "run_id": run_id})
    model.reply(ASK)
    model.reply(ASK)
    assert len({run_id, *(run.id for run in runs.roots)}) == 3


def test_a_model_of_a_run_is_sized_as_the_model_within():
    with WireServer("42") as server:
        client = OllamaClient("llama3.2", base_url=server.ollama_url)
        sized = sized_for(as_model(client, {}), 5000)
        assert isinstance(sized, Traced)
        assert sized.context_window == 8192
        assert sized.loaded_as == client.loaded_as
