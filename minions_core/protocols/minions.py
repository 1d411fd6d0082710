"""MinionS: the remote model plans, the local model reads, the evidence goes back.

The protocol of arXiv 2502.15964, section 5, in one append-only conversation: k rounds cost k + 1
calls of the remote model.
"""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minions_core.config import MinionsConfig
from minions_core.effects import (
    Emit,
    FindingPlace,
    FinishedJob,
    Manifest,
    RunPlan,
    Steps,
)
from minions_core.errors import BudgetExceeded
from minions_core.events import EvidenceGathered, PlanWritten, RoundStarted
from minions_core.evidence import coverage, gather_findings, one_line, report
from minions_core.jobs import Job
from minions_core.ledger import Disclosed
from minions_core.messages import Message
from minions_core.plans import Answer, Neither, PlanCode, has_transform, read_move
from minions_core.prompts import render
from minions_core.protocols.remote import ask_remote, complain, note_if_cut
from minions_core.protocols.task import Memory, Task
from minions_core.protocols.work import cut_to_size, do_jobs, max_chunk_chars
from minions_core.result import RoundRecord

if TYPE_CHECKING:
    from minions_core.result import JobResult, Outcome

MinionsTask: TypeAlias = Task[MinionsConfig]

_OUTLINE_TOKENS = 100
_OUTPUT_SHARE = 4
_MOST_TASK_CHARS = 2000
_ANSWER_ONLY = "No rounds are left: reply with <answer>...</answer> only."
_PLAN_OR_ANSWER = "Reply with a mended plan, or with <answer>...</answer>."


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that ran: its code, and the jobs it wants."""

    code: str
    jobs: tuple[Job, ...]


@dataclass(slots=True)
class _Progress:
    """What the rounds share: the memory, the jobs so far, the repairs left."""

    memory: Memory
    repairs: int
    jobs: list[tuple[Job, JobResult]]


def minions(task: MinionsTask, memory: Memory) -> Steps[Outcome]:
    """Answer the question of `task`, writing all that happens into `memory`."""
    progress = _Progress(memory, task.config.max_plan_repairs, [])
    open_conversation(task, memory)
    try:
        answer = yield from work_through(task, progress)
    except BudgetExceeded as limit:
        memory.notes.append(f"Stopped early: {limit}.")
        return memory.unanswered("budget", task.documents)
    if answer is None:
        return memory.unanswered("exhausted", task.documents)
    return memory.answered(answer.text, task.documents)


def open_conversation(task: MinionsTask, memory: Memory) -> None:
    """The contract, then the question and what there is to read."""
    config = task.config
    inventory, disclosed = task.inventory(_OUTLINE_TOKENS)
    memory.conversation.append(Message("system", render("minions_system")))
    opening = render(
        "minions_open",
        question=task.question,
        notes=f"Notes: {task.notes}\n" if task.notes else "",
        inventory=inventory,
        rounds=_counted(config.max_rounds, "round"),
        max_jobs=_most_jobs(config),
        max_chars=max_chunk_chars(task),
    )
    memory.hear(opening, disclosed)


def work_through(task: MinionsTask, progress: _Progress) -> Steps[Answer | None]:
    """Round after round until there is an answer; None if the remote model never gave one."""
    for number in range(1, task.config.max_rounds + 1):
        move = yield from plan_or_answer(task, progress, number)
        if isinstance(move, Answer):
            return move
        if move is None:
            if not progress.memory.rounds:
                return None
            progress.memory.hear(_ANSWER_ONLY)
            break
        yield from run_round(task, progress, move, number)
    return (yield from last_answer(progress.memory, task.config.max_rounds))


def plan_or_answer(
    task: MinionsTask, progress: _Progress, number: int
) -> Steps[Plan | Answer | None]:
    """The remote model's next usable move, or None once its repairs are used up."""
    label = f"plan_{number}"
    while True:
        reply = yield from ask_remote(progress.memory, label)
        move = read_move(reply.text, last=False)
        if isinstance(move, Answer):
            note_if_cut(progress.memory, reply)
            return move
        plan = (yield from run_plan(task, progress, move)) if isinstance(move, PlanCode) else move
        if isinstance(plan, Plan):
            return plan
        if not progress.repairs:
            progress.memory.notes.append(f"Round {number} has no usable plan: {plan.reason}")
            return None
        progress.repairs -= 1
        yield from complain(progress.memory, number, plan.reason, _PLAN_OR_ANSWER)
        label = f"plan_{number}_repair_{task.config.max_plan_repairs - progress.repairs}"


def last_answer(memory: Memory, number: int) -> Steps[Answer | None]:
    """The answer that is due now; a remote model that goes on planning is told so once."""
    for label in ("answer", "answer_repair"):
        reply = yield from ask_remote(memory, label)
        move = read_move(reply.text, last=True)
        if isinstance(move, Answer):
            note_if_cut(memory, reply)
            return move
        if label == "answer":
            reason = move.reason if isinstance(move, Neither) else "That is a plan."
            yield from complain(memory, number, reason, _ANSWER_ONLY)
    memory.notes.append("The remote model gave no answer, though told twice that it must.")
    return None


