"""What only the asynchronous driver must do."""

import asyncio

import pytest

from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, Conditions, Permits
from minions_core.drivers.conditions import ObserverFailed
from minions_core.effects import Ask, Gather
from minions_core.events import CallFinished
from minions_core.messages import Message, Reply

HELLO = (Message("user", "hello"),)


class Stuck:
    """A model that never answers and counts who gave up on it."""

    name, context_window = "stuck", None

    def __init__(self):
        self.called = self.cancelled = 0
        self.busy = asyncio.Event()

    async def areply(self, ask, on_text=None):
        self.called += 1
        if self.called == 4:
            self.busy.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


def calling(model, observe=lambda event: None):
    return Conditions(
        models={"local": model, "remote": model},
        sandbox=None,
        permits=Permits({"local": 4, "remote": 4}),
        count=len,
        observe=observe,
        budget=Budget(),
    )


async def test_cancelling_cancels_every_call_and_closes_every_generator():
    stuck, closed = Stuck(), []
    conditions = calling(stuck)

    def branch():
        try:
            yield from Ask("local", HELLO)
        finally:
            closed.append(True)

    def steps():
        yield from Gather(branch() for _ in range(100))

    task = asyncio.create_task(AsyncDriver(conditions).run(steps()))
    await stuck.busy.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stuck.cancelled == 4
    assert len(closed) == 4


class Stubborn:
    """A model that answers though it is cancelled."""

    name, context_window = "stubborn", None

    def __init__(self):
        self.busy = asyncio.Event()

    async def areply(self, ask, on_text=None):
        if ask.label == "breaking":
            await self.busy.wait()
            return Reply(text="break")
        self.busy.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return Reply(text="all the same")


async def test_an_observer_that_fails_while_a_fan_out_stops_ends_the_run():
    def stubborn():
        yield from Ask("local", HELLO, "stubborn")

    def breaking():
        yield from Ask("local", HELLO, "breaking")
        raise ValueError

    def steps():
        try:
            yield from Gather([stubborn(), breaking()])
        except ValueError:
            return "handled"

    def observe(event):
        if isinstance(event, CallFinished) and event.label == "stubborn":
            raise KeyError

    with pytest.raises(ObserverFailed):
        await AsyncDriver(calling(Stubborn(), observe)).run(steps())
