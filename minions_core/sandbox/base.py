"""What a sandbox must be able to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from minions_core.effects import PlanRun, RunPlan


class Sandbox(Protocol):
    """Runs plan code that nobody has read."""

    @property
    def seconds(self) -> float:
        """How long a stage of a plan may run; plans in JSON, which run elsewhere, likewise."""
        ...

    def run(self, plan: RunPlan) -> PlanRun:
        """Run one stage of a plan, blocking; safe to call from several threads.

        Whatever the plan does wrong is in `PlanRun.error`, for its author.

        Raises:
            SandboxError: the sandbox itself could not run.
        """
        ...
