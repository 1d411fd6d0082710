"""How both drivers spend a budget of time: local calls end early enough for an answer."""

import pytest

from minions_core.config import Budget
from minions_core.errors import BudgetExceeded
from minions_core.testing import ScriptedModel
from tests.drivers.driving import ask, conditions, drivers


class TestTime:
    """Ten seconds, on a clock that only calls move."""

    @pytest.fixture
    def now(self):
        return [0.0]

    def made(self, now, **seconds):
        def taking(asked):
            now[0] += seconds[asked.label]
            return asked.label

        made, _ = conditions(
            local=ScriptedModel(taking),
            remote=ScriptedModel(taking),
            budget=Budget(seconds=10),
        )
        made.clock, made._began = (lambda: now[0]), 0.0
        return made

    @drivers
    def test_a_tenth_is_kept_for_the_answer_at_least(self, drive, now):
        made = self.made(now, long=9, job=1)

        def steps():
            yield from ask("long")
            yield from ask("job")

        with pytest.raises(BudgetExceeded, match="9 of 10, and 1 are kept for the answer"):
            drive(steps(), made)

    @drivers
    def test_as_much_is_kept_as_the_slowest_remote_call_took(self, drive, now):
        made = self.made(now, plan=3, replan=1, job=3, late=1)

        def steps():
            yield from ask("plan", "remote")
            yield from ask("replan", "remote")
            yield from ask("job")
            yield from ask("late")

        with pytest.raises(BudgetExceeded, match="7 of 10, and 3 are kept for the answer"):
            drive(steps(), made)

    @drivers
    def test_no_more_than_half_is_kept(self, drive, now):
        made = self.made(now, plan=4.9, slow=0, job=0)
        made._slowest_remote = 8

        def steps():
            yield from ask("plan", "remote")
            return (yield from ask("job"))

        assert drive(steps(), made) == "job"

    @drivers
    def test_the_remote_model_may_answer_until_the_end(self, drive, now):
        made = self.made(now, long=9.5, answer=3)

        def steps():
            yield from ask("long")
            try:
                yield from ask("job")
            except BudgetExceeded:
                return (yield from ask("answer", "remote"))

        assert drive(steps(), made) == "answer"

    @drivers
    def test_at_the_end_nobody_may(self, drive, now):
        made = self.made(now, long=10)

        def steps():
            yield from ask("long")
            yield from ask("answer", "remote")

        with pytest.raises(BudgetExceeded, match=r"10 of 10$"):
            drive(steps(), made)
