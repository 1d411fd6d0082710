"""What only the threaded driver must do."""

import asyncio
import contextvars
import signal
import threading

import pytest

from minions_core.config import Budget
from minions_core.drivers import Conditions, Permits, ThreadedDriver
from minions_core.drivers.conditions import ObserverFailed
from minions_core.drivers.threaded import Stop
from minions_core.effects import Ask, Emit, Gather
from minions_core.errors import ModelError, RunCancelled
from minions_core.events import CallFinished, RoundStarted
from minions_core.messages import Message
from minions_core.testing import ScriptedModel

HELLO = (Message("user", "hello"),)
whose = contextvars.ContextVar("whose", default="nobody's")


def driver(script, stop=None, retries=0):
    model = ScriptedModel(script)
    conditions = Conditions(
        models={"local": model, "remote": model},
        sandbox=None,
        permits=Permits({"local": 4, "remote": 4}),
        count=len,
        observe=lambda event: None,
        budget=Budget(),
        retries=retries,
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


def test_a_stopped_run_hangs_up_in_the_midst_of_a_reply():
    stop, heard = Stop(), []

    def readable():
        return lambda text: heard.append(text) or stop.ask() or text

    def steps():
        yield from Ask("remote", HELLO, stream=readable)

    with pytest.raises(RunCancelled):
        driver(["a reply of many pieces, of which one is heard"], stop)[0].run(steps())
    assert len(heard) == 1


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


def gather(*branches):
    return (yield from Gather(branches))


def breaking(calling, failing):
    """A branch that fails while another one's call is in flight."""
    yield from Emit(RoundStarted(round=1))
    calling.wait()
    failing.set()
    raise ValueError


def outlasting(calling, failing):
    """A model whose reply comes after the failure of another branch."""

    def slow(ask):
        calling.set()
        failing.wait()
        threading.Event().wait(0.05)
        return "paid for"

    return slow


def test_a_failure_waits_for_the_calls_in_flight_and_charges_them():
    calling, failing = threading.Event(), threading.Event()
    here, _ = driver(outlasting(calling, failing))
    with pytest.raises(ValueError, match=r"^$"):
        here.run(gather(ask(), breaking(calling, failing)))
    assert here._conditions.meter.ledger().local.calls == 1


def test_an_observer_that_fails_while_a_fan_out_stops_ends_the_run():
    calling, failing = threading.Event(), threading.Event()

    def steps():
        try:
            yield from gather(ask(), breaking(calling, failing))
        except ValueError:
            return "handled"

    def observe(event):
        if isinstance(event, CallFinished):
            raise KeyError

    here, _ = driver(outlasting(calling, failing))
    here._conditions.observe = observe
    with pytest.raises(ObserverFailed):
        here.run(steps())


def test_an_interrupt_leaves_at_once_though_a_call_never_ends():
    never = threading.Event()

    def stuck(ask):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        never.wait()
        return "too late"

    with pytest.raises(KeyboardInterrupt):
        driver(stuck)[0].run(gather(ask()))
    never.set()


BUSY = ModelError("busy", retryable=True, retry_after=30)


def test_a_stopped_run_does_not_wait_to_try_again():
    stop = Stop()

    def busy(ask):
        stop.ask()
        return BUSY

    here, model = driver(busy, stop, retries=1)
    with pytest.raises(RunCancelled):
        here.run(ask())
    assert len(model.asked) == 1


def test_a_failure_ends_the_waits_of_its_siblings():
    calling = threading.Event()

    def busy(ask):
        calling.set()
        return BUSY

    here, model = driver(busy, retries=1)
    with pytest.raises(ValueError, match=r"^$"):
        here.run(gather(ask(), breaking(calling, threading.Event())))
    assert len(model.asked) == 1
