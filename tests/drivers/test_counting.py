"""What both drivers count: every attempt, whatever became of it."""

import asyncio
import threading

import pytest

from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, ThreadedDriver
from minions_core.drivers.conditions import ObserverFailed
from minions_core.drivers.threaded import Stop
from minions_core.effects import Gather
from minions_core.errors import BudgetExceeded, ModelError, RunCancelled
from minions_core.events import TextDelta
from minions_core.ledger import Account, Disclosed
from minions_core.messages import Reply, Usage
from minions_core.testing import ScriptedModel
from tests.drivers.driving import ask, conditions, drivers

BUSY = ModelError("busy", retryable=True, retry_after=0)


def seen():
    return str


@drivers
def test_a_call_that_failed_for_good_is_counted(drive):
    made, _ = conditions(remote=ScriptedModel([ModelError("broken")]))
    with pytest.raises(ModelError):
        drive(ask("x", "remote"), made)
    assert made.meter.ledger().remote == Account(failed=1)


@drivers
def test_every_attempt_that_was_tried_again_is_counted(drive):
    made, _ = conditions(local=ScriptedModel([BUSY, BUSY, "42"]))
    made.retries = 2
    drive(ask("x"), made)
    local = made.meter.ledger().local
    assert (local.calls, local.failed) == (1, 2)


@drivers
def test_a_call_a_model_cancelled_itself_is_counted_as_failed(drive):
    def cancel(ask):
        raise asyncio.CancelledError

    made, _ = conditions(local=ScriptedModel(cancel))
    with pytest.raises(ModelError):
        drive(ask("x"), made)
    assert made.meter.ledger().local == Account(failed=1)


@drivers
def test_a_call_the_budget_refused_is_not_counted(drive):
    made, _ = conditions(budget=Budget(remote_tokens=0))
    with pytest.raises(BudgetExceeded):
        drive(ask("x", "remote"), made)
    assert made.meter.ledger().remote == Account()


@drivers
def test_what_leaves_is_noted_once_though_it_is_sent_again(drive):
    secret = Disclosed(kind="quote", text="secret")
    made, _ = conditions(remote=ScriptedModel([BUSY, "42"]))
    made.retries = 1
    drive(ask("x", "remote", disclosed=(secret,)), made)
    assert made.meter.disclosed == [secret]


@drivers
def test_a_stream_its_observer_broke_off_is_charged_as_far_as_it_was_heard(drive):
    def observe(event):
        if isinstance(event, TextDelta):
            raise KeyError

    made, _ = conditions(local=ScriptedModel(["a reply in several pieces"], name="m"))
    made.observe = observe
    with pytest.raises(ObserverFailed):
        drive(ask("x", stream=seen), made)
    usage = Usage(input_tokens=len("hello"), output_tokens=len("a reply in s"), estimated=True)
    assert made.meter.ledger().local == Account(calls=1, usage=usage, models=("m",))


@drivers
def test_attempts_of_many_branches_are_all_counted(drive):
    def moody(ask):
        return BUSY if len(model.asked) % 3 == 0 else "fine"

    def steps():
        return (yield from Gather(ask(f"b{n}") for n in range(300)))

    model = ScriptedModel(moody)
    made, _ = conditions(local=model)
    made.retries = 9
    drive(steps(), made)
    local = made.meter.ledger().local
    assert local.calls == 300
    assert local.calls + local.failed == len(model.asked)


class Stuck:
    """A model that says a few words and then no more."""

    name, context_window = "stuck", None

    def __init__(self):
        self.busy = asyncio.Event()

    async def areply(self, ask, on_text=None):
        if on_text:
            on_text("a few words")
        self.busy.set()
        await asyncio.Event().wait()


async def cancelled(steps, made, stuck):
    running = asyncio.create_task(AsyncDriver(made).run(steps))
    await stuck.busy.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return made.meter.ledger().local


async def test_a_cancelled_call_is_charged_for_its_prompt():
    stuck = Stuck()
    made, _ = conditions(local=stuck)
    account = await cancelled(ask("x"), made, stuck)
    assert account.usage == Usage(input_tokens=len("hello"), output_tokens=0, estimated=True)


async def test_a_cancelled_stream_is_charged_as_far_as_it_was_heard():
    stuck = Stuck()
    made, _ = conditions(local=stuck)
    account = await cancelled(ask("x", stream=seen), made, stuck)
    assert account.usage.output_tokens == len("a few words")
    assert (account.calls, account.failed, account.models) == (1, 0, ("stuck",))


async def test_calls_cancelled_by_the_failure_of_another_are_charged():
    stuck = Stuck()

    def failing():
        yield from ask("y", "remote")
        raise ValueError

    async def after(ask, on_text=None):
        await stuck.busy.wait()
        return Reply(text="42")

    def steps():
        yield from Gather([ask("x"), failing()])

    remote = ScriptedModel([])
    remote.areply = after
    made, _ = conditions(local=stuck, remote=remote)
    with pytest.raises(ValueError, match=r"^$"):
        await AsyncDriver(made).run(steps())
    assert made.meter.ledger().local.calls == 1


async def test_a_call_cancelled_between_two_attempts_is_not_charged():
    waiting = asyncio.Event()
    made, events = conditions(local=ScriptedModel([ModelError("busy", retryable=True)]))
    made.retries = 1
    made.observe = lambda event: waiting.set() if hasattr(event, "wait") else events.append(event)
    running = asyncio.create_task(AsyncDriver(made).run(ask("x")))
    await waiting.wait()
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert made.meter.ledger().local == Account(failed=1)


def test_a_stopped_stream_is_charged_as_far_as_it_was_heard():
    stop = Stop()

    def readable():
        return lambda text: stop.ask() or text

    made, _ = conditions(local=ScriptedModel(["a reply in several pieces"]))
    with pytest.raises(RunCancelled):
        ThreadedDriver(made, stop).run(ask("x", stream=readable))
    assert made.meter.ledger().local.usage.output_tokens == 2 * len("a reply in s")


@drivers
def test_a_permit_is_free_while_its_call_waits_to_be_sent_again(drive):
    """With a single permit, a busy call waits until another one, which needs it, is through."""
    through = threading.Event()

    def once_busy(asked):
        if asked.label == "other":
            through.set()
            return "done"
        return "42" if through.is_set() else ModelError("busy", retryable=True, retry_after=0.01)

    def steps():
        return (yield from Gather([ask("busy"), ask("other")]))

    made, _ = conditions(local=ScriptedModel(once_busy), limits={"local": 1, "remote": 2})
    made.retries = 1
    assert drive(steps(), made) == ["42", "done"]


@drivers
def test_a_call_is_sent_again_only_within_the_budget(drive):
    def spend(asked):
        if asked.label == "dear":
            return Reply(text="!", usage=Usage(input_tokens=100))
        return ModelError("busy", retryable=True, retry_after=0.01)

    def steps():
        return (yield from Gather([ask("busy", "remote"), ask("dear", "remote")]))

    remote = ScriptedModel(spend)
    made, _ = conditions(
        remote=remote, budget=Budget(remote_tokens=100), limits={"local": 2, "remote": 1}
    )
    made.retries = 1
    with pytest.raises(BudgetExceeded, match="remote_tokens"):
        drive(steps(), made)
    assert [asked.label for asked in remote.asked] == ["busy", "dear"]
