"""What an owner sets on an LLM after its first call, and what he left unset before it."""

import asyncio
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from llama_index.core.callbacks import CallbackManager
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

from llama_index_minions import MinionsSynthesizer
from llama_index_minions._models import LlamaIndexModel, as_model
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.llama_index.listening import Callbacks
from tests.llama_index.scripted import ScriptedLLM
from tests.wire import WireServer

ASK = Ask("local", (Message("user", "Hello?"),), "job_1")


def openai(server, **data):
    return OpenAI("gpt-4o", api_base=server.openai_url, api_key="old", **data)


def ollama(server, **data):
    return Ollama("gpt-4o", base_url=server.ollama_url, context_window=4096, **data)


def other_url(llm, server):
    """Has an LLM call another server."""
    url = "base_url" if isinstance(llm, Ollama) else "api_base"
    setattr(llm, url, server.ollama_url if isinstance(llm, Ollama) else server.openai_url)


async def blocking(model):
    return model.reply(ASK)


async def native(model):
    return await model.areply(ASK)


makers = pytest.mark.parametrize("make", [openai, ollama])
ways = pytest.mark.parametrize("call", [blocking, native])
clients = pytest.mark.parametrize(
    "llm", [OpenAI("gpt-4o", api_key="old"), Ollama("llama3.2")], ids=["openai", "ollama"]
)


def client_of(model, loop=None):
    called = model._called(ASK, loop)
    return called._client if loop is None else getattr(called, "_aclient", None)


class TestAfterTheFirstCall:
    @makers
    @ways
    async def test_a_callback_manager_hears_of_calls(self, make, call):
        handler = Callbacks()
        with WireServer("42") as server:
            model = LlamaIndexModel(make(server))
            await call(model)
            model.llm.callback_manager = CallbackManager([handler])
            await call(model)
        assert handler.heard == ["start llm", "end llm"]

    @makers
    @ways
    async def test_another_model_is_called_by_its_name(self, make, call):
        with WireServer("42") as server:
            model = LlamaIndexModel(make(server))
            await call(model)
            model.llm.model = "gpt-4o-mini"
            await call(model)
        assert [request.model for request in server.requests] == ["gpt-4o", "gpt-4o-mini"]

    @makers
    @ways
    async def test_another_server_is_called(self, make, call):
        with WireServer("42") as one, WireServer("43") as two:
            model = LlamaIndexModel(make(one))
            await call(model)
            other_url(model.llm, two)
            assert (await call(model)).text == "43"

    @ways
    async def test_another_key_is_sent(self, call):
        with WireServer("42") as server:
            model = LlamaIndexModel(openai(server))
            await call(model)
            model.llm.api_key = "new"
            await call(model)
        sent = [request.headers["authorization"] for request in server.requests]
        assert sent == ["Bearer old", "Bearer new"]

    @ways
    async def test_another_key_is_sent_though_the_llm_has_a_client(self, call):
        with WireServer("42") as server:
            model = LlamaIndexModel(openai(server))
            model.llm._get_client()
            model.llm._get_aclient()
            await call(model)
            model.llm.api_key = "new"
            await call(model)
        sent = [request.headers["authorization"] for request in server.requests]
        assert sent == ["Bearer old", "Bearer new"]

    def test_a_header_put_in_is_sent(self):
        with WireServer("42") as server:
            model = LlamaIndexModel(openai(server, default_headers={"x-tenant": "acme"}))
            model.reply(ASK)
            model.llm.default_headers["x-tenant"] = "zenith"
            model.reply(ASK)
        sent = [request.headers["x-tenant"] for request in server.requests]
        assert sent == ["acme", "zenith"]

    def test_an_option_put_in_is_sent(self):
        with WireServer("42") as server:
            model = LlamaIndexModel(ollama(server))
            model.reply(ASK)
            model.llm.additional_kwargs["top_k"] = 3
            model.reply(ASK)
        assert server.requests[1].body["options"]["top_k"] == 3

    def test_an_llm_of_another_kind_is_the_owners_own(self):
        llm = ScriptedLLM(lambda _: "42")
        assert LlamaIndexModel(llm)._called(ASK, None) is llm


