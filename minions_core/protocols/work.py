"""Jobs: a chunk and a task go to the local model, a result with a status comes back."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from minions_core.chunking import cut
from minions_core.effects import Ask, Emit, Gather, Manifest, Steps
from minions_core.errors import BudgetExceeded, ContextWindowExceeded, ModelError
from minions_core.events import JobFinished, JobStarted
from minions_core.jobs import Job, Unreadable, job_result, lost_job, read_output
from minions_core.jobs.forms import described, output_schema
from minions_core.jobs.votes import Ballot
from minions_core.loose_json import without_thoughts
from minions_core.messages import Message
from minions_core.prompts import fenced
from minions_core.prompts.own import excess

if TYPE_CHECKING:
    from minions_core.config import MinionsConfig
    from minions_core.messages import Reply
    from minions_core.protocols.task import Task
    from minions_core.result import JobResult

_AROUND_CHUNK_TOKENS = 600
_LEAST_CHUNK_TOKENS = 100
_PROMPT_CUT = "the server cut the prompt: give the local model a larger context window (num_ctx)"
_REPLY_CUT = "the reply was cut off: raise max_reply_tokens or ask for less"

Failures: TypeAlias = "list[ModelError | BudgetExceeded]"
"""What the jobs of a round failed of, in the order of time."""


def run_jobs(
    task: Task[MinionsConfig], jobs: Sequence[Job], *, is_first: bool
) -> Steps[tuple[list[tuple[Job, JobResult]], BudgetExceeded | None]]:
    """All jobs, each with what became of it, in their order.

    They run in lanes, one for each text: the jobs on a text share a prompt up to its end, which a
    server's prefix cache serves only if they do not start together.

    Returns:
        The jobs, and the limit of the budget that was met while they ran, if one was. The jobs it
        kept from being asked have failed.

    Raises:
        ModelError: every single call of the first round failed, so going on would only cost money.
    """
    lanes: dict[str, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(job.chunk.text, []).append(job)
    failures: Failures = []
    done = yield from Gather(lane(task, on_one_text, failures) for on_one_text in lanes.values())
    errors = [failure for failure in failures if isinstance(failure, ModelError)]
    if is_first and errors and len(errors) == len(jobs):
        raise errors[0]
    limit = next((failure for failure in failures if isinstance(failure, BudgetExceeded)), None)
    return sorted((pair for pairs in done for pair in pairs), key=lambda pair: pair[0].id), limit


def lane(
    task: Task[MinionsConfig], jobs: Sequence[Job], failures: Failures
) -> Steps[list[tuple[Job, JobResult]]]:
    """The jobs on one text, one after another."""
    done: list[tuple[Job, JobResult]] = []
    for job in jobs:
        result = yield from work(job, task, failures)
        done.append((job, result))
    return done


def work(job: Job, task: Task[MinionsConfig], failures: Failures) -> Steps[JobResult]:
    """Do `job`, as often as its samples want; what it failed of is noted in `failures`.

    Raises:
        ModelError: the local model cannot be reached at all.
    """
    document = job.chunk.document
    name = task.documents[document].name if document is not None else None
    yield from Emit(
        JobStarted(
            round=job.round,
            job=job.id,
            task=job.task,
            document=name,
            document_index=document,
            span=job.chunk.span,
        )
    )
    result = yield from (elect if job.samples > 1 else one_reply)(job, task, name, failures)
    yield from Emit(
        JobFinished(round=job.round, job=job.id, status=result.status, answer=result.answer)
    )
    return result


def elect(
    job: Job, task: Task[MinionsConfig], name: str | None, failures: Failures
) -> Steps[JobResult]:
    """Ask the same several times, and take what most replies agree on."""
    ballot = Ballot(job)
    troubles: Failures = []
    sample = 0
    while not ballot.decided:
        sample += 1
        result = yield from one_reply(job, task, name, troubles, sample)
        ballot.cast(result)
        if _would_fail_again(result, troubles):
            break
    outcome = ballot.outcome()
    limits = [trouble for trouble in troubles if isinstance(trouble, BudgetExceeded)]
    failures.extend((limits or troubles[-1:]) if outcome.status == "failed" else limits)
    return outcome


def _would_fail_again(result: JobResult, troubles: Failures) -> bool:
    """Whether what a reply failed of would meet the same prompt again, however often it is sent."""
    return result.detail == _PROMPT_CUT or any(
        isinstance(trouble, BudgetExceeded | ContextWindowExceeded) for trouble in troubles
    )


def one_reply(
    job: Job, task: Task[MinionsConfig], name: str | None, failures: Failures, sample: int = 0
) -> Steps[JobResult]:
    """Ask once, and take note in `failures` if the call fails.

    Raises:
        ModelError: the local model cannot be reached at all.
    """
    try:
        return (yield from ask_and_read(job, task, name, sample))
    except (BudgetExceeded, ModelError) as error:
        if isinstance(error, ModelError) and error.fatal:
            raise
        failures.append(error)
        return lost_job(job, "failed", str(error), name)


def ask_and_read(
    job: Job, task: Task[MinionsConfig], name: str | None, sample: int = 0
) -> Steps[JobResult]:
    """Ask the local model, read its reply, and have an unreadable one mended once.

    Args:
        job: the job.
        task: what the run is about.
        name: the name of the chunk's document, or None if it has none.
        sample: which of several tries this is, from 1; 0 if it is the only one.
    """
    schema = task.config.worker_output
    conversation = job_messages(job, task)
    label = f"job_{job.id}" + (f"_sample_{sample}" if sample > 1 else "")
    wrong = ""
    for call in (label, f"{label}_repair"):
        reply = yield from Ask(
            "local",
            conversation,
            call,
            schema=output_schema(schema, job.kind),
            max_output_tokens=task.config.max_reply_tokens,
            sample=sample,
        )
        cut_off = _truncation(reply)
        if cut_off:
            return lost_job(job, "truncated", cut_off, name)
        try:
            return job_result(job, read_output(reply.text, schema, job.kind), name)
        except Unreadable as error:
            wrong = str(error)
        conversation = (*conversation, *_complaint(reply.text, wrong))
    return lost_job(job, "unparsable", wrong, name)


def _complaint(said: str, wrong: str) -> tuple[Message, ...]:
    """The unreadable reply, and what is wrong with it. Servers refuse messages without a text."""
    return (
        Message("assistant", without_thoughts(said).strip() or "(nothing)"),
        Message("user", f"{wrong} Reply again, with the JSON object only."),
    )


def job_messages(job: Job, task: Task[MinionsConfig]) -> tuple[Message, ...]:
    """The prompt of a job: the same for all jobs of a chunk up to the chunk's end.

    That is so in our words; of the user's own it is as far as the chunk comes first in them.
    """
    fields = described(task.config.worker_output, job.kind, task.config.privacy)
    prompt = task.render(
        "minions_job",
        chunk=fenced(job.chunk.text),
        task=job.task,
        advice=f"Advice: {job.advice}\n" if job.advice else "",
        fields="\n".join(f"- {key}: {text}" for key, text in fields.items()),
    )
    return (Message("system", task.render("minions_worker")), Message("user", prompt))


def _truncation(reply: Reply) -> str | None:
    if reply.finish_reason == "input_truncated":
        return _PROMPT_CUT
    if reply.finish_reason == "length":
        return _REPLY_CUT
    return None


def max_chunk_tokens(task: Task[MinionsConfig]) -> int:
    """The longest chunk a job may read: as configured, or what the local model's window holds.

    Raises:
        ContextWindowExceeded: the window holds no chunk worth reading.
    """
    config = task.config
    if task.window is None:
        return config.max_chunk_tokens
    room = task.window - _tokens_around(config)
    if room < _LEAST_CHUNK_TOKENS:
        shorten = ", or shorten your own prompts for jobs" if config.prompts else ""
        raise ContextWindowExceeded(
            f"the local model holds {task.window:,} tokens, too few for a job: enlarge its window "
            f"or lower max_reply_tokens{shorten}"
        )
    return min(config.max_chunk_tokens, room)


def max_chunk_chars(task: Task[MinionsConfig]) -> int:
    """The same in characters, as the documents' own text runs."""
    return int(max_chunk_tokens(task) * task.chars_per_token)


def cut_to_size(manifests: Iterable[Manifest], max_chars: int) -> Iterable[Manifest]:
    """The manifests, those with over-long chunks cut into several: parts of one numbered chunk."""
    for manifest in manifests:
        whole = manifest.chunk
        if len(whole.text) <= max_chars:
            yield manifest
            continue
        for span in cut(whole.text, max_chars):
            place = span.shifted(whole.span.start) if whole.span else None
            text = whole.text[span.start : span.end]
            yield replace(manifest, chunk=replace(whole, text=text, span=place))


def max_job_tokens(config: MinionsConfig) -> int:
    """Tokens a job may need in all: the chunk, what is said around it, the reply and its repair."""
    return config.max_chunk_tokens + _tokens_around(config)


def _tokens_around(config: MinionsConfig) -> int:
    longer = excess(config.prompts, "minions_worker", "minions_job")
    return _AROUND_CHUNK_TOKENS + longer + 2 * config.max_reply_tokens
