"""Servers behind OpenAI's API that cut prompts in silence; the token count gives them away."""

import pytest

from minions_core.clients import OpenAIClient, OpenAICompatibleClient
from minions_core.effects import Ask
from minions_core.messages import Message, Reply, Usage
from tests.wire import WireReply, WireServer

LONG = Ask("local", (Message("user", "word " * 9_000),))


@pytest.fixture(params=["blocking", "async", "streaming", "async streaming"])
def call(request):
    """Calls a model in each of the four ways."""
    on_text = (lambda _: None) if "streaming" in request.param else None

    async def call(model, ask=LONG):
        if "async" in request.param:
            return await model.areply(ask, on_text)
        return model.reply(ask, on_text)

    return call


async def test_a_prompt_that_was_cut_is_told(call):
    with WireServer("42", openai_window=4096) as server:
        reply = await call(OpenAICompatibleClient("llama3.2", server.openai_url))
    assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)


async def test_a_prompt_that_was_read_whole_is_not(call):
    with WireServer("42", openai_window=16_384) as server:
        reply = await call(OpenAICompatibleClient("llama3.2", server.openai_url))
    assert reply.finish_reason == "stop"


async def test_tokens_a_server_counts_apart_since_they_were_cached_were_read(call):
    with WireServer(WireReply("42", input_tokens=100, cached_tokens=9_000)) as server:
        reply = await call(OpenAICompatibleClient("llama3.2", server.openai_url))
    assert reply.finish_reason == "stop"


def test_where_nothing_is_counted_nothing_can_be_told():
    with WireServer(WireReply("42", reports_usage=False), openai_window=4096) as server:
        reply = OpenAICompatibleClient("llama3.2", server.openai_url).reply(LONG)
    assert reply.finish_reason == "stop"


def test_openais_own_count_is_taken_at_its_word(monkeypatch):
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    reply = Reply(text="42", usage=Usage(input_tokens=2050, output_tokens=1))
    assert OpenAIClient(api_key="none")._checked(reply, LONG).finish_reason == "stop"
