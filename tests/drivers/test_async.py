"""What only the asynchronous driver must do."""

import asyncio

import pytest

from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, Conditions, Permits
from minions_core.effects import Ask, Gather
from minions_core.messages import Message

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


async def test_cancelling_cancels_every_call_and_closes_every_generator():
    stuck, closed = Stuck(), []
    conditions = Conditions(
        models={"local": stuck, "remote": stuck},
        sandbox=None,
        permits=Permits({"local": 4, "remote": 4}),
        count=len,
        observe=lambda event: None,
        budget=Budget(),
    )

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