class TestClients:
    @clients
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("callback_manager", CallbackManager()),
            ("model", "gpt-4o-mini"),
            ("system_prompt", "Be brief."),
            ("additional_kwargs", {"top_p": 1}),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    def test_what_a_client_is_not_made_of_leaves_it(self, llm, name, value):
        model = LlamaIndexModel(llm.model_copy())
        before = client_of(model)
        setattr(model.llm, name, value)
        assert client_of(model) is before

    @clients
    def test_what_it_is_made_of_has_another_made(self, llm):
        model = LlamaIndexModel(llm.model_copy())
        before = client_of(model)
        name = "base_url" if isinstance(llm, Ollama) else "api_key"
        setattr(model.llm, name, "http://elsewhere")
        assert client_of(model) is not before

    @clients
    def test_the_owner_keeps_his_client(self, llm):
        model = LlamaIndexModel(llm.model_copy())
        client_of(model)
        model.llm.model = "gpt-4o-mini"
        client_of(model)
        assert model.llm._client is None

    @clients
    def test_nothing_is_copied_while_nothing_changes(self, llm):
        model = LlamaIndexModel(llm.model_copy())
        assert model._called(ASK, None) is model._called(ASK, None)

    def test_a_sized_model_shares_what_its_owner_changed_too(self):
        model = LlamaIndexModel(Ollama("llama3.2"))
        model.llm.model = "qwen3"
        assert model.sized_for(9000)._called(ASK, None).client is client_of(model)

    def test_each_event_loop_follows(self):
        model = LlamaIndexModel(OpenAI("gpt-4o", api_key="old"))
        with asyncio.Runner() as one, asyncio.Runner() as two:
            loops = [one.get_loop(), two.get_loop()]
            before = [client_of(model, loop) for loop in loops]
            model.llm.api_key = "new"
            after = [client_of(model, loop) for loop in loops]
        assert [client.api_key for client in before + after] == ["old", "old", "new", "new"]

    @clients
    def test_threads_that_meet_share_one(self, llm):
        model, gate = LlamaIndexModel(llm.model_copy()), threading.Barrier(8)

        def call(_):
            gate.wait()
            return client_of(model)

        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(call, range(8)))) == 1


class Told(OpenAILike):
    """One whose maker says that it chats."""

    is_chat_model: bool = True


class Computing(OpenAILike):
    """One that works out for itself whether its model chats."""

    def __init__(self, **data):
        super().__init__(**{"is_chat_model": data["model"] == "chat"} | data)


class TestCompletions:
    def test_a_model_nobody_said_chats_is_warned_of(self):
        llm = OpenAILike(model="mine", api_key="none")
        with pytest.warns(UserWarning, match="remote: OpenAILike .* is_chat_model=True"):
            as_model(llm, "remote")

    def test_it_is_warned_of_where_a_synthesizer_is_made(self):
        llm = OpenAILike(model="mine", api_key="none")
        with pytest.warns(UserWarning, match="local: OpenAILike"):
            MinionsSynthesizer(llm, ScriptedLLM(lambda _: ""))

    @pytest.mark.parametrize(
        "llm",
        [
            OpenAILike(model="mine", api_key="none", is_chat_model=False),
            OpenAILike(model="mine", api_key="none", is_chat_model=True),
            Told(model="mine", api_key="none"),
            Computing(model="base", api_key="none"),
            OpenAI("gpt-4o", api_key="none"),
            OpenAI("my-proxy-model", api_key="none"),
            Ollama("llama3.2"),
            ScriptedLLM(lambda _: ""),
        ],
        ids=["so wanted", "chats", "told", "computed", "openai", "unknown", "ollama", "another"],
    )
    def test_others_are_not(self, llm):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert as_model(llm, "remote").llm is llm