def run_plan(task: MinionsTask, progress: _Progress, move: PlanCode) -> Steps[Plan | Neither]:
    """Run `prepare_jobs` in the sandbox; what is wrong with it is for the remote model to mend."""
    config = task.config
    spare = _jobs_left(config, len(progress.jobs))
    run = yield from RunPlan(
        stage="prepare",
        code=move.code,
        documents=task.documents,
        finished=tuple(_finished(job, result) for job, result in progress.jobs),
        places=_places(progress),
        max_manifests=spare,
    )
    if run.error is not None:
        return Neither(f"The plan did not work. {run.error}")
    fitting = tuple(cut_to_size(run.manifests, max_chunk_chars(task)))
    wrong = _unfit(fitting, spare)
    if wrong:
        return Neither(f"The plan did not work. {wrong}")
    first = len(progress.jobs) + 1
    round_number = len(progress.memory.rounds) + 1
    jobs = tuple(
        Job(id=number, round=round_number, task=m.task, chunk=m.chunk, advice=m.advice)
        for number, m in enumerate(fitting, start=first)
    )
    return Plan(move.code, jobs)


def run_round(task: MinionsTask, progress: _Progress, plan: Plan, number: int) -> Steps[None]:
    """Do a plan's jobs and report what they found to the remote model."""
    memory, config = progress.memory, task.config
    yield from Emit(RoundStarted(round=number))
    tasks = tuple(dict.fromkeys(job.task for job in plan.jobs))
    yield from Emit(PlanWritten(round=number, plan=plan.code, jobs=len(plan.jobs), tasks=tasks))
    done = yield from do_jobs(task, plan.jobs, is_first=not progress.jobs)
    progress.jobs.extend(done)
    findings = gather_findings(
        done,
        task.documents,
        first_number=len(memory.findings) + 1,
        heading_of=task.heading_at,
        library=task.library,
    )
    memory.findings.extend(findings)
    told = report(
        findings,
        tasks=tasks,
        done=done,
        coverage=coverage([job for job, _ in progress.jobs], task.documents),
        count=task.count,
        max_tokens=config.max_evidence_tokens,
    )
    summary = yield from sum_up(task, plan, done)
    text = "\n\n".join([told.text, *(item.text for item in summary)])
    memory.rounds.append(
        RoundRecord(
            number=number,
            plan=plan.code,
            report=text,
            jobs=tuple(result for _, result in done),
        )
    )
    memory.hear(
        render("minions_report", round=number, report=text, next=_what_next(config, number)),
        (*told.disclosed, *summary),
    )
    yield from Emit(EvidenceGathered(round=number, findings=len(findings), report=text))


def sum_up(
    task: MinionsTask, plan: Plan, done: Sequence[tuple[Job, JobResult]]
) -> Steps[tuple[Disclosed, ...]]:
    """What the plan's own `transform_outputs` makes of the jobs, or nothing if it has none."""
    if not has_transform(plan.code):
        return ()
    run = yield from RunPlan(
        stage="transform",
        code=plan.code,
        documents=(),
        finished=tuple(_finished(job, result) for job, result in done),
        max_text_chars=int(task.config.max_evidence_tokens * task.chars_per_token) // _OUTPUT_SHARE,
    )
    said = f"failed: {run.error}" if run.error else f"returned: {one_line(run.text or '')}"
    return (Disclosed(kind="plan_output", text=f"Your transform_outputs {said}"),)


def _unfit(manifests: Sequence[Manifest], most: int) -> str | None:
    """What is wrong with jobs that are well-formed: too many after cutting, or too long."""
    if len(manifests) > most:
        return (
            f"With over-long chunks cut, it comes to {len(manifests)} jobs; the limit is {most}. "
            "Use search() or fewer tasks."
        )
    longest = max(max(len(manifest.task), len(manifest.advice)) for manifest in manifests)
    if longest > _MOST_TASK_CHARS:
        return (
            f"A task or advice has {longest} characters; the limit is {_MOST_TASK_CHARS}. "
            "A task is one question about its chunk."
        )
    return None


def _finished(job: Job, result: JobResult) -> FinishedJob:
    output = {
        "explanation": result.explanation,
        "citation": result.citation,
        "answer": result.answer,
    }
    return FinishedJob(
        manifest=Manifest(chunk=job.chunk, task=job.task, advice=job.advice),
        round=job.round,
        sample=json.dumps(output, ensure_ascii=False),
        **output,
    )


def _places(progress: _Progress) -> tuple[FindingPlace, ...]:
    return tuple(
        FindingPlace(number=finding.number, chunk=finding.places[0].chunk)
        for finding in progress.memory.findings
    )


def _jobs_left(config: MinionsConfig, used: int) -> int:
    allowed = config.budget.jobs
    if allowed is not None and used >= allowed:
        raise BudgetExceeded("jobs", used, allowed)
    return _most_jobs(config) if allowed is None else min(_most_jobs(config), allowed - used)


def _most_jobs(config: MinionsConfig) -> int:
    allowed = config.budget.jobs
    return config.max_jobs_per_round if allowed is None else min(config.max_jobs_per_round, allowed)


def _what_next(config: MinionsConfig, number: int) -> str:
    left = config.max_rounds - number
    if not left:
        return _ANSWER_ONLY
    return (
        f"Answer now if this suffices. If not, send another plan: {_counted(left, 'round')} left."
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
