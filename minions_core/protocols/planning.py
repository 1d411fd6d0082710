"""A plan: asked of the remote model, run, held to the limits, and mended where it does not work."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from minions_core.config import MinionsConfig
from minions_core.effects import FindingPlace, FinishedJob, Manifest, RunPlan, Steps
from minions_core.errors import BudgetExceeded
from minions_core.jobs import Job
from minions_core.plans import Answer, Neither, PlanCode, read_move
from minions_core.protocols.ending import NO_JOBS
from minions_core.protocols.remote import (
    CUT_OFF,
    another_round,
    answer_taken,
    ask_remote,
    complain,
)
from minions_core.protocols.task import Task
from minions_core.protocols.work import cut_to_size, max_chunk_chars

if TYPE_CHECKING:
    from minions_core.protocols.memory import Memory
    from minions_core.result import JobResult

MinionsTask: TypeAlias = Task[MinionsConfig]

_MOST_TASK_CHARS = 2000
_MOST_MANIFESTS = 20_000  # past what a plan may ask for: one that is only greedy is not broken
_BROKEN_PROGRAMS = 2
_PLAN_OR_ANSWER = "Reply with a mended plan, or with <answer>...</answer>."
_REFUSED = {
    ("code", "json"): "A plan must be a Python block with prepare_jobs, not JSON.",
    ("json", "python"): "A plan must be a JSON block, not Python.",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that ran: what the remote model wrote, and the jobs it wants."""

    move: PlanCode
    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Broken(Neither):
    """The remote model's reply was a program that does not run; `reason` tells it so."""


@dataclass(slots=True)
class Progress:
    """What the rounds share.

    Attributes:
        memory: what the run has seen so far.
        repairs: how often the remote model may still mend a plan.
        jobs: the jobs so far, with what became of them.
        broken: how many programs did not work.
        on_data: whether the remote model was told to plan with data from now on.
    """

    memory: Memory
    repairs: int
    jobs: list[tuple[Job, JobResult]]
    broken: int = 0
    on_data: bool = False

    @property
    def calls(self) -> int:
        """How many calls of the local model the jobs so far were due, repairs aside."""
        return sum(job.samples for job, _ in self.jobs)


def plan_or_answer(
    task: MinionsTask, progress: Progress, number: int
) -> Steps[Plan | Answer | None]:
    """The remote model's next usable move, or None once its plans are past mending."""
    memory, label = progress.memory, f"plan_{number}"
    while True:
        reply = yield from ask_remote(task, memory, label)
        move = read_move(reply.text, last=False, answer_first=bool(memory.findings))
        if isinstance(move, Answer):
            return answer_taken(memory, reply, move)
        plan = (yield from run_plan(task, progress, move)) if isinstance(move, PlanCode) else move
        if isinstance(plan, Plan):
            return plan
        if reply.finish_reason == "length":
            plan = Neither(CUT_OFF)
        affordable = not memory.rounds or memory.affords(another_round(task, memory))
        if not (progress.repairs and affordable):
            memory.notes.append(f"Round {number} has no usable plan: {plan.reason}")
            return None
        progress.repairs -= 1
        yield from complain(memory, number, plan.reason, _demand(task, progress, plan))
        label = f"plan_{number}_repair_{task.config.max_plan_repairs - progress.repairs}"


def _demand(task: MinionsTask, progress: Progress, plan: Neither) -> str:
    """What is wanted after a plan that did not work.

    That is data, once, after two broken programs, or after one if no repair is left beyond this.
    """
    if task.config.planner != "auto" or progress.on_data or not isinstance(plan, Broken):
        return _PLAN_OR_ANSWER
    progress.broken += 1
    if progress.broken < _BROKEN_PROGRAMS and progress.repairs:
        return _PLAN_OR_ANSWER
    progress.on_data = True
    return task.render("minions_replan", plan=task.render("minions_plan_json"))


