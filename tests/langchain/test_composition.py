"""Chains in pipes, batches and tools."""

from functools import reduce
from operator import add

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import (
    AddableDict,
    RunnableGenerator,
    RunnableLambda,
    RunnablePassthrough,
)

from minions_core.config import MinionsConfig
from tests.langchain.chains import INPUT, minions_chain
from tests.langchain.gauge import Gauge
from tests.langchain.scripted import (
    ANSWER,
    REPORT,
    plans_then_answers,
)


def test_pick_pipes_the_answer_on():
    chain = minions_chain().pick("answer") | RunnableLambda(str.upper)
    assert chain.invoke(INPUT) == ANSWER.upper()


def test_pick_streams_the_answer():
    pieces = list(minions_chain().pick("answer").stream(INPUT))
    assert len(pieces) > 3
    assert "".join(pieces) == ANSWER


def test_it_takes_what_a_pipe_brings():
    retriever = RunnableLambda(lambda _: [Document(REPORT)])
    chain = RunnablePassthrough.assign(context=retriever) | minions_chain()
    assert chain.invoke({"question": "What was capital expenditure in 2023?"})["answer"] == ANSWER


def test_a_pipe_may_bring_its_input_in_pieces():
    def bring(_):
        yield AddableDict(task=INPUT["task"])
        yield AddableDict(context=REPORT)

    chain = RunnableGenerator(bring) | minions_chain()
    assert reduce(add, chain.stream(None))["answer"] == ANSWER


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
def test_it_makes_a_tool():
    tool = minions_chain().pick("answer").as_tool(name="read", description="Reads long texts.")
    assert tool.invoke(INPUT) == ANSWER


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
def test_a_chain_with_a_context_makes_a_tool_that_takes_the_question():
    chain = minions_chain(context=REPORT).pick("answer")
    tool = chain.as_tool(name="read", description="Reads the report.")
    assert tool.invoke({"task": INPUT["task"]}) == ANSWER


def test_a_batch_keeps_its_order():
    chain = minions_chain(remote=lambda m: plans_then_answers(m).replace("It", str(m[1].content)))
    questions = [f"Question {number}?" for number in range(5)]
    outputs = chain.batch([{**INPUT, "task": question} for question in questions])
    assert [output["result"].question for output in outputs] == questions


async def test_an_asynchronous_batch_keeps_its_order():
    questions = [f"Question {number}?" for number in range(5)]
    outputs = await minions_chain().abatch([{**INPUT, "task": each} for each in questions])
    assert [output["result"].question for output in outputs] == questions


def test_max_concurrency_bounds_the_local_calls_of_a_batch():
    gauge = Gauge()
    minions_chain(local=gauge.read).batch([INPUT] * 6, {"max_concurrency": 2})
    assert gauge.most <= 2


def test_settings_bound_the_local_calls_of_runs_that_share_a_chain():
    gauge = Gauge()
    settings = MinionsConfig(local_concurrency=2)
    minions_chain(local=gauge.read, settings=settings).batch([INPUT] * 6)
    assert gauge.most <= 2


async def test_max_concurrency_bounds_the_local_calls_of_an_asynchronous_batch():
    gauge = Gauge()
    await minions_chain(local=gauge.read).abatch([INPUT] * 6, {"max_concurrency": 2})
    assert gauge.most <= 2


def test_max_concurrency_goes_before_the_settings():
    gauge = Gauge()
    chain = minions_chain(local=gauge.read, settings=MinionsConfig(local_concurrency=8))
    chain.invoke({**INPUT, "context": [REPORT] * 4}, {"max_concurrency": 1})
    assert gauge.most == 1
