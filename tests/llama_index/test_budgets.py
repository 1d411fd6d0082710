"""Callback handlers of the LLMs: each counts its own, and what one raises ends the run."""

import inspect

import pytest
from llama_index.core.callbacks import CallbackManager, CBEventType, TokenCountingHandler
from llama_index.core.callbacks.base_handler import BaseCallbackHandler

from llama_index_minions import MinionQueryEngine
from minions_core.config import MinionsConfig
from tests.llama_index.engines import documents, each_way, engine
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    QUESTION,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)

TOKENS = 120  # of every scripted call


def counter(**options):
    return TokenCountingHandler(tokenizer=str.split, **options)


def with_handler(make, handler) -> ScriptedLLM:
    return make(callback_manager=CallbackManager([handler]))


def every_way(test):
    """The test, blocking and awaited, the answer whole and in a stream."""
    return each_way(pytest.mark.parametrize("streaming", [False, True])(test))


# Counting


@every_way
async def test_a_counter_of_each_llm_counts_its_calls_alone(ask, streaming):
    by_local, by_remote = counter(), counter()
    local, remote = with_handler(worker, by_local), with_handler(supervisor, by_remote)
    assert await ask(engine(local=local, remote=remote, streaming=streaming)) == ANSWER
    assert len(by_local.llm_token_counts) == len(local.asked) == 2
    assert len(by_remote.llm_token_counts) == len(remote.asked) == 2
    assert by_local.total_llm_token_count == 2 * TOKENS
    assert by_remote.total_llm_token_count == 2 * TOKENS


def test_the_counters_agree_with_the_account():
    by_local, by_remote = counter(), counter()
    local, remote = with_handler(worker, by_local), with_handler(supervisor, by_remote)
    usage = engine(local=local, remote=remote).query(QUESTION).metadata["minions"]["usage"]
    assert usage["local"]["input_tokens"] == by_local.prompt_llm_token_count
    assert usage["remote"]["input_tokens"] == by_remote.prompt_llm_token_count
    assert usage["remote"]["output_tokens"] == by_remote.completion_llm_token_count


# Raising


class OverBudget(Exception):
    """Enough."""


class Limit(BaseCallbackHandler):
    """Raises when a call begins or ends, after so many calls that it let pass."""

    def __init__(self, when: str, calls: int) -> None:
        super().__init__([], [])
        self.raised = OverBudget(f"{calls} calls are enough")
        self._left = {"start": calls, "end": calls - 1}[when]
        self._when = when

    def on_event_start(self, event_type, payload=None, event_id="", parent_id="", **kwargs):
        self._heard("start", event_type)
        return event_id

    def on_event_end(self, event_type, payload=None, event_id="", **kwargs):
        self._heard("end", event_type)

    def start_trace(self, trace_id=None):
        pass

    def end_trace(self, trace_id=None, trace_map=None):
        pass

    def _heard(self, when, event_type):
        if when == self._when and event_type is CBEventType.LLM:
            if not self._left:
                raise self.raised
            self._left -= 1


def one_by_one(**models):
    return engine(settings=MinionsConfig(local_concurrency=1), **models)


@every_way
@pytest.mark.parametrize("when", ["start", "end"])
async def test_what_a_handler_of_the_local_llm_raises_ends_the_run(ask, when, streaming):
    limit, remote = Limit(when, 1), supervisor()
    local = with_handler(worker, limit)
    with pytest.raises(OverBudget) as raised:
        await ask(one_by_one(local=local, remote=remote, streaming=streaming))
    assert raised.value is limit.raised
    assert (len(local.asked), len(remote.asked)) == (1, 1)


@every_way
@pytest.mark.parametrize("when", ["start", "end"])
async def test_what_a_handler_of_the_remote_llm_raises_ends_the_run(ask, when, streaming):
    limit, local = Limit(when, 1), worker()
    remote = with_handler(supervisor, limit)
    with pytest.raises(OverBudget) as raised:
        await ask(one_by_one(local=local, remote=remote, streaming=streaming))
    assert raised.value is limit.raised
    assert len(remote.asked) == 1
    assert len(local.asked) == {"start": 2, "end": 0}[when]


@every_way
async def test_what_a_handler_raises_at_the_last_call_ends_the_run(ask, streaming):
    limit = Limit("end", 2)
    remote = with_handler(supervisor, limit)
    with pytest.raises(OverBudget) as raised:
        await ask(one_by_one(remote=remote, streaming=streaming))
    assert raised.value is limit.raised
    assert len(remote.asked) == 2


@every_way
async def test_what_a_handler_raises_while_others_read_ends_the_run(ask, streaming):
    limit = Limit("end", 1)
    remote = supervisor()
    with pytest.raises(OverBudget) as raised:
        await ask(engine(streaming=streaming, local=with_handler(worker, limit), remote=remote))
    assert raised.value is limit.raised
    assert len(remote.asked) == 1


@every_way
async def test_what_a_handler_raises_ends_a_run_of_minion_too(ask, streaming):
    limit, remote = Limit("end", 1), questioner()
    local = with_handler(reader, limit)
    minion = MinionQueryEngine.from_documents(
        documents(), local=local, remote=remote, streaming=streaming
    )
    with pytest.raises(OverBudget) as raised:
        await ask(minion)
    assert raised.value is limit.raised
    assert (len(local.asked), len(remote.asked)) == (1, 1)


has_budgets = pytest.mark.skipif(
    "token_budget" not in inspect.signature(TokenCountingHandler).parameters,
    reason="the oldest core counts tokens and has no budget for them",
)


@has_budgets
@every_way
async def test_a_token_budget_of_the_local_llm_ends_the_run(ask, streaming):
    local, remote = with_handler(worker, counter(token_budget=TOKENS)), supervisor()
    with pytest.raises(ValueError, match="Token budget exceeded! Limit: 120, Current: 240"):
        await ask(one_by_one(local=local, remote=remote, streaming=streaming))
    assert (len(local.asked), len(remote.asked)) == (2, 1)


@has_budgets
@every_way
async def test_a_token_budget_of_the_remote_llm_ends_the_run(ask, streaming):
    remote = with_handler(supervisor, counter(token_budget=TOKENS))
    with pytest.raises(ValueError, match="Token budget exceeded! Limit: 120, Current: 240"):
        await ask(one_by_one(remote=remote, streaming=streaming))
    assert len(remote.asked) == 2


@has_budgets
@every_way
async def test_a_token_budget_that_is_enough_stops_nothing(ask, streaming):
    remote = with_handler(supervisor, counter(token_budget=2 * TOKENS))
    assert await ask(one_by_one(remote=remote, streaming=streaming)) == ANSWER


def test_an_llm_that_fails_is_no_handler_that_raises():
    def script(messages):
        if OTHER in messages[-1].content:
            raise OverBudget("says the model")
        return worker()._script(messages)

    settings = MinionsConfig(max_retries=0)
    assert str(engine(local=ScriptedLLM(script), settings=settings).query(QUESTION)) == ANSWER
