"""Both drivers run plans of both languages, never on the event loop's own thread."""

import asyncio
import threading

import pytest

from minions_core.config import Budget
from minions_core.documents import Document
from minions_core.drivers import AsyncDriver
from minions_core.effects import PlanRun, RunPlan
from tests.drivers.driving import conditions, drivers

JSON = RunPlan(
    stage="prepare",
    code='{"jobs": [{"task": "Who?"}]}',
    language="json",
    documents=(Document("Ann signed."),),
)
PYTHON = RunPlan(stage="prepare", code="a program", documents=())


def steps(plan):
    return (yield from plan)


@drivers
def test_a_plan_in_json_runs_without_the_sandbox(drive):
    (manifest,) = drive(steps(JSON), conditions()[0]).manifests
    assert (manifest.task, manifest.chunk.text) == ("Who?", "Ann signed.")


@drivers
def test_a_program_runs_in_the_sandbox(drive):
    assert drive(steps(PYTHON), conditions()[0]).text == "A PROGRAM"


@drivers
def test_what_is_wrong_with_a_plan_in_json_is_an_answer_not_an_exception(drive):
    plan = RunPlan(stage="prepare", code="{}", language="json", documents=())
    assert drive(steps(plan), conditions()[0]).error


@pytest.mark.parametrize("plan", [JSON, PYTHON], ids=["json", "python"])
def test_the_event_loop_is_free_while_a_plan_runs(plan, monkeypatch):
    threads = []

    def run(self, plan):
        threads.append(threading.get_ident())
        return PlanRun()

    circumstances, _ = conditions()
    monkeypatch.setattr(type(circumstances), "run_plan", run)
    with asyncio.Runner() as runner:
        runner.run(AsyncDriver(circumstances).run(steps(plan)))
    assert threads != [threading.get_ident()]


class NotingSandbox:
    seconds = 5.0

    def __init__(self):
        self.given = []

    def run(self, plan):
        self.given.append(plan.seconds)
        return PlanRun()


def stopped_clock(circumstances, *readings):
    times = iter(readings)
    circumstances.clock = lambda: next(times)
    circumstances._began = 0.0


def test_a_plan_in_json_runs_no_longer_than_the_sandbox_lets_a_program():
    circumstances, _ = conditions()
    stopped_clock(circumstances, 0.0, 5.0)
    assert "job 1: the plan ran longer than 5 s" in circumstances.run_plan(JSON).error


def test_a_program_has_the_time_of_the_sandbox():
    circumstances, _ = conditions()
    circumstances.sandbox = NotingSandbox()
    circumstances.run_plan(PYTHON)
    assert circumstances.sandbox.given == [5.0]


@pytest.mark.parametrize(("spent", "left"), [(6.0, 3.0), (9.0, 0.1), (99.0, 0.1), (0.0, 5.0)])
def test_a_plan_runs_no_longer_than_what_the_budget_leaves_beside_the_answer(spent, left):
    circumstances, _ = conditions(budget=Budget(seconds=10))
    circumstances.sandbox = NotingSandbox()
    stopped_clock(circumstances, spent)
    circumstances.run_plan(PYTHON)
    assert circumstances.sandbox.given == [pytest.approx(left)]


def test_a_plan_in_json_keeps_to_the_budget_too():
    circumstances, _ = conditions(budget=Budget(seconds=10))
    stopped_clock(circumstances, 6.0, 6.0, 9.0)
    assert "longer than 3 s" in circumstances.run_plan(JSON).error
