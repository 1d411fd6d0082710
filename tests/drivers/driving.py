"""Both drivers, and circumstances to drive in."""

import asyncio

import pytest

from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, Conditions, Permits, ThreadedDriver
from minions_core.effects import Ask, PlanRun
from minions_core.messages import Message
from minions_core.testing import ScriptedModel

HELLO = (Message("user", "hello"),)


class EchoSandbox:
    seconds = 5.0

    def run(self, plan):
        return PlanRun(text=plan.code.upper())


def conditions(local=None, remote=None, budget=None, limits=None):
    events = []
    made = Conditions(
        models={
            "local": local or ScriptedModel(lambda ask: ask.label),
            "remote": remote or ScriptedModel(lambda ask: ask.label),
        },
        sandbox=EchoSandbox(),
        permits=Permits(limits or {"local": 4, "remote": 4}),
        count=len,
        observe=events.append,
        budget=budget or Budget(),
    )
    return made, events


def drive_async(steps, circumstances):
    with asyncio.Runner() as runner:
        return runner.run(AsyncDriver(circumstances).run(steps))


def drive_threads(steps, circumstances):
    return ThreadedDriver(circumstances).run(steps)


drivers = pytest.mark.parametrize("drive", [drive_async, drive_threads], ids=["async", "threads"])


def ask(label, role="local", **options):
    reply = yield from Ask(role, HELLO, label, **options)
    return reply.text
