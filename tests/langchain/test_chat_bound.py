"""A context that is bound is read, whatever else is bound to the chat model, and in which order."""

import pytest
from langchain.agents import create_agent
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from langchain_minions._chat.fields import ChatFields
from langchain_minions.chat_model import ChatMinions
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT
from tests.langchain.scripted_tools import chat


class Spending(BaseModel):
    """Money that was spent."""

    amount: int
    year: int


@tool
def convert(amount: int) -> str:
    """Convert an amount of money to euros."""
    return f"{amount} euros"


BOUND = {
    "tools after": lambda model: model.bind(context=REPORT).bind_tools([convert]),
    "tools before": lambda model: model.bind_tools([convert]).bind(context=REPORT),
    "form after": lambda model: model.bind(context=REPORT).with_structured_output(Spending),
    "form before": lambda model: model.with_structured_output(Spending).bind(context=REPORT),
    "raw form after": lambda model: model.bind(context=REPORT).with_structured_output(
        Spending, include_raw=True
    ),
    "raw form before": lambda model: model.with_structured_output(Spending, include_raw=True).bind(
        context=REPORT
    ),
    "with more": lambda model: model.bind(context=REPORT, temperature=0.5),
    "alone": lambda model: model.bind(context=REPORT),
}
EVERY_ORDER = pytest.mark.parametrize("bound", BOUND.values(), ids=BOUND)


@EVERY_ORDER
@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_a_bound_context_is_read(bound, call):
    model = chat()
    list(getattr(bound(model), call)(QUESTION))
    assert model.local.asked


@EVERY_ORDER
async def test_a_bound_context_is_read_without_blocking(bound):
    model = chat()
    await bound(model).ainvoke(QUESTION)
    [piece async for piece in bound(model).astream(QUESTION)]
    assert len(model.local.asked) == 4


@pytest.mark.parametrize("tools", [[], [convert]])
def test_an_agent_reads_the_context_of_its_model(tools):
    model = chat()
    agent = create_agent(model.bind(context=REPORT), tools)
    agent.invoke({"messages": [HumanMessage(QUESTION)]})
    assert len(model.local.asked) == 2


def test_a_bound_context_takes_the_place_of_the_own_one():
    model = chat(context="Nothing was told.").bind(context=REPORT)
    assert model.context == REPORT


def test_binding_a_context_leaves_the_model_as_it_was():
    model = chat()
    model.bind(context=REPORT)
    assert model.context is None


def test_models_with_other_contexts_share_their_limits():
    model = chat()
    assert model.bind(context=REPORT).shared is model.shared


def test_no_context_bound_is_none():
    assert chat(context=REPORT).bind(context=None).bound.context == REPORT


def test_a_form_with_its_message_comes_whole():
    form = chat().with_structured_output(Spending, include_raw=True)
    answer = form.invoke("What was spent in 2023?")
    assert answer["parsed"] == Spending(amount=2023, year=2023)
    assert answer["raw"].tool_calls
    assert answer["parsing_error"] is None


def test_a_form_that_cannot_be_read_comes_with_its_error():
    form = chat().with_structured_output(Spending, include_raw=True)
    raw = chat().invoke("Hi")
    answer = form.steps[-1].invoke({"raw": raw.model_copy(update={"tool_calls": [BROKEN]})})
    assert answer["parsed"] is None
    assert answer["parsing_error"]


BROKEN = {"name": "Spending", "args": {"amount": "much"}, "id": "1", "type": "tool_call"}


def test_type_checkers_know_every_field():
    known = set(ChatFields.__annotations__) - {"profile"}  # which the oldest LangChain lacks
    assert known == set(ChatMinions.model_fields) - {"local", "remote", "profile"}
