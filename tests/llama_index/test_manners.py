"""Manners: what is the user's stays as it is, and what a run starts it ends."""

import ast
import asyncio
import json
import socket
import threading
from pathlib import Path

import pytest
from llama_index.core.callbacks import CallbackManager
from llama_index.core.settings import Settings
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI

import llama_index_minions
from llama_index_minions import (
    MinionQueryEngine,
    MinionsQueryEngine,
    MinionsSynthesizer,
    create_minions_tool,
)
from minions_core.errors import UsageError
from tests.llama_index.engines import awaiting, blocking, documents, each_way, engine, nodes, tool
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    QUOTE,
    REPORT,
    BlockingLLM,
    supervisor,
    worker,
)

streaming = pytest.mark.parametrize("streaming", [False, True])

# What is the user's


def state(llm):
    return llm.model_dump(), id(llm.callback_manager)


@each_way
@streaming
async def test_the_llms_are_left_as_they_were(ask, streaming):
    local, remote = worker(callback_manager=CallbackManager()), supervisor()
    before = state(local), state(remote)
    await ask(engine(local=local, remote=remote, streaming=streaming))
    assert (state(local), state(remote)) == before


def test_a_callback_manager_of_the_engine_is_not_given_to_the_llms():
    own, given = CallbackManager(), CallbackManager()
    local, remote = worker(callback_manager=own), supervisor(callback_manager=own)
    both = engine(local=local, remote=remote, callback_manager=given)
    both.query(QUESTION)
    assert (local.callback_manager, remote.callback_manager) == (own, own)


@each_way
@streaming
async def test_the_settings_are_left_as_they_were(ask, streaming):
    before = dict(vars(Settings))
    await ask(engine(streaming=streaming))
    assert dict(vars(Settings)) == before


@each_way
async def test_the_llm_of_the_settings_answers_and_stays_as_it_was(ask):
    Settings.llm = remote = supervisor()
    before = state(remote)
    assert await ask(MinionsQueryEngine.from_documents(documents(), local=worker())) == ANSWER
    assert state(remote) == before
    assert Settings.llm is remote


def test_the_llm_of_the_settings_keeps_its_callback_manager():
    Settings.llm = remote = supervisor(callback_manager=(own := CallbackManager()))
    _ = [MinionsQueryEngine.from_documents(documents(), local=worker()) for _ in range(2)]
    assert remote.callback_manager is own


@each_way
async def test_nodes_are_left_as_they_were(ask):
    given = nodes()
    before = [node.model_dump() for node in given]
    await ask(MinionsQueryEngine.from_nodes(given, local=worker(), remote=supervisor()))
    assert [node.model_dump() for node in given] == before


@each_way
async def test_nothing_is_printed(ask, capfd):
    await ask(engine())
    assert tuple(capfd.readouterr()) == ("", "")


# What a constructor does


@pytest.fixture
def calls_out(monkeypatch):
    """The addresses that anything tried to connect to."""
    addresses = []

    def connect(self, address):
        addresses.append(address)
        raise ConnectionRefusedError(address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


LLMS = {
    "ollama": lambda: Ollama(model="llama3.2"),
    "a proxy of OpenAI's": lambda: OpenAI(model="my-proxy-model", api_key="x"),
}
MADE = {
    "synthesizer": MinionsSynthesizer,
    "engine": lambda local, remote: MinionsQueryEngine(local, remote, documents=documents()),
    "minion": lambda local, remote: MinionQueryEngine(local, remote, nodes=nodes()),
    "tool": lambda local, remote: create_minions_tool(REPORT, local, remote),
    "tool of an engine": lambda local, remote: MinionsQueryEngine(
        local, remote, documents=documents()
    ).as_tool(name="report"),
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE.keys())
@pytest.mark.parametrize("local", LLMS.values(), ids=[f"local {name}" for name in LLMS])
@pytest.mark.parametrize("remote", LLMS.values(), ids=[f"remote {name}" for name in LLMS])
def test_what_is_made_connects_to_nothing(make, local, remote, calls_out):
    assert make(local(), remote())
    assert not calls_out


# Event loops

FORBIDDEN = {"asyncio_run", "nest_asyncio", "run_async_tasks", "get_event_loop", "new_event_loop"}


def names(source):
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield from name.split(".")
            case ast.ImportFrom(module=str(module)):
                yield from module.split(".")


@pytest.mark.parametrize(
    "path",
    sorted(Path(llama_index_minions.__file__).parent.glob("*.py")),
    ids=lambda path: path.stem,
)
def test_no_event_loop_is_started_or_patched(path):
    assert not FORBIDDEN & set(names(path.read_text("utf-8")))


@streaming
async def test_one_engine_is_asked_twice_each_way_in_a_running_loop(streaming):
    both = engine(streaming=streaming)
    answers = [await ask(both) for ask in (blocking, blocking, awaiting, awaiting, blocking)]
    assert answers == [ANSWER] * 5


@streaming
async def test_one_engine_is_asked_in_loops_of_other_threads(streaming):
    both = engine(streaming=streaming)

    def in_a_loop_of_its_own():
        with asyncio.Runner() as runner:
            return runner.run(awaiting(both))

    answers = [await asyncio.to_thread(in_a_loop_of_its_own) for _ in range(2)]
    assert [*answers, await awaiting(both)] == [ANSWER] * 3


@streaming
async def test_an_llm_that_can_only_block_leaves_the_loop_free(streaming):
    local = BlockingLLM(text=json.dumps({"answer": "$1,749 million", "citation": QUOTE}))
    await awaiting(engine(local=local, streaming=streaming))
    assert local.threads
    assert threading.get_ident() not in local.threads


@streaming
async def test_a_remote_llm_that_can_only_block_leaves_the_loop_free(streaming):
    remote = BlockingLLM(text="<answer>Nothing.</answer>")
    await awaiting(engine(remote=remote, streaming=streaming))
    assert remote.threads
    assert threading.get_ident() not in remote.threads


async def test_a_stream_of_another_event_loop_is_refused_with_advice():
    with pytest.raises(UsageError, match="as_tool"):
        await tool("report", streaming=True).acall(QUESTION)
