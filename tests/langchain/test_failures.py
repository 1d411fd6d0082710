"""What a chain does with bad input and with models that fail."""

import pytest

from langchain_minions import MinionsChain
from minions_core.errors import MinionsError, ModelError, ModelUnavailable, UsageError
from tests.langchain.chains import INPUT, minions_chain
from tests.langchain.scripted import (
    ANSWER,
    PLAN,
    QUOTE,
    REPORT,
    Runs,
    ScriptedChat,
    plans_then_answers,
    reads,
)


@pytest.mark.parametrize("given", [{}, {"task": "What?"}, {"context": REPORT}, "What?"])
def test_bad_input_is_a_usage_error(given):
    with pytest.raises(UsageError, match=r"'task'|'context'"):
        minions_chain().invoke(given)


async def test_bad_input_is_a_usage_error_in_every_way_of_calling():
    chain = minions_chain()
    with pytest.raises(UsageError):
        await chain.ainvoke({})
    with pytest.raises(UsageError):
        next(chain.stream({}))
    with pytest.raises(UsageError):
        await anext(chain.astream({}))


def test_a_model_that_is_none_is_a_usage_error():
    with pytest.raises(UsageError, match="int"):
        MinionsChain(42, ScriptedChat(script=reads))


def test_settings_unknown_are_refused():
    with pytest.raises(ValueError, match="max_round"):
        MinionsChain(ScriptedChat(script=reads), ScriptedChat(script=reads), max_round=3)


def fail_on_people(messages):
    if "employees" in str(messages):
        raise RuntimeError("out of memory")
    return reads(messages)


def test_one_failed_local_call_does_not_end_the_run():
    output = minions_chain(local=fail_on_people).invoke(INPUT)
    assert output["answer"] == ANSWER
    assert [job.status for job in output["result"].rounds[0].jobs] == ["answered", "failed"]


def test_a_failed_local_call_is_an_error_in_its_run_alone():
    runs = Runs()
    minions_chain(local=fail_on_people).invoke(INPUT, {"callbacks": [runs]})
    assert runs.roots[0].error is None
    assert [bool(call.error) for call in runs.roots[0].child_runs].count(True) == 1


def broken(messages):
    raise RuntimeError("no such key")


def test_a_failed_remote_call_ends_the_run_with_what_was_found():
    def answer_fails(messages):
        return broken(messages) if len(messages) > 2 else PLAN

    with pytest.raises(ModelError, match="no such key") as caught:
        minions_chain(remote=answer_fails).invoke(INPUT)
    assert caught.value.partial.evidence[0].quote == QUOTE


async def test_a_failed_run_is_an_error_in_the_trace():
    runs = Runs()
    with pytest.raises(ModelError):
        await minions_chain(remote=broken).ainvoke(INPUT, {"callbacks": [runs]})
    assert "no such key" in runs.roots[0].error


def test_a_local_model_nobody_can_reach_ends_the_run():
    def gone(messages):
        raise ModelUnavailable("not pulled")

    with pytest.raises(ModelUnavailable, match="not pulled"):
        minions_chain(local=gone).invoke(INPUT)


def test_fallbacks_take_over_a_failed_run():
    chain = minions_chain(remote=broken).with_fallbacks([minions_chain()])
    assert chain.invoke(INPUT)["answer"] == ANSWER


def test_retries_run_the_chain_again():
    turns = iter([broken])

    def fails_once(messages):
        return next(turns, plans_then_answers)(messages)

    chain = minions_chain(remote=fails_once).with_retry(
        retry_if_exception_type=(MinionsError,), wait_exponential_jitter=False
    )
    assert chain.invoke(INPUT)["answer"] == ANSWER
