"""Errors go from process to process whole."""

import pickle

import pytest

from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    JournalError,
    MinionsError,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RunCancelled,
    SandboxError,
    UsageError,
)
from minions_core.result import MinionsResult

ERRORS = [
    MinionsError("oops"),
    UsageError("task is empty"),
    MissingExtra("openai", "openai"),
    MissingExtra("numpy"),
    ModelError("busy", retryable=True, retry_after=1.5),
    ModelTimedOut("late"),
    ModelUnavailable("no key"),
    ContextWindowExceeded("too long"),
    BudgetExceeded("cost", 2, 1),
    SandboxError("no process"),
    BudgetExceeded("seconds", 8.2, 10, 2),
    JournalError("disk full"),
    RunCancelled("enough"),
]
every_error = pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)


@every_error
def test_an_error_comes_back_from_a_pickle_as_it_went(error):
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - made on the line itself
    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


@every_error
def test_a_pickled_error_keeps_its_partial_result(error):
    partial = MinionsResult(protocol="minions", question="Q", answer="", status="failed")
    carrying = pickle.loads(pickle.dumps(error))  # noqa: S301 - made on the line itself
    carrying.partial = partial
    assert pickle.loads(pickle.dumps(carrying)).partial == partial  # noqa: S301 - as above


@pytest.mark.parametrize(
    ("spent", "message"),
    [
        ((1_234_567, 1_000_000), "1,234,567 of 1,000,000"),
        ((0.0035, 0.002), "0.0035 of 0.002"),
        ((8.2, 10, 2), "8.2 of 10, and 2 are kept for the answer"),
    ],
)
def test_a_used_up_budget_says_of_what_how_much(spent, message):
    assert str(BudgetExceeded("x", *spent)) == f"the budget for x is used up: {message}"
