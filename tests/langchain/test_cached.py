"""Replies out of LangChain's cache cost nothing, and say what they cost when they were paid for."""

import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from langchain_minions._models.model import LangChainModel
from minions_core.effects import Ask
from minions_core.messages import Message, Reply, Usage
from tests.langchain.chains import INPUT, WRAPPINGS, minions_chain
from tests.langchain.scripted import ScriptedChat

ASK = Ask("local", (Message("user", "What is it?"),), "job_3")
USED = Usage(input_tokens=3, output_tokens=2)


class Silent(ScriptedChat):
    """A chat model that tells no usage."""

    def _generate(self, messages, *args, **kwargs):
        return ChatResult(generations=[ChatGeneration(message=AIMessage("42"))])


def cached(kind=ScriptedChat):
    return kind(script=lambda _: "forty-two", cache=InMemoryCache())


@WRAPPINGS
def test_a_cached_reply_uses_nothing_and_tells_what_was_paid(wrapped):
    model = LangChainModel(wrapped(cached()))
    paid, free = model.reply(ASK), model.reply(ASK)
    assert (paid.usage, paid.recorded) == (USED, None)
    assert free == Reply(text="forty-two", usage=Usage(), recorded=USED, model="scripted")


async def test_a_reply_cached_without_blocking_is_the_same():
    model = LangChainModel(cached())
    await model.areply(ASK)
    assert (await model.areply(ASK)).recorded == USED


def test_a_cached_reply_whose_usage_nobody_told_uses_nothing():
    model = LangChainModel(cached(Silent))
    paid, free = model.reply(ASK), model.reply(ASK)
    assert paid.usage is None
    assert free == Reply(text="42", usage=Usage())


@pytest.mark.parametrize("role", ["local", "remote"])
def test_a_chain_counts_no_tokens_of_cached_replies(role):
    chain = minions_chain()
    getattr(chain, role).cache = InMemoryCache()
    paid, free = chain.invoke(INPUT), chain.invoke(INPUT)
    assert paid["usage"][role]["total_tokens"] > 0
    assert free["usage"][role]["total_tokens"] == 0
    assert free["answer"] == paid["answer"]
