"""One contract, kept by both drivers."""

import asyncio
import threading

import pytest

from minions_core.documents import Document
from minions_core.effects import Ask, Emit, Gather, RunPlan
from minions_core.errors import ModelError
from minions_core.events import CallFailed, CallFinished, RoundStarted, TextDelta
from minions_core.ledger import Disclosed
from minions_core.messages import Message, Reply, Usage
from minions_core.testing import ScriptedModel
from tests.drivers.driving import ask, conditions, drivers

HELLO = (Message("user", "hello"),)


@drivers
def test_an_ask_is_answered_by_the_model_of_its_role(drive):
    made, _ = conditions(remote=ScriptedModel(["far"]), local=ScriptedModel(["near"]))
    assert drive(ask("x", "remote"), made) == "far"


@drivers
def test_a_gather_answers_in_the_order_of_its_branches(drive):
    def steps():
        return (yield from Gather(ask(f"b{n}") for n in range(50)))

    assert drive(steps(), conditions()[0]) == [f"b{n}" for n in range(50)]


@drivers
def test_gathers_nest_without_locking_each_other_out(drive):
    def inner(n):
        return (yield from Gather(ask(f"{n}.{m}") for m in range(3)))

    def outer():
        return (yield from Gather(inner(n) for n in range(3)))

    made, _ = conditions(limits={"local": 1, "remote": 1})
    assert drive(outer(), made) == [[f"{n}.{m}" for m in range(3)] for n in range(3)]


@drivers
def test_no_more_calls_are_in_flight_than_there_are_permits(drive):
    class Slow:
        name, context_window = "slow", None
        inside, most, lock = 0, 0, threading.Lock()

        def enter(self):
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)

        def reply(self, ask, on_text=None):
            self.enter()
            threading.Event().wait(0.01)
            self.inside -= 1
            return Reply(text="done")

        async def areply(self, ask, on_text=None):
            self.enter()
            await asyncio.sleep(0.01)
            self.inside -= 1
            return Reply(text="done")

    def steps():
        return (yield from Gather(ask(f"b{n}") for n in range(20)))

    slow = Slow()
    made, _ = conditions(local=slow, limits={"local": 2, "remote": 9})
    drive(steps(), made)
    assert slow.most == 2


@drivers
def test_branches_are_begun_only_when_there_is_room_for_them(drive):
    begun, ended, most = [], [], []

    def branch(n):
        begun.append(n)
        most.append(len(begun) - len(ended))
        yield from Ask("local", HELLO, "x")
        ended.append(n)

    def steps():
        yield from Gather(branch(n) for n in range(100))

    drive(steps(), conditions()[0])
    assert len(begun) == 100
    assert max(most) <= 4


@drivers
def test_a_failed_call_is_raised_where_it_was_asked_for(drive):
    def steps():
        try:
            yield from Ask("remote", HELLO, "x")
        except ModelError as error:
            return error.role

    made, events = conditions(remote=ScriptedModel([ModelError("broken")]))
    assert drive(steps(), made) == "remote"
    assert events[-1] == CallFailed(role="remote", label="x", error="remote model scripted: broken")


@drivers
def test_any_exception_of_a_model_becomes_a_model_error(drive):
    made, _ = conditions(local=ScriptedModel([ZeroDivisionError("oops")]))
    with pytest.raises(ModelError, match="ZeroDivisionError: oops"):
        drive(ask("x"), made)


@drivers
def test_a_failing_branch_fails_the_gather_and_stops_the_rest(drive):
    asked = []

    def broken(n):
        asked.append(n)
        yield from Ask("local", HELLO, "x")
        raise ValueError(n)

    def steps():
        yield from Gather(broken(n) for n in range(1000))

    with pytest.raises(ValueError, match=r"\d"):
        drive(steps(), conditions()[0])
    assert len(asked) <= 8


@drivers
def test_a_failure_closes_the_branches_that_had_begun(drive):
    closed = []

    def patient():
        try:
            for _ in range(1000):
                yield from Ask("local", HELLO, "x")
        finally:
            closed.append(True)

    def broken():
        yield from Ask("local", HELLO, "x")
        raise ValueError

    def steps():
        try:
            yield from Gather([patient(), broken()])
        except ValueError:
            yield from Gather([ask("y")])
            return "recovered"

    assert drive(steps(), conditions()[0]) == "recovered"
    assert closed == [True]


@drivers
def test_every_reply_is_charged_before_the_protocol_reads_it(drive):
    def steps():
        yield from Ask("remote", HELLO, "x")
        raise KeyError

    usage = Usage(input_tokens=9, output_tokens=1)
    made, _ = conditions(remote=ScriptedModel([Reply(text="!", usage=usage)]))
    with pytest.raises(KeyError):
        drive(steps(), made)
    assert made.meter.ledger().remote.usage == usage


@drivers
def test_usage_that_is_not_reported_is_counted_and_marked(drive):
    made, events = conditions(local=ScriptedModel([Reply(text="four")]))
    drive(ask("x"), made)
    assert made.meter.ledger().local.usage == Usage(input_tokens=5, output_tokens=4, estimated=True)
    assert isinstance(events[-1], CallFinished)


@drivers
def test_what_leaves_is_noted(drive):
    secret = Disclosed(kind="quote", text="secret")
    made, _ = conditions()
    drive(ask("x", "remote", disclosed=(secret,)), made)
    assert made.meter.disclosed == [secret]


@drivers
def test_a_lone_surrogate_in_a_reply_is_replaced(drive):
    made, events = conditions(local=ScriptedModel(["caf\udce9"]))
    assert drive(ask("x", stream=lambda: str), made) == "caf\ufffd"
    assert TextDelta(text="caf\ufffd") in events


@drivers
def test_a_stream_shows_what_the_filter_lets_through(drive):
    def loud():
        return str.upper

    made, events = conditions(local=ScriptedModel(["a reply that is long"]))
    drive(ask("x", stream=loud), made)
    deltas = [event.text for event in events if isinstance(event, TextDelta)]
    assert "".join(deltas) == "A REPLY THAT IS LONG"
    assert len(deltas) > 1


@drivers
def test_plans_run_in_the_sandbox(drive):
    def steps():
        run = yield from RunPlan(stage="transform", code="shout", documents=(Document("x"),))
        return run.text

    assert drive(steps(), conditions()[0]) == "SHOUT"


@drivers
def test_events_reach_the_observer(drive):
    def steps():
        yield from Emit(RoundStarted(round=1))

    made, events = conditions()
    drive(steps(), made)
    assert events == [RoundStarted(round=1)]
