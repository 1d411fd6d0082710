"""Prompts that Ollama cut without a word, told by what it counted."""

import pytest
from langchain_core.messages import AIMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionsChain
from langchain_minions._models.messages import to_reply
from langchain_minions._models.model import LangChainModel
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.langchain.chains import WRAPPINGS
from tests.langchain.scripted import REPORT, plans_then_answers, reads
from tests.wire import WireReply, WireServer

LONG = Ask("local", (Message("user", "word " * 9000),), "job_1")
COUNTS = {"input_tokens": 2050, "output_tokens": 3, "total_tokens": 2053}
WAYS = pytest.mark.parametrize("on_text", [None, str], ids=["whole", "streamed"])


def ollama(server, **fields):
    return ChatOllama(model="llama3.2", base_url=server.ollama_url, **fields)


@WRAPPINGS
@WAYS
def test_a_prompt_cut_to_the_window_is_told(wrapped, on_text):
    with WireServer("It is 42.") as server:
        reply = LangChainModel(wrapped(ollama(server, num_ctx=4096))).reply(LONG, on_text)
    assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)


@WAYS
async def test_it_is_told_without_blocking_too(on_text):
    with WireServer("It is 42.") as server:
        reply = await LangChainModel(ollama(server, num_ctx=4096)).areply(LONG, on_text)
    assert reply.finish_reason == "input_truncated"


@pytest.mark.parametrize("num_ctx", [16_384, None], ids=["too large", "not told"])
def test_a_window_of_the_servers_own_is_noticed(num_ctx):
    with WireServer("It is 42.", context_length=4096) as server:
        reply = LangChainModel(ollama(server, num_ctx=num_ctx)).reply(LONG)
    assert reply.finish_reason == "input_truncated"


def test_a_prompt_read_whole_is_no_cut_one():
    with WireServer("It is 42.") as server:
        reply = LangChainModel(ollama(server, num_ctx=16_384)).reply(LONG)
    assert reply.finish_reason == "stop"


def test_a_server_that_counts_nothing_is_taken_at_its_word():
    with WireServer(WireReply("It is 42.", reports_usage=False)) as server:
        reply = LangChainModel(ollama(server, num_ctx=4096)).reply(LONG)
    assert reply.finish_reason == "stop"


@WAYS
def test_a_prompt_cut_behind_openais_api_is_told(on_text):
    with WireServer("It is 42.", openai_window=4096) as server:
        chat = ChatOpenAI(model="llama3.2", base_url=server.openai_url, api_key="none")
        reply = LangChainModel(chat).reply(LONG, on_text)
    assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)


def test_openais_own_count_is_taken_at_its_word():
    told = AIMessage("42", usage_metadata=UsageMetadata(**COUNTS))
    model = LangChainModel(ChatOpenAI(model="gpt-4o", api_key="none"))
    assert model._checked(to_reply(told), LONG).finish_reason == "stop"


def test_a_job_whose_prompt_was_cut_is_truncated():
    scripts = {"llama3.2": reads, "gpt-4o": plans_then_answers}

    def script(request):
        return scripts[request.model](list(request.messages))

    with WireServer(script, context_length=1024) as server:
        remote = ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none")
        chain = MinionsChain(ollama(server), remote, max_rounds=1)
        text = REPORT.replace("employees", "employees " * 1000)
        output = chain.invoke({"task": "What was capital expenditure?", "context": text})
    jobs = output["result"].rounds[0].jobs
    assert [job.status for job in jobs] == ["answered", "truncated"]
