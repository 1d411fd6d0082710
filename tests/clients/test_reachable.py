"""What is found on this machine: Ollama, servers that speak OpenAI's API, keys."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.clients import _answers, _listings
from minions_core.clients.reachable import Place, ReachableModel, reachable
from minions_core.clients.specs import model_from_spec
from tests.clients.answering import NOWHERE, answering, entries, found, ollama
from tests.wire import WireServer

LLAMA = {
    "name": "llama3.2:latest",
    "model": "llama3.2:latest",
    "size": 2_019_393_189,
    "details": {"parameter_size": "3.2B", "quantization_level": "Q4_K_M", "family": "llama"},
}


@pytest.fixture(autouse=True)
def _no_servers_and_no_keys(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)


def test_a_model_of_ollama_is_told_with_its_size_and_window(monkeypatch):
    assert ollama(monkeypatch, LLAMA).models == (
        ReachableModel(
            name="llama3.2:latest",
            spec="ollama:llama3.2",
            size=2_019_393_189,
            parameters="3.2B",
            quantization="Q4_K_M",
            context_window=131_072,
        ),
    )


def test_each_model_of_ollama_is_asked_about(monkeypatch):
    windows = {"a": 4096, "b": 8192}
    server = ollama(
        monkeypatch,
        {"name": "a"},
        {"name": "b"},
        shown=lambda asked: {"model_info": {"x.context_length": windows[asked["model"]]}},
    )
    assert [model.context_window for model in server.models] == [4096, 8192]


def test_what_ollama_does_not_tell_is_unknown(monkeypatch):
    (model,) = ollama(monkeypatch, {"name": "mine"}, shown=None).models
    assert model == ReachableModel(name="mine", spec="ollama:mine")


def test_models_for_embeddings_only_are_left_out(monkeypatch):
    shown = {"capabilities": ["embedding"]}
    assert ollama(monkeypatch, {"name": "nomic-embed-text"}, shown=shown).models == ()


def test_a_model_that_runs_in_the_cloud_is_marked(monkeypatch):
    tag = {"name": "gpt-oss:120b-cloud", "remote_host": "https://ollama.com:443"}
    assert ollama(monkeypatch, tag).models[0].is_remote


def test_ollama_without_models_says_how_to_get_one(monkeypatch):
    server = ollama(monkeypatch)
    assert server.is_there
    assert "ollama pull" in server.advice


def test_ollama_that_is_not_there_says_how_to_start_it():
    server = reachable(usual=()).servers[0]
    assert (server.name, server.url, server.is_there) == ("Ollama", NOWHERE, False)
    assert "ollama serve" in server.advice


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("gpu-box.invalid", "http://gpu-box.invalid:11434"),
        ("127.0.0.1:9", "http://127.0.0.1:9"),
        ("0.0.0.0:9", "http://127.0.0.1:9"),
        ("10.0.0.0:9", "http://10.0.0.0:9"),
        (":9", "http://127.0.0.1:9"),
        ("::1", "http://[::1]:11434"),
        ("::", "http://[::1]:11434"),
        ("[::1]:9", "http://[::1]:9"),
        ("localhost:9/ollama", "http://localhost:9/ollama"),
        ("user:secret@localhost:9", "http://localhost:9"),
        ("https://gpu-box.invalid/", "https://gpu-box.invalid"),
    ],
)
def test_the_host_of_ollama_may_be_typed_as_its_own_command_takes_it(monkeypatch, host, url):
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert reachable(usual=(), seconds=0.2).servers[0].url == url


def test_usual_places_are_looked_at():
    with WireServer("", models=("qwen",)) as server:
        place = Place("vLLM", server.openai_url, "vllm serve MODEL")
        assert [model.name for model in reachable(usual=[place]).models] == ["qwen"]


def test_a_usual_place_where_nobody_is_says_how_to_start_the_server():
    server = reachable(usual=[Place("vLLM", f"{NOWHERE}/v1", "vllm serve MODEL")]).servers[1]
    assert (server.name, server.is_there) == ("vLLM", False)
    assert "`vllm serve MODEL`" in server.advice


def test_the_spec_of_a_listed_model_is_its_url_and_name():
    with WireServer("", models=("org/qwen:7b",)) as server:
        (model,) = reachable([server.openai_url], usual=()).models
        assert model.spec == f"{server.openai_url}#org/qwen:7b"


def test_a_place_may_have_specs_of_its_own():
    with WireServer("", models=("llama",)) as server:
        place = Place("Tokasaurus", server.openai_url, "toka", prefix="tokasaurus:")
        assert reachable(usual=[place]).models[0].spec == "tokasaurus:llama"


def test_a_spec_that_was_found_answers():
    with WireServer("42", models=("qwen",)) as server:
        (found_model,) = reachable([server.openai_url], usual=()).models
        model = model_from_spec(found_model.spec, "local")
    assert (model.name, model.base_url) == ("qwen", server.openai_url)


@pytest.mark.parametrize("typed", ["{url}", "{url}/v1", "{url}/v1/", "{bare}", "{url}/v1#qwen"])
def test_a_url_may_be_typed_loosely(typed):
    with answering({"/v1/models": entries({"id": "qwen"})}) as url:
        given_url = typed.format(url=url, bare=url.removeprefix("http://"))
        assert reachable([given_url], usual=()).models[0].spec == f"{url}/v1#qwen"


def test_the_window_vllm_serves_with_is_told():
    server = found(entries({"id": "qwen", "owned_by": "vllm", "max_model_len": 32_768}))
    assert (server.name, server.models[0].context_window) == ("vLLM", 32_768)


def test_the_window_of_one_slot_of_llama_cpp_is_told():
    entry = {
        "id": "qwen.gguf",
        "owned_by": "llamacpp",
        "meta": {"n_ctx_train": 131_072, "n_params": 7_615_616_512, "size": 4_677_120_000},
    }
    server = found(entries(entry), **{"/props": {"default_generation_settings": {"n_ctx": 8192}}})
    (model,) = server.models
    assert (model.context_window, model.parameters, model.size) == (8192, "7.6B", 4_677_120_000)


def test_what_llama_cpp_was_trained_for_stands_in_for_what_it_does_not_tell():
    entry = {
        "id": "m",
        "owned_by": "llamacpp",
        "meta": {"n_ctx_train": 2048, "n_params": 760_000_000},
    }
    (model,) = found(entries(entry)).models
    assert (model.context_window, model.parameters) == (2048, "760M")


def test_lm_studio_is_asked_for_more_than_names():
    own = {
        "id": "qwen",
        "type": "llm",
        "quantization": "Q4_K_M",
        "loaded_context_length": 4096,
        "max_context_length": 131_072,
    }
    bare = {"id": "qwen", "owned_by": "organization_owner"}
    server = found(entries(bare), **{"/api/v0/models": entries(own)})
    (model,) = server.models
    assert (server.name, model.quantization, model.context_window) == ("LM Studio", "Q4_K_M", 4096)


def test_an_older_lm_studio_tells_names():
    server = found(entries({"id": "qwen", "owned_by": "organization_owner"}))
    assert [model.name for model in server.models] == ["qwen"]


def test_embedding_models_of_a_server_are_left_out():
    server = found(entries({"id": "text-embedding-3"}, {"id": "x", "type": "embeddings"}))
    assert (server.models, server.advice) == ((), "serves no model for chats yet: load one")


def test_an_ollama_given_by_its_url_is_better_named_otherwise():
    server = found(entries({"id": "llama3.2", "owned_by": "library"}))
    assert server.name == "Ollama"
    assert "OLLAMA_HOST=http://127.0.0.1" in server.advice


@pytest.mark.parametrize(
    ("answer", "status", "advice"),
    [
        (b"<html>Hello</html>", 200, "something else listens there"),
        ({"data": "none"}, 200, "something else listens there"),
        ([], 200, "something else listens there"),
        (b"[" * 100_000, 200, "something else listens there"),
        ({}, 500, "something else listens there"),
        ({}, 401, "asks for a key"),
    ],
    ids=["html", "other form", "list", "deep", "error", "key"],
)
def test_what_is_no_list_of_models_is_said_to_be_something_else(answer, status, advice):
    with answering({"/v1/models": answer}, status=status) as url:
        server = reachable([url], usual=()).servers[1]
    assert not server.is_there
    assert advice in server.advice


@pytest.mark.parametrize("url", ["ftp://localhost", "http://[bad", "http://h:99999", "", "http://"])
def test_what_is_no_url_is_not_there(url):
    server = reachable([url], usual=()).servers[1]
    assert (server.is_there, server.advice) == (False, "nobody answers: is the URL right?")


def test_a_server_that_never_answers_is_not_there():
    with answering({"/v1/models": entries({"id": "slow"})}, hold=threading.Event()) as url:
        assert not reachable([url], usual=(), seconds=0.1).servers[1].is_there


def test_an_endless_answer_is_not_read(monkeypatch):
    monkeypatch.setattr(_answers, "_LONGEST_ANSWER", 1000)
    with answering({"/v1/models": entries({"id": "x" * 2000})}) as url:
        assert not reachable([url], usual=()).servers[1].is_there


def test_all_are_asked_at_once():
    together = threading.Barrier(3, timeout=5)

    def listing(_):
        together.wait()
        return entries({"id": "qwen"})

    with answering({"/v1/models": listing}) as url:
        assert len(reachable([url] * 3, usual=(), seconds=5).models) == 3


def test_a_key_that_is_set_is_present_and_not_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    told = reachable(usual=())
    assert [(key.variable, key.is_set) for key in told.keys] == [
        ("OPENAI_API_KEY", True),
        ("TOGETHER_API_KEY", False),
    ]
    assert "sk-secret" not in repr(told)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["data", "models", "id", "name", "meta", "details"]), inner
            )
        ),
    )
)
def test_no_answer_breaks_the_reading(body):
    kinds = (_listings.Tags, _listings.Show, _listings.Listing, _listings.Props)
    assert all(
        told is None or isinstance(told, kinds)
        for told in (_listings.read(kind, body) for kind in kinds)
    )
