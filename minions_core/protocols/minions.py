"""MinionS: the remote model plans, the local model reads, the evidence goes back.

The protocol of arXiv 2502.15964, section 5, in one append-only conversation: k rounds cost k + 1
calls of the remote model, and one more where its answer is to be put into a form.
"""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from minions_core.effects import Emit, RunPlan, Steps
from minions_core.events import EvidenceGathered, PlanWritten, RoundStarted
from minions_core.evidence import Told, coverage, gather_findings, one_line, report
from minions_core.ledger import Disclosed
from minions_core.messages import Usage
from minions_core.plans import Answer, Neither, has_transform, read_move
from minions_core.protocols.ending import ended, must_answer_at_once
from minions_core.protocols.opening import open_conversation
from minions_core.protocols.planning import (
    MinionsTask,
    Plan,
    Progress,
    finished,
    left_for_plans,
    limits,
    plan_or_answer,
)
from minions_core.protocols.remote import (
    ANSWER_TOKENS,
    another_round,
    answer_taken,
    ask_remote,
    complain,
    form_turn,
)
from minions_core.protocols.work import max_chunk_chars, run_jobs
from minions_core.result import RoundRecord

if TYPE_CHECKING:
    from minions_core.jobs import Job
    from minions_core.protocols.memory import Memory
    from minions_core.result import JobResult, Outcome

_OUTPUT_SHARE = 4
_AROUND_REPORT_TOKENS = 60
_SHORTEST_REPORT_TOKENS = 100
_NOT_TOLD = (
    "Your transform_outputs was not run: what a program makes of the documents may not leave here."
)
_NO_ROUNDS = "No rounds are left: reply with <answer>...</answer> only."
_NO_MONEY = "The budget allows no further round: reply with <answer>...</answer> only."


def minions(task: MinionsTask, memory: Memory) -> Steps[Outcome]:
    """Answer the question of `task`, writing all that happens into `memory`."""
    config = task.config
    progress = Progress(memory, config.max_plan_repairs, [])
    language = "json" if config.planner == "json" else "code"
    contract = task.render("minions_system", plan=task.render(f"minions_plan_{language}"))
    yield from open_conversation(task, memory, contract, limits(config, max_chunk_chars(task)))
    return (yield from ended(task, memory, work_through(task, progress)))


def work_through(task: MinionsTask, progress: Progress) -> Steps[Answer | None]:
    """Round after round until there is an answer; None if the remote model never gave one."""
    memory = progress.memory
    if must_answer_at_once(task, memory):
        return (yield from last_answer(task, memory))
    for number in range(1, task.config.max_rounds + 1):
        move = yield from plan_or_answer(task, progress, number)
        if isinstance(move, Answer):
            return move
        if move is None:
            if not memory.findings and not memory.rounds:
                return None
            memory.hear(_NO_ROUNDS)
            break
        yield from run_round(task, progress, move, number)
        if memory.stopped:
            break
    return (yield from last_answer(task, memory))


def last_answer(task: MinionsTask, memory: Memory) -> Steps[Answer | None]:
    """The answer that is due now; a remote model that goes on planning is told so once."""
    for label in ("answer", "answer_repair"):
        reply = yield from ask_remote(task, memory, label, last=True)
        move = read_move(reply.text, last=True)
        if isinstance(move, Answer):
            return answer_taken(memory, reply, move)
        if label == "answer":
            reason = move.reason if isinstance(move, Neither) else "That is a plan."
            yield from complain(memory, len(memory.rounds), reason, _NO_ROUNDS)
    memory.notes.append("The remote model gave no answer, though told twice that it must.")
    return None


