"""How runs end, by both drivers: failures, observers, budgets, other tries."""

import asyncio
import concurrent.futures
import threading

import pytest

from minions_core.config import Budget
from minions_core.drivers.conditions import ObserverFailed, Permits
from minions_core.effects import Ask, Emit, Gather
from minions_core.errors import BudgetExceeded, ModelError
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallRetried,
    CallStarted,
    RoundStarted,
    TextDelta,
)
from minions_core.messages import Message, Reply, Usage
from minions_core.testing import ScriptedModel
from tests.drivers.driving import ask, conditions, drivers

HELLO = (Message("user", "hello"),)


def give_up(error, label="x"):
    def line(ask):
        if ask.label == label:
            raise error
        return ask.label

    return ScriptedModel(line)


@drivers
@pytest.mark.parametrize("error", [asyncio.CancelledError, concurrent.futures.CancelledError])
def test_a_model_that_cancels_its_own_call_has_failed(drive, error):
    made, events = conditions(local=give_up(error))
    with pytest.raises(ModelError, match="CancelledError"):
        drive(ask("x"), made)
    assert isinstance(events[-1], CallFailed)


@drivers
def test_a_model_that_cancels_its_own_call_loses_no_other_branch(drive):
    def branch(n):
        try:
            return (yield from ask(f"b{n}"))
        except ModelError:
            return "failed"

    def steps():
        return (yield from Gather(branch(n) for n in range(6)))

    made, _ = conditions(local=give_up(asyncio.CancelledError, "b1"))
    assert drive(steps(), made) == ["b0", "failed", "b2", "b3", "b4", "b5"]


def broken_at(kind, error):
    def observe(event):
        if isinstance(event, kind):
            raise error

    return observe


@drivers
@pytest.mark.parametrize("kind", [RoundStarted, CallStarted, TextDelta, CallFinished, CallFailed])
@pytest.mark.parametrize("error", [ValueError("mine"), asyncio.CancelledError("mine")])
def test_no_protocol_is_thrown_what_an_observer_raises(drive, kind, error):
    def branch():
        try:
            yield from Emit(RoundStarted(round=1))
            yield from ask("x", stream=lambda: str)
            yield from ask("y")
        except Exception:  # noqa: BLE001 - whatever could be handled
            return "handled"

    def steps():
        return (yield from Gather([branch()]))

    made, _ = conditions(local=give_up(ModelError("lost"), "y"))
    made.observe = broken_at(kind, error)
    with pytest.raises(ObserverFailed) as caught:
        drive(steps(), made)
    assert caught.value.error is error


@drivers
def test_a_used_up_budget_stops_the_call_before_it_is_made(drive):
    remote = ScriptedModel(["a long answer", "never"])

    def steps():
        yield from Ask("remote", HELLO, "x")
        try:
            yield from Ask("remote", HELLO, "y")
        except BudgetExceeded as error:
            return error.limit

    made, _ = conditions(remote=remote, budget=Budget(remote_tokens=1))
    assert drive(steps(), made) == "remote_tokens"
    assert len(remote.asked) == 1


@drivers
def test_time_that_is_used_up_stops_the_call_before_it_is_made(drive):
    now = [0.0]

    def think(ask):
        now[0] += 3
        return "slowly"

    def steps():
        yield from Gather(ask(f"b{n}") for n in range(5))

    made, _ = conditions(
        local=ScriptedModel(think), budget=Budget(seconds=5), limits={"local": 1, "remote": 1}
    )
    made.clock, made._began = (lambda: now[0]), 0.0
    with pytest.raises(BudgetExceeded, match="seconds is used up: 6 of 5"):
        drive(steps(), made)
    assert len(made.models["local"].asked) == 2


@drivers
def test_money_that_is_used_up_stops_the_call_before_it_is_made(drive):
    usage = Usage(input_tokens=1000, output_tokens=100)
    dear = ScriptedModel([Reply(text="!", usage=usage)] * 9, name="gpt-4o")

    def steps():
        for n in range(9):
            yield from ask(f"b{n}", "remote")

    made, _ = conditions(remote=dear, budget=Budget(cost=0.007))
    with pytest.raises(BudgetExceeded, match="cost"):
        drive(steps(), made)
    assert len(dear.asked) == 2


@drivers
def test_a_wait_before_another_try_is_no_longer_than_the_time_that_is_left(drive):
    busy = ModelError("busy", retryable=True, retry_after=30)
    made, _ = conditions(local=ScriptedModel([busy, "never"]), budget=Budget(seconds=0.01))
    made.retries = 1
    with pytest.raises(BudgetExceeded, match="seconds"):
        drive(ask("x"), made)
    assert len(made.models["local"].asked) == 1


@drivers
def test_a_call_that_failed_in_transport_is_tried_again(drive):
    busy = ModelError("busy", retryable=True, retry_after=0)
    made, events = conditions(local=ScriptedModel([busy, busy, "42"]))
    made.retries = 2
    assert drive(ask("x"), made) == "42"
    kinds = [CallStarted, CallRetried, CallRetried, CallFinished]
    assert [type(event) for event in events] == kinds


@drivers
def test_a_watcher_is_told_of_the_wait_before_another_attempt(drive):
    busy = ModelError("busy", retryable=True, retry_after=0.01)
    made, events = conditions(local=ScriptedModel([busy, "42"]))
    made.retries = 1
    drive(ask("x"), made)
    assert events[1] == CallRetried(role="local", label="x", attempt=1, wait=0.01, error="busy")


class Interrupted(BaseException):
    """As Ctrl-C is one."""


class Contended(Permits):
    """One permit: its first holder leaves it to one who waits for it, and goes on after him."""

    def __init__(self):
        super().__init__({"local": 1, "remote": 2})
        self._free = threading.Lock()
        self._is_awaited, self._is_left = threading.Event(), threading.Event()
        self._afterwards = iter([lambda: self._is_left.wait(10), self._is_left.set])

    def for_thread(self, role):
        return self

    def __enter__(self):
        if not self._free.acquire(blocking=False):
            self._is_awaited.set()
            self._free.acquire()

    def __exit__(self, *raised):
        afterwards = next(self._afterwards)
        self._is_awaited.wait(10)
        self._free.release()
        afterwards()


def broken_at_first(kind, error):
    errors = [error]

    def observe(event):
        if isinstance(event, kind) and errors:
            raise errors.pop()

    return observe


def two_calls():
    return (yield from Gather([ask("first"), ask("second")]))


@drivers
@pytest.mark.parametrize(("kind", "calls"), [(CallStarted, 0), (CallFinished, 1)])
def test_after_an_observers_error_no_call_that_waits_goes_out(drive, kind, calls):
    made, _ = conditions()
    made.permits, made.observe = Contended(), broken_at_first(kind, ValueError("enough"))
    with pytest.raises(ObserverFailed):
        drive(two_calls(), made)
    assert len(made.models["local"].asked) == calls


@drivers
@pytest.mark.parametrize("error", [ObserverFailed(ValueError("its own")), Interrupted()])
def test_after_what_a_model_ends_a_run_with_no_call_that_waits_goes_out(drive, error):
    made, _ = conditions(local=give_up(error, "first"))
    made.permits = Contended()
    with pytest.raises(type(error)):
        drive(two_calls(), made)
    assert len(made.models["local"].asked) == 1
