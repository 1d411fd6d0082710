"""Answers put into a form: what becomes of `output_schema` in chains and in a chat model."""

from datetime import date
from functools import reduce
from operator import add

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from langchain_minions import MinionChain, MinionsChain, create_minions_documents_chain
from langchain_minions.chat_model import ChatMinions
from minions_core import MinionConfig, MinionsConfig
from tests.langchain.chains import INPUT
from tests.langchain.scripted import (
    ANSWER,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)


class Spending(BaseModel):
    """What was spent, and by when: in a form that takes no string for a date."""

    model_config = ConfigDict(strict=True)

    amount: float
    until: date


FILLED = '{"amount": 120, "until": "2023-12-31"}'
SPENT = Spending(amount=120, until=date(2023, 12, 31))
NOTHING = {"input": INPUT["task"], "context": []}
SIDES = {"minions": (reads, plans_then_answers), "minion": (tells, asks_then_answers)}


def fills(script, form):
    """A supervisor who puts its answer into a form once it has given it."""

    def said(messages):
        has_answered = any("<answer>It was" in str(message.content) for message in messages)
        return form if has_answered else script(messages)

    return said


def models(protocol, form=FILLED):
    local, remote = SIDES[protocol]
    return ScriptedChat(script=local), ScriptedChat(script=fills(remote, form), model="gpt-4o")


def minions(schema=Spending, **told):
    settings = MinionsConfig(output_schema=schema, max_rounds=1)
    return MinionsChain(*models("minions", **told), settings=settings)


def minion(schema=Spending, **told):
    settings = MinionConfig(output_schema=schema, max_rounds=1)
    return MinionChain(*models("minion", **told), settings=settings)


def documents(schema=Spending, **told):
    settings = MinionsConfig(output_schema=schema, max_rounds=1)
    given = models("minions", **told)
    return create_minions_documents_chain(*given, settings=settings, whole_output=True)


async def invoked(chain):
    return chain.invoke(INPUT)


async def ainvoked(chain):
    return await chain.ainvoke(INPUT)


async def streamed(chain):
    return reduce(add, chain.stream(INPUT))


async def astreamed(chain):
    return reduce(add, [chunk async for chunk in chain.astream(INPUT)])


each_way = pytest.mark.parametrize("way", [invoked, ainvoked, streamed, astreamed])
each_chain = pytest.mark.parametrize("make", [minions, minion, documents])


@each_chain
@each_way
async def test_the_output_is_an_object_of_the_schema(make, way):
    told = await way(make())
    assert (told["answer"], told["output"]) == (ANSWER, SPENT)


@each_chain
@each_way
async def test_an_answer_that_could_not_be_put_into_it_has_no_output_and_says_so(make, way):
    told = await way(make(form="I would rather not."))
    assert (told["answer"], told["output"]) == (ANSWER, None)
    assert told["result"].notes


@each_chain
@each_way
async def test_without_a_schema_there_is_no_such_key(make, way):
    assert "output" not in await way(make(schema=None))


def test_with_nothing_found_the_output_is_there_and_none():
    output = documents().invoke(NOTHING)
    assert output.keys() == documents().invoke(INPUT).keys()
    assert output["output"] is None


@pytest.mark.parametrize("make", [minions, documents])
def test_the_output_is_part_of_what_a_chain_says_it_gives(make):
    assert set(make().get_output_jsonschema()["properties"]) == set(make().invoke(INPUT))


def test_a_documents_chain_that_gives_the_answer_alone_refuses_a_schema():
    settings = MinionsConfig(output_schema=Spending)
    with pytest.raises(ValidationError, match="whole_output=True"):
        create_minions_documents_chain(*models("minions"), settings=settings)


@pytest.mark.parametrize(
    ("protocol", "config"), [("minions", MinionsConfig), ("minion", MinionConfig)]
)
def test_a_chat_model_refuses_a_schema_and_says_what_to_do(protocol, config):
    settings = config(output_schema=Spending)
    with pytest.raises(ValidationError, match="with_structured_output"):
        ChatMinions(*models(protocol), protocol=protocol, settings=settings)
