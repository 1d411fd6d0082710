"""Models by spec."""

import sys

import pytest

from minions_core.clients import (
    ExtractiveClient,
    OfflineSupervisor,
    OllamaClient,
    OpenAIClient,
    OpenAICompatibleClient,
    TogetherClient,
    TokasaurusClient,
)
from minions_core.clients.specs import key_of_server, missing_extra, model_from_spec
from minions_core.errors import ModelUnavailable, UsageError


@pytest.mark.parametrize(
    ("spec", "kind", "name"),
    [
        ("ollama:llama3.2", OllamaClient, "llama3.2"),
        ("ollama:qwen3:4b", OllamaClient, "qwen3:4b"),
        (" ollama:llama3.2 ", OllamaClient, "llama3.2"),
        ("tokasaurus:llama-1b", TokasaurusClient, "llama-1b"),
        ("http://127.0.0.1:8080/v1#qwen3-4b", OpenAICompatibleClient, "qwen3-4b"),
        ("https://example.org/v1#a/b", OpenAICompatibleClient, "a/b"),
    ],
)
def test_a_spec_names_a_model(spec, kind, name):
    model = model_from_spec(spec, "local")
    assert (type(model), model.name) == (kind, name)


def test_a_spec_with_an_address_keeps_the_address():
    assert model_from_spec("http://h:1/v1#m", "remote").base_url == "http://h:1/v1"


def test_a_spec_of_openai_takes_the_key_of_the_environment(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert isinstance(model_from_spec("openai:gpt-4o", "remote"), OpenAIClient)


def test_a_spec_of_together_wants_its_own_key(monkeypatch):
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match="TOGETHER_API_KEY"):
        model_from_spec("together:m", "remote")


def test_a_key_can_come_along(monkeypatch):
    monkeypatch.delenv("TOGETHER_API_KEY", raising=False)
    assert isinstance(model_from_spec("together:m", "remote", api_key="k"), TogetherClient)


def test_offline_is_another_model_for_each_role():
    kinds = [type(model_from_spec("offline", role)) for role in ("local", "remote")]
    assert kinds == [ExtractiveClient, OfflineSupervisor]


@pytest.mark.parametrize("spec", ["", "ollama", "ollama:", "gpt-4o", "azure:gpt-4o", "http://h/v1"])
def test_a_spec_that_names_nothing_is_refused(spec):
    with pytest.raises(UsageError):
        model_from_spec(spec, "remote")


@pytest.mark.parametrize("spec", ["openai:m", "together:m", "ollama:m", "offline"])
def test_a_model_whose_maker_has_a_variable_gets_no_key_of_a_server(monkeypatch, spec):
    monkeypatch.setenv("MINIONS_REMOTE_KEY", "sk-own")
    assert key_of_server(spec, "remote") is None


@pytest.mark.parametrize("spec", ["http://h/v1#m", "https://h/v1#m", "tokasaurus:m"])
def test_a_server_of_ones_own_has_the_key_of_its_role(monkeypatch, spec):
    monkeypatch.setenv("MINIONS_REMOTE_KEY", "sk-own")
    monkeypatch.delenv("MINIONS_LOCAL_KEY", raising=False)
    assert [key_of_server(spec, role) for role in ("remote", "local")] == ["sk-own", None]


def test_a_key_that_is_empty_is_none(monkeypatch):
    monkeypatch.setenv("MINIONS_LOCAL_KEY", "")
    assert key_of_server("http://h/v1#m", "local") is None


@pytest.mark.parametrize(
    ("spec", "extra"),
    [("ollama:m", "ollama"), ("together:m", "openai"), ("http://h/v1#m", "openai")],
)
def test_a_package_that_is_missing_is_named_by_its_extra(monkeypatch, spec, extra):
    monkeypatch.setitem(sys.modules, extra, None)
    assert missing_extra(spec) == extra


@pytest.mark.parametrize("spec", ["ollama:m", "openai:m", "offline"])
def test_nothing_is_missing_where_everything_is_installed(spec):
    assert missing_extra(spec) is None
