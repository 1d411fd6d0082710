"""What a model is told of an error of its tool: our own words, and nothing of the error's."""

import pytest

from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    JournalError,
    MinionsError,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RedactionError,
    RunCancelled,
    SandboxError,
    UsageError,
)
from minions_core.tool_words import failure

SECRET = "Ada Moreau pays $450"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModelTimedOut(SECRET), "a model gave no reply in time. The same question may be"),
        (ModelUnavailable(SECRET), "a model cannot be reached, or not be used. Asking again will"),
        (ContextWindowExceeded(SECRET), "a prompt did not fit a model. A narrower question"),
        (ModelError(SECRET), "a call of a model failed. The same question may be"),
        (ModelError(SECRET, fatal=True), "a call of a model failed. Asking again will not help"),
        (BudgetExceeded(SECRET, 2, 1), "a limit of the run was reached first. A narrower"),
        (RunCancelled(SECRET), "the run was stopped."),
        (UsageError(SECRET), "the tool failed, or is not set up as it must be. Asking again"),
        (JournalError(SECRET), "the tool failed"),
        (RedactionError(SECRET), "the tool failed"),
        (SandboxError(SECRET), "the tool failed"),
        (MinionsError(SECRET), "the tool failed"),
        (ValueError(SECRET), "the tool failed, or is not set up as it must be. Asking again"),
        (KeyError(SECRET), "the tool failed"),
        (ExceptionGroup(SECRET, [OSError(SECRET)]), "the tool failed"),
    ],
)
def test_of_an_error_nothing_is_told_but_our_own_words(error, words):
    assert failure(error).startswith(f"Not answered: {words}")
    assert "Ada" not in failure(error)


@pytest.mark.parametrize("role", ["local", "remote"])
def test_whose_call_failed_is_told(role):
    error = ModelError(SECRET)
    error.role = role
    assert failure(error).startswith(f"Not answered: a call of the {role} model failed.")
