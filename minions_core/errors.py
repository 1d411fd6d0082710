"""Everything that can go wrong, by whose fault it is.

    MinionsError
    |- UsageError              you called us wrongly (also a ValueError)
    |- MissingExtra            an optional dependency is not installed (also an ImportError)
    |- ModelError              a model call failed; `retryable`, `fatal`, `__cause__`
    |  |- ModelTimedOut        no reply in time
    |  |- ModelUnavailable     nobody listens there, no such model, no permission: always fatal
    |  `- ContextWindowExceeded  the prompt does not fit the model: shorten it or enlarge the window
    |- BudgetExceeded          a limit of the run's Budget was reached
    |- JournalError            the journal cannot be read or written: disk full, file locked
    |- RedactionError          the redactor failed, so no text may leave
    |- SandboxError            our sandbox broke (a plan's own error goes back to its author)
    `- RunCancelled            somebody stopped the run

An error that ends a run carries `partial`, the result as far as it went: what was found and what
it cost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minions_core.messages import Role
    from minions_core.result import MinionsResult


class MinionsError(Exception):
    """Base of every error the project raises.

    Attributes:
        partial: the result as far as the run went, or None if it had not begun.
    """

    partial: MinionsResult | None = None


class UsageError(MinionsError, ValueError):
    """The call itself was wrong: the message says which argument, and what to pass instead."""


class MissingExtra(MinionsError, ImportError):
    """A feature needs a package that is not installed; the message holds the install command.

    Args:
        package: what is missing.
        extra: the extra of this project that brings it; None if none does.
    """

    def __init__(self, package: str, extra: str | None = None) -> None:
        wanted = f"'minions-integrations[{extra}]'" if extra else package
        super().__init__(f"{package} is not installed: pip install {wanted}")
        self._made_of = (package, extra)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of, self.__dict__


class ModelError(MinionsError):
    """A model call failed.

    Attributes:
        role: whose call it was, once known.
        retryable: the same request may succeed if sent again (rate limit, overload, lost link).
        fatal: no other request to this model can succeed either, so the run should end at once.
        retry_after: seconds the server asked us to wait, if it did.
    """

    role: Role | None = None

    def __init__(
        self,
        message: str,
        *,
        retryable: bool = False,
        fatal: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.retryable = retryable
        self.fatal = fatal
        self.retry_after = retry_after


class ModelTimedOut(ModelError):
    """The model did not answer in time."""

    def __init__(self, message: str) -> None:
        super().__init__(message, retryable=True)


class ModelUnavailable(ModelError):
    """The model cannot be reached at all: server down, model not pulled, key missing or refused."""

    def __init__(self, message: str) -> None:
        super().__init__(message, fatal=True)


class ContextWindowExceeded(ModelError):
    """The prompt and the room for a reply do not fit the model's context window."""


class BudgetExceeded(MinionsError):
    """A limit of the run's `Budget` was reached.

    Args:
        limit: which field of the budget.
        spent: how much of it is spent.
        allowed: how much of it there is.
        kept: the part of it that is kept for the answer.

    Attributes:
        limit: which field of the budget.
    """

    def __init__(self, limit: str, spent: float, allowed: float, kept: float = 0) -> None:
        rest = f", and {_figure(kept)} are kept for the answer" if kept else ""
        super().__init__(
            f"the budget for {limit} is used up: {_figure(spent)} of {_figure(allowed)}{rest}"
        )
        self.limit = limit
        self._made_of = (limit, spent, allowed, kept)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._made_of, self.__dict__


class JournalError(MinionsError):
    """The journal of a run cannot be read or written any more; what it holds is kept."""


class RedactionError(MinionsError):
    """The redactor of the settings failed; the text it was given stays on this machine."""


class SandboxError(MinionsError):
    """The sandbox itself failed, through no fault of the plan it ran."""


class RunCancelled(MinionsError):
    """The run was stopped from outside."""


def _figure(amount: float) -> str:
    return f"{amount:,.4f}".rstrip("0").rstrip(".")
