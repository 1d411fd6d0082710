"""Context windows of LLMs, and how an Ollama is given one without being changed."""

import asyncio

from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

from llama_index_minions._models import LlamaIndexModel
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.llama_index.scripted import BlockingLLM, ScriptedLLM
from tests.wire import WireServer

ASK = Ask("local", (Message("user", "Hello?"),), max_output_tokens=64)


def ollama(server: WireServer) -> LlamaIndexModel:
    return LlamaIndexModel(Ollama("llama3.2", base_url=server.ollama_url))


def saying(text: str, **data) -> ScriptedLLM:
    return ScriptedLLM(lambda _: text, **data)


def test_a_window_is_what_the_metadata_tells():
    assert LlamaIndexModel(saying("hi", window=8192)).context_window == 8192


def test_the_default_window_of_llama_index_is_unknown():
    assert LlamaIndexModel(BlockingLLM()).context_window is None
    assert LlamaIndexModel(OpenAILike(model="mine", api_key="none")).context_window is None


def test_that_same_window_is_known_if_it_was_set():
    llm = OpenAILike(model="mine", api_key="none", context_window=3900)
    assert LlamaIndexModel(llm).context_window == 3900


def test_the_window_of_a_model_openai_does_not_sell_is_unknown():
    assert LlamaIndexModel(OpenAI("my-proxy-model", api_key="none")).context_window is None


def test_ollama_is_not_asked_for_its_window():
    with WireServer("hi") as server:
        assert ollama(server).context_window is None
    assert server.paths == []


def test_a_sized_ollama_sends_its_window_and_asks_nothing():
    with WireServer("hi") as server:
        ollama(server).sized_for(6000).reply(ASK)
    assert server.requests[0].body["options"]["num_ctx"] == 8192
    assert server.paths == ["POST /api/chat"]


def test_an_ollama_nobody_sized_asks_for_its_window_once():
    with WireServer("hi") as server:
        model = ollama(server)
        for _ in range(3):
            model.reply(Ask("remote", ASK.messages))
    assert server.paths.count("POST /api/show") == 1
    assert model.llm.context_window == -1


def test_sizing_leaves_the_owners_ollama_as_it_was():
    with WireServer("hi") as server:
        model = ollama(server)
        before = model.llm.model_dump()
        model.sized_for(6000).reply(ASK)
    assert model.llm.model_dump() == before
    assert model.llm._client is None


def test_a_window_the_owner_set_stands():
    sized = LlamaIndexModel(Ollama("llama3.2", context_window=4096)).sized_for(6000)
    assert sized.context_window == 4096


def test_other_llms_stay_as_they_are():
    model = LlamaIndexModel(saying("hi"))
    assert model.sized_for(6000) is model


def test_ollama_has_one_client_for_all_runs_whatever_their_window():
    model = LlamaIndexModel(Ollama("llama3.2"))
    called = [model.sized_for(size)._called(ASK, None) for size in (8192, 9000)]
    assert [llm.context_window for llm in called] == [8192, 12_288]
    assert called[0].client is called[1].client


def test_ollama_has_a_client_of_its_own_for_each_event_loop():
    model = LlamaIndexModel(Ollama("llama3.2"))
    with asyncio.Runner() as one, asyncio.Runner() as two:
        loops = [one.get_loop(), two.get_loop()]
        clients = [model._called(ASK, loop).async_client for loop in (*loops, *loops)]
    assert clients[0] is clients[2]
    assert clients[1] is clients[3]
    assert clients[0] is not clients[1]


def test_a_closed_event_loop_is_forgotten():
    model = LlamaIndexModel(Ollama("llama3.2"))
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        model._called(ASK, loop)
    model._called(ASK, None)
    assert loop not in model._bases
