"""Models by name, as LangChain's own package makes them."""

import sys

import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionsChain
from minions_core.errors import MissingExtra, ModelUnavailable, UsageError

WITHOUT_PACKAGE = "anthropic:claude-sonnet-4-5"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "none")


def test_names_are_the_providers_chat_models(key):
    chain = MinionsChain(local="ollama:llama3.2", remote="openai:gpt-4o")
    assert (type(chain.local), chain.local.model) == (ChatOllama, "llama3.2")
    assert (type(chain.remote), chain.remote.model_name) == (ChatOpenAI, "gpt-4o")


def test_a_package_of_a_provider_that_is_missing_is_named(key):
    with pytest.raises(MissingExtra, match=r"pip install langchain-anthropic$"):
        MinionsChain(local="ollama:llama3.2", remote=WITHOUT_PACKAGE)


def test_a_package_that_is_broken_shows_how(monkeypatch):
    def broken(name):
        raise ImportError("libssl is missing")

    monkeypatch.setattr("langchain.chat_models.init_chat_model", broken)
    with pytest.raises(ImportError, match="libssl is missing") as caught:
        MinionsChain(local="ollama:llama3.2", remote="openai:gpt-4o")
    assert not isinstance(caught.value, MissingExtra)


def test_the_langchain_package_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(MissingExtra, match=r"langchain is not installed: pip install langchain$"):
        MinionsChain(local="ollama:llama3.2", remote="openai:gpt-4o")


@pytest.mark.parametrize("name", ["llama3.2", "offline", "nobody:knows", "", " "])
def test_a_name_langchain_does_not_know_is_a_usage_error(name):
    with pytest.raises(UsageError, match=rf"'{name}'.*'ollama:llama3\.2'"):
        MinionsChain(local=name, remote=ChatOllama(model="llama3.2"))


def test_a_key_that_is_missing_is_told_at_once(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelUnavailable, match=r"'openai:gpt-4o'.*OPENAI_API_KEY"):
        MinionsChain(local="ollama:llama3.2", remote="openai:gpt-4o")
