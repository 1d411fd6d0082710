"""Where models are served, as far as they tell."""

import pytest

from minions_core.bench import is_served_here
from minions_core.bench.players import served_at
from minions_core.clients.specs import model_from_spec
from minions_core.testing import ScriptedModel
from tests.bench.made import contender, models

KEYS = {"OPENAI_API_KEY": "k", "TOGETHER_API_KEY": "k"}


@pytest.fixture
def model(monkeypatch):
    """Makes models where keys are at hand and nothing else is set, but for what is given."""

    def made(spec, **variables):
        for name in ("OLLAMA_HOST", "OPENAI_BASE_URL"):
            monkeypatch.delenv(name, raising=False)
        for name, value in {**KEYS, **variables}.items():
            monkeypatch.setenv(name, value)
        return model_from_spec(spec, "remote")

    return made


HERE = [
    pytest.param("ollama:llama3.2", {}, id="ollama"),
    pytest.param("tokasaurus:m", {}, id="tokasaurus"),
    pytest.param("http://localhost:8080/v1#m", {}, id="by name"),
    pytest.param("http://[::1]:8080/v1#m", {}, id="IPv6"),
    pytest.param("openai:m", {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}, id="openai here"),
]
ELSEWHERE = [
    pytest.param("openai:gpt-4o", {}, id="openai"),
    pytest.param("together:m", {}, id="together"),
    pytest.param("http://example.com/v1#localhost", {}, id="url"),
    pytest.param("ollama:m", {"OLLAMA_HOST": "http://box.example:11434"}, id="ollama elsewhere"),
    pytest.param("ollama:gpt-oss:120b-cloud", {}, id="ollama's cloud"),
    pytest.param("ollama:glm-4.6:cloud", {}, id="a tag of ollama's cloud"),
]


@pytest.mark.parametrize(("spec", "variables"), HERE)
def test_a_model_of_a_server_on_this_machine_is_served_here(model, spec, variables):
    assert is_served_here(model(spec, **variables))


@pytest.mark.parametrize(("spec", "variables"), ELSEWHERE)
def test_a_model_of_any_other_is_not(model, spec, variables):
    assert not is_served_here(model(spec, **variables))


def test_a_model_that_does_not_tell_is_not():
    assert not is_served_here(ScriptedModel([]))


@pytest.mark.parametrize(
    ("name", "spec", "variable"),
    [
        ("remote", "openai:m", "OPENAI_BASE_URL"),
        ("bm25", "openai:m", "OPENAI_BASE_URL"),
        ("minion", "openai:m", "OPENAI_BASE_URL"),
        ("minions", "ollama:m", "OLLAMA_HOST"),
    ],
)
def test_the_same_name_served_elsewhere_is_another_setting(model, name, spec, variable):
    def settings(at):
        return contender(name, models(remote=model(spec, **{variable: at}))).settings

    assert settings("http://127.0.0.1:9/v1") != settings("http://127.0.0.1:8/v1")


def test_openai_itself_has_no_address_of_its_own(model):
    assert served_at(model("openai:gpt-4o")) is None
