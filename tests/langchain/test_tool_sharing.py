"""Tools over one local model keep to its limit on calls in flight together."""

import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from langchain_minions._runs import sharing
from langchain_minions.tool import create_minions_tool
from minions_core.config import MinionsConfig
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT, ScriptedChat, plans_then_answers, reads

ONE = MinionsConfig(local_concurrency=1, max_rounds=1)


def tool_over(local):
    return create_minions_tool(REPORT, local, ScriptedChat(script=plans_then_answers), settings=ONE)


def test_no_more_calls_are_in_flight_than_one_tool_may_have():
    lock = threading.Lock()
    others = []

    def reads_alone(messages):
        others.append(not lock.acquire(blocking=False))
        time.sleep(0.005)
        if not others[-1]:
            lock.release()
        return reads(messages)

    local = ScriptedChat(script=reads_alone)
    tools = [tool_over(local) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda tool: tool.invoke(QUESTION), tools))
    assert others == [False] * 8


def test_a_model_given_by_name_is_the_same_by_the_same_name():
    name = "openai:gpt-4o"
    assert sharing.shared_over(name) is sharing.shared_over("-".join(name.split("-")))


def test_tools_over_other_models_share_nothing():
    one, other = (tool_over(ScriptedChat(script=reads)) for _ in range(2))
    assert one.chain.shared is not other.chain.shared


def test_nothing_is_kept_of_tools_that_are_gone():
    gc.collect()
    before = len(sharing._SHARED)
    tool = tool_over(ScriptedChat(script=reads))
    assert len(sharing._SHARED) == before + 1
    del tool
    gc.collect()
    assert len(sharing._SHARED) == before
