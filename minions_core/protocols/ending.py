"""How a run ends: with an answer, or with the best evidence in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minions_core.errors import BudgetExceeded
from minions_core.protocols.form import with_output

if TYPE_CHECKING:
    from minions_core.config import RunConfig
    from minions_core.effects import Steps
    from minions_core.plans import Answer
    from minions_core.protocols.memory import Memory
    from minions_core.protocols.task import Task
    from minions_core.result import Outcome

NO_JOBS = "the budget allows no job: reply with <answer>...</answer> only."
"""What the remote model may ask for if nothing can be asked of the local model."""

_NO_EVIDENCE = "The answer cites no evidence."


def ended(task: Task[RunConfig], memory: Memory, rounds: Steps[Answer | None]) -> Steps[Outcome]:
    """The outcome of a run.

    Args:
        task: what the run is about.
        memory: takes down all that happens.
        rounds: what leads to an answer, or to None if the remote model never gives one.
    """
    try:
        answer = yield from rounds
    except BudgetExceeded as limit:
        memory.notes.append(f"Stopped early: {limit}.")
        return memory.unanswered("budget", task.documents)
    if answer is None:
        return memory.unanswered("exhausted", task.documents)
    outcome = memory.answered(answer.text, task.documents)
    if not outcome.citations:
        memory.notes.append(_NO_EVIDENCE)
    return (yield from with_output(task, memory, memory.so_far(outcome)))


def must_answer_at_once(task: Task[RunConfig], memory: Memory) -> bool:
    """Whether an answer is all there is to ask for, since the budget has no job in it.

    Raises:
        BudgetExceeded: there is nothing to answer from either.
    """
    if task.config.budget.jobs != 0:
        return False
    if not (memory.findings or task.history):
        raise BudgetExceeded("jobs", 0, 0)
    memory.stopped = True
    return True
