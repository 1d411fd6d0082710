"""What only the threaded driver must do."""

import asyncio
import contextvars

import pytest

from minions_core.config import Budget
from minions_core.drivers import Conditions, Permits, ThreadedDriver
from minions_core.drivers.threaded import Stop
from minions_core.effects import Ask, Gather
from minions_core.errors import RunCancelled
from minions_core.messages import Message
from minions_core.testing import ScriptedModel

HELLO = (Message("user", "hello"),)
whose = contextvars.ContextVar("whose", default="nobody's")


def driver(script, stop=None):
    model = ScriptedModel(script)
    conditions = Conditions(
        models={"local": model, "remote": model},
        sandbox=None,
        permits=Permits({"local": 4, "remote": 4}),
        count=len,
        observe=lambda event: None,
        budget=Budget(),
    )
    return ThreadedDriver(conditions, stop), model


def ask():
    reply = yield from Ask("local", HELLO)
    return reply.text


def many(n=10):
    return (yield from Gather(ask() for _ in range(n)))


def test_context_variables_reach_every_call():
    whose.set("mine")
    assert driver(lambda _: whose.get())[0].run(many()) == ["mine"] * 10


def test_it_works_inside_a_running_loop():
    async def notebook():
        return driver(lambda _: "fine")[0].run(many())

    with asyncio.Runner() as runner:
        assert runner.run(notebook()) == ["fine"] * 10


def test_a_stopped_run_makes_no_more_calls():
    stop = Stop()

    def stop_at_the_third(ask):
        if len(model.asked) == 3:
            stop.ask()
        return "x"

    here, model = driver(stop_at_the_third, stop)
    with pytest.raises(RunCancelled):
        here.run(many(1000))
    assert len(model.asked) <= 3 + 4


def test_a_stopped_run_closes_its_protocol():
    stop, closed = Stop(), []

    def steps():
        try:
            yield from many()
        finally:
            closed.append(True)

    stop.ask()
    generator = steps()
    next(generator)
    with pytest.raises(RunCancelled):
        driver(lambda _: "x", stop)[0].run(generator)
    assert closed == [True]