def run_round(task: MinionsTask, progress: Progress, plan: Plan, number: int) -> Steps[None]:
    """Do a plan's jobs and report what they found to the remote model."""
    memory = progress.memory
    tasks = tuple(dict.fromkeys(job.task for job in plan.jobs))
    yield from Emit(RoundStarted(round=number))
    yield from Emit(
        PlanWritten(round=number, plan=plan.move.code, jobs=len(plan.jobs), tasks=tasks)
    )
    done, limit = yield from run_jobs(task, plan.jobs, is_first=not progress.jobs)
    progress.jobs.extend(done)
    findings = gather_findings(
        done,
        task.documents,
        known=tuple(memory.findings.values()),
        heading_of=task.heading_at,
        library=task.library,
    )
    new = memory.learn(findings, task.documents)
    program = plan.move.code if plan.move.language == "python" else None
    told = report(
        findings,
        tasks=tasks,
        done=done,
        coverage=coverage([job for job, _ in progress.jobs], task.documents),
        count=task.count,
        max_tokens=_evidence_room(task, memory),
        discretion=replace(memory.discretion, program=program),
        library=task.library,
    )
    summary = yield from sum_up(task, memory, plan, done)
    told = Told(
        "\n\n".join([told.text, *(item.text for item in summary)]), (*told.disclosed, *summary)
    )
    memory.rounds.append(_record(number, plan, told.text, done))
    memory.stopped = limit is not None
    memory.hear(_report(task, progress, told.text, number), told.disclosed)
    yield from Emit(
        EvidenceGathered(round=number, findings=len(findings), report=told.text, evidence=new)
    )


def _record(
    number: int, plan: Plan, report_text: str, done: Sequence[tuple[Job, JobResult]]
) -> RoundRecord:
    results = tuple(result for _, result in done)
    return RoundRecord(number=number, plan=plan.move.code, report=report_text, jobs=results)


def sum_up(
    task: MinionsTask, memory: Memory, plan: Plan, done: Sequence[tuple[Job, JobResult]]
) -> Steps[tuple[Disclosed, ...]]:
    """What the plan's own `transform_outputs` makes of the jobs, or nothing if it has none."""
    if plan.move.language != "python" or not has_transform(plan.move.code):
        return ()
    if not memory.discretion.trusts_plans:
        return (Disclosed(kind="plan_output", text=_NOT_TOLD),)
    run = yield from RunPlan(
        stage="transform",
        code=plan.move.code,
        documents=(),
        finished=finished(done),
        max_text_chars=int(task.config.max_evidence_tokens * task.chars_per_token) // _OUTPUT_SHARE,
    )
    said = (
        f"failed: {run.error}"
        if run.error
        else f"returned: {one_line(memory.told(run.text or ''))}"
    )
    return (Disclosed(kind="plan_output", text=f"Your transform_outputs {said}"),)


def _evidence_room(task: MinionsTask, memory: Memory) -> int:
    """Tokens of evidence that fit, and leave enough of the budget for an answer and its form."""
    prompt = memory.prompt_tokens(task.count) + _AROUND_REPORT_TOKENS + task.report_tokens(0)
    answer = Usage(input_tokens=prompt, output_tokens=ANSWER_TOKENS)
    room = memory.purse.room(answer + form_turn(task, prompt))
    most = task.config.max_evidence_tokens
    if room is None:
        return most
    readings = 1 if task.form is None else 2
    return max(_SHORTEST_REPORT_TOKENS, min(most, room // readings))


def _report(task: MinionsTask, progress: Progress, text: str, number: int) -> str:
    """A round's evidence, and what the remote model may do next."""
    memory, config = progress.memory, task.config
    left = config.max_rounds - number
    if left and config.budget.jobs is not None:
        memory.stopped = memory.stopped or progress.calls >= config.budget.jobs
    if left and memory.affords(
        another_round(task, memory, more=task.report_tokens(task.count(text)))
    ):
        more = left_for_plans(config, progress, left)
        demand = f"Answer now if this suffices. If not, send another plan: {more} left."
    else:
        demand = _NO_MONEY if memory.stopped else _NO_ROUNDS
    return task.render("minions_report", round=number, report=text, next=demand)
