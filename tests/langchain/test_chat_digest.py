"""Objects are told apart by what is in them, and by themselves where that cannot be told."""

import re
import threading
from datetime import date
from functools import partial

import pytest
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from langchain_minions._chat.identity import digest
from minions_core.redaction import PatternRedactor


def test_sets_are_told_apart_and_not_by_their_order():
    assert digest({"a", "b", "c"}) == digest({"c", "b", "a"}) != digest({"a", "b"})


def test_what_goes_on_for_ever_is_told_to_some_depth():
    endless = []
    endless.append(endless)
    assert digest(endless) == digest(endless)


class Opaque:
    """What keeps things to itself."""

    def __init__(self, **things):
        self.__dict__.update(things)


class Slotted:
    """The same, in a slot."""

    __slots__ = ("thing",)

    def __init__(self, thing):
        self.thing = thing


def made_of(code):
    names = {"__name__": "made"}
    exec(code, names)  # noqa: S102  # functions that differ in one place and nowhere else
    return RunnableLambda(names["f"])


PAIRS = {
    "attributes": (Opaque(words=["a"]), Opaque(words=["b"])),
    "patterns": (Opaque(pattern=re.compile("a")), Opaque(pattern=re.compile("b"))),
    "slots": (Slotted("a"), Slotted("b")),
    "objects within": (Opaque(rule=Opaque(of="a")), Opaque(rule=Opaque(of="b"))),
    "objects in lists": (Opaque(rules=[Opaque(of="a")]), Opaque(rules=[Opaque(of="b")])),
    "objects in slots": (Slotted(Slotted("a")), Slotted(Slotted("b"))),
    "objects in C": (date(2023, 1, 1), date(2024, 1, 1)),
    "locks": (threading.Lock(), threading.Lock()),
    "objects nobody can watch": (iter("a"), iter("b")),
    "deep lists": ([[[[[[[[[[[[[["a"]]]]]]]]]]]]]], [[[[[[[[[[[[[["b"]]]]]]]]]]]]]]),
    "bytes": (b"a", b"b"),
    "parts of functions": (partial(round, 1), partial(round, 2)),
    "functions within": (
        made_of("def f(x):\n  return (lambda: 1)()"),
        made_of("def f(x):\n  return (lambda: 2)()"),
    ),
    "named defaults": (made_of("def f(x, *, a=1): 0"), made_of("def f(x, *, a=2): 0")),
    "tuples of constants": (
        made_of("def f(x): return x in (1, 2)"),
        made_of("def f(x): return x in (1, 3)"),
    ),
    "limits named for tokens": (
        ChatOpenAI(model="a", api_key="k", extra_body={"max_token": 1}),
        ChatOpenAI(model="a", api_key="k", extra_body={"max_token": 2}),
    ),
    "words named for tokens": ({"stop_token": "a"}, {"stop_token": "b"}),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_what_differs_in_anything_is_told_apart(pair):
    one, other = pair
    assert digest(one) != digest(other)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Opaque(rules=[Opaque(of="a")]),
        lambda: Slotted("a"),
        lambda: date(2023, 1, 1),
        lambda: PatternRedactor().find,
        lambda: made_of("def f(x): return (lambda: 1)()"),
    ],
)
def test_what_is_made_alike_is_told_alike(make):
    assert digest(make()) == digest(make())


def test_what_cannot_be_told_stays_itself():
    lock = threading.Lock()
    assert digest(Opaque(lock=lock)) == digest(Opaque(lock=lock))


def test_what_is_gone_is_not_taken_for_what_came_in_its_place():
    told = [digest(threading.Lock()) for _ in range(20)]
    assert len(set(told)) == 20


@pytest.mark.parametrize(
    "secret", [{"api_key": "a"}, {"x-api-key": "a"}, {"Authorization": "a"}, {"x": SecretStr("a")}]
)
def test_secrets_are_no_part_of_what_is_told(secret):
    name, value = next(iter(secret.items()))
    assert digest(secret) == digest({name: type(value)("b")})


@pytest.mark.parametrize("name", ["callbacks", "client", "async_client"])
def test_what_carries_a_call_does_not_change_it(name):
    assert digest(Opaque(**{name: Opaque(calls=1)})) == digest(Opaque(**{name: Opaque(calls=2)}))


def test_of_a_very_large_object_only_the_beginning_is_told():
    """The rest is told by itself, so that telling comes to an end."""
    large = [Opaque(of=number) for number in range(2000)]
    assert digest(large) == digest(large)
    assert digest(large) != digest([Opaque(of=number) for number in range(2000)])
