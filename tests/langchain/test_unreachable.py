"""Servers that are not there: whose they are, where, and what to do about it, without delay."""

import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionsChain
from minions_core.errors import ModelUnavailable
from tests.langchain.chains import INPUT
from tests.langchain.scripted import Runs, ScriptedChat, plans_then_answers, reads
from tests.wire import WireServer


def ollama(server):
    return ChatOllama(model="llama3.2", base_url=server.ollama_url)


def openai(server):
    return ChatOpenAI(model="llama3.2", base_url=server.openai_url, api_key="none")


def chain_without(role, make):
    """A chain with one model at a port nobody listens at, and the address of that."""
    with WireServer("42") as gone:
        models = {
            "local": ScriptedChat(script=reads),
            "remote": ScriptedChat(script=plans_then_answers),
            role: make(gone),
        }
        return MinionsChain(**models), gone.ollama_url


ROLES = pytest.mark.parametrize("role", ["local", "remote"])
MAKERS = pytest.mark.parametrize(
    ("make", "advice"),
    [
        (ollama, "Ollama is not reachable at {}: start it with `ollama serve`"),
        (openai, "nobody listens at {}: is the server running?"),
    ],
)


@ROLES
@MAKERS
async def test_the_error_tells_role_address_and_what_to_do(role, make, advice):
    chain, url = chain_without(role, make)
    with pytest.raises(ModelUnavailable) as caught:
        await chain.ainvoke(INPUT)
    assert str(caught.value).startswith(f"{role} model llama3.2: {advice.format(url)}")
    assert caught.value.role == role


@ROLES
@MAKERS
def test_blocking_calls_are_told_the_same(role, make, advice):
    chain, url = chain_without(role, make)
    with pytest.raises(ModelUnavailable) as caught:
        chain.invoke(INPUT)
    assert str(caught.value).startswith(f"{role} model llama3.2: {advice.format(url)}")


@ROLES
@MAKERS
def test_no_call_is_made_again(role, make, advice):
    chain, _ = chain_without(role, make)
    runs = Runs()
    with pytest.raises(ModelUnavailable):
        chain.invoke(INPUT, {"callbacks": [runs]})
    names = [run.name for run in runs.roots[0].child_runs]
    assert len(names) == len(set(names))