def run_plan(task: MinionsTask, progress: Progress, move: PlanCode) -> Steps[Plan | Neither]:
    """Get the jobs a plan wants; what is wrong with it is for the remote model to mend."""
    config, memory = task.config, progress.memory
    refused = _REFUSED.get((config.planner, move.language))
    if refused:
        return Neither(refused)
    move = replace(move, code=memory.vault.reveal_in_code(move.code))
    spare = _jobs_left(config, progress.calls)
    run = yield from RunPlan(
        stage="prepare",
        code=move.code,
        language=move.language,
        documents=task.documents,
        finished=finished(progress.jobs),
        places=_places(memory),
        max_manifests=_MOST_MANIFESTS,
        max_samples=config.max_samples,
        count=task.count,
    )
    if run.error:
        kind = Broken if move.language == "python" else Neither
        return kind(f"The plan did not work. {run.error}")
    manifests = tuple(cut_to_size(run.manifests, max_chunk_chars(task)))
    unfit = _unfit(manifests, spare, config)
    if unfit:
        return Neither(f"The plan was not run. {unfit}")
    first, this_round = len(progress.jobs) + 1, len(memory.rounds) + 1
    numbered = enumerate(manifests, start=first)
    return Plan(move, tuple(_job(n, this_round, wanted, config) for n, wanted in numbered))


def _job(number: int, this_round: int, wanted: Manifest, config: MinionsConfig) -> Job:
    return Job(
        id=number,
        round=this_round,
        task=wanted.task,
        chunk=wanted.chunk,
        advice=wanted.advice,
        kind=wanted.kind,
        samples=wanted.samples or config.samples,
    )


def _unfit(manifests: Sequence[Manifest], most: int, config: MinionsConfig) -> str | None:
    """What is wrong with jobs that are well-formed: too many of them, or too long.

    By how much is not told: the plan may have chosen that by what the documents say.
    """
    calls = sum(wanted.samples or config.samples for wanted in manifests)
    if calls > most:
        return (
            "With over-long chunks cut and samples counted, it comes to too many jobs; the limit "
            f"is {most}. Use search, larger chunks or fewer tasks."
        )
    tasks = len({wanted.task for wanted in manifests})
    if tasks > config.max_tasks_per_round:
        return (
            f"It has too many different tasks; the limit is {config.max_tasks_per_round}. Give the "
            "same task to many chunks: a worker sees its own chunk only."
        )
    longest = max(max(len(wanted.task), len(wanted.advice)) for wanted in manifests)
    if longest > _MOST_TASK_CHARS:
        return (
            f"A task or advice is too long; the limit is {_MOST_TASK_CHARS} characters. "
            "A task is one question about its chunk."
        )
    return None


def finished(done: Sequence[tuple[Job, JobResult]]) -> tuple[FinishedJob, ...]:
    """Jobs as plan code may look at them."""
    return tuple(_finished(job, result) for job, result in done)


def _finished(job: Job, result: JobResult) -> FinishedJob:
    output = {
        "explanation": result.explanation,
        "citation": result.citation,
        "answer": result.answer,
    }
    return FinishedJob(
        manifest=Manifest(
            chunk=job.chunk, task=job.task, advice=job.advice, kind=job.kind, samples=job.samples
        ),
        round=job.round,
        sample=json.dumps(output, ensure_ascii=False),
        **output,
    )


def _places(memory: Memory) -> tuple[FindingPlace, ...]:
    return tuple(
        FindingPlace(number=number, chunk=finding.places[0].chunk)
        for number, finding in sorted(memory.findings.items())
    )


def limits(config: MinionsConfig, max_chars: int) -> str:
    """What a plan may ask for, for the remote model."""
    if not _most_jobs(config):
        return NO_JOBS
    in_all = f" ({config.budget.jobs} in all)" if config.budget.jobs is not None else ""
    return (
        f"{counted(config.max_rounds, 'round')}; in each at most {_most_jobs(config)} jobs{in_all} "
        f"and {config.max_tasks_per_round} different tasks; {max_chars} characters per chunk "
        "(longer ones are cut)."
    )


def left_for_plans(config: MinionsConfig, progress: Progress, rounds: int) -> str:
    """What is left for further plans: `1 round`, or where jobs are limited `1 round, 4 jobs`."""
    told = counted(rounds, "round")
    if config.budget.jobs is None:
        return told
    return f"{told}, {counted(max(0, config.budget.jobs - progress.calls), 'job')}"


def _jobs_left(config: MinionsConfig, used: int) -> int:
    allowed = config.budget.jobs
    if allowed is not None and used >= allowed:
        raise BudgetExceeded("jobs", used, allowed)
    return _most_jobs(config) if allowed is None else min(_most_jobs(config), allowed - used)


def _most_jobs(config: MinionsConfig) -> int:
    allowed = config.budget.jobs
    return config.max_jobs_per_round if allowed is None else min(config.max_jobs_per_round, allowed)


def counted(number: int, noun: str) -> str:
    """`1 round`, `2 rounds`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
