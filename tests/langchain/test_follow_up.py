"""Questions that follow up others, and runs that go on where they broke off."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from minions_core.journal import Journal
from minions_core.result import Turn
from tests.langchain.chains import INPUT, minion_chain, minions_chain
from tests.langchain.scripted import ANSWER, QUOTE, plans_then_answers, reads

EITHER = pytest.mark.parametrize("make", [minions_chain, minion_chain])
BEFORE = [HumanMessage("Who runs it?"), AIMessage("Ms Doe does.")]


@EITHER
@pytest.mark.parametrize(
    "chat_history",
    [
        BEFORE,
        [("human", "Who runs it?"), ("ai", "Ms Doe does.")],
        [
            {"role": "user", "content": "Who runs it?"},
            {"role": "assistant", "content": "Ms Doe does."},
        ],
        [Turn(question="Who runs it?", answer="Ms Doe does.")],
    ],
)
def test_the_remote_model_knows_what_was_said_before(make, chat_history):
    chain = make()
    chain.invoke({**INPUT, "chat_history": chat_history})
    told = str(chain.remote.asked[0])
    assert "Who runs it?" in told
    assert "Ms Doe does." in told


@EITHER
def test_an_earlier_output_brings_its_evidence_along(make):
    chain = make()
    first = chain.invoke(INPUT)
    chain.invoke({**INPUT, "task": "Was that much?", "chat_history": [first]})
    assert QUOTE in str(chain.remote.asked[-1][1].content)


async def test_a_history_is_heard_without_blocking():
    chain = minions_chain()
    await chain.ainvoke({**INPUT, "chat_history": BEFORE})
    assert "Who runs it?" in str(chain.remote.asked[0])


def test_a_stream_hears_the_history_too():
    chain = minions_chain()
    list(chain.stream({**INPUT, "chat_history": BEFORE}))
    assert "Who runs it?" in str(chain.remote.asked[0])


@pytest.mark.parametrize("as_path", [str, lambda path: path, Journal])
def test_what_a_journal_holds_is_not_paid_for_again(tmp_path, as_path):
    minions_chain(journal=as_path(tmp_path / "paid.journal")).invoke(INPUT)
    again = minions_chain(journal=as_path(tmp_path / "paid.journal"))
    assert again.invoke(INPUT)["answer"] == ANSWER
    assert (again.local.asked, again.remote.asked) == ([], [])


async def test_a_journal_serves_asynchronous_runs_too(tmp_path):
    path = tmp_path / "paid.journal"
    await minions_chain(journal=path).ainvoke(INPUT)
    again = minions_chain(journal=path, local=reads, remote=plans_then_answers)
    await again.ainvoke(INPUT)
    assert (again.local.asked, again.remote.asked) == ([], [])
