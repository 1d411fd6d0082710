"""Jobs: a chunk and a task go to the local model, a result with a status comes back."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from minions_core.chunking import cut
from minions_core.documents import Chunk
from minions_core.effects import Ask, Emit, Gather, JsonSchema, Manifest, Steps
from minions_core.errors import BudgetExceeded, ContextWindowExceeded, ModelError
from minions_core.events import JobFinished, JobStarted
from minions_core.jobs import Job, Unreadable, job_result, lost_job, read_output
from minions_core.messages import Message
from minions_core.prompts import fenced, render

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minions_core.config import MinionsConfig
    from minions_core.messages import Reply
    from minions_core.protocols.task import Task
    from minions_core.result import JobResult

_AROUND_CHUNK_TOKENS = 600
_LEAST_CHUNK_TOKENS = 100
_FIELDS = {
    "explanation": "one short sentence on how the excerpt answers the task, or null",
    "citation": "the one sentence or table row that shows it, copied exactly, or null",
    "answer": "the answer in as few words as it takes (two to four sentences if a summary is asked "
    "for), or null if the excerpt does not tell",
}


def do_jobs(
    task: Task[MinionsConfig], jobs: Sequence[Job], *, is_first: bool
) -> Steps[list[tuple[Job, JobResult]]]:
    """All jobs, each with what became of it, in their order.

    They run in lanes, one for each chunk: the jobs of a chunk share a prompt up to its end, which a
    server's prefix cache serves only if they do not start together.

    Raises:
        ModelError: every single call of the first round failed, so going on would only cost money.
    """
    lanes: dict[Chunk, list[Job]] = {}
    for job in jobs:
        lanes.setdefault(job.chunk, []).append(job)
    failures: list[ModelError] = []
    done = yield from Gather(
        lane(task, jobs_of_chunk, failures) for jobs_of_chunk in lanes.values()
    )
    if is_first and len(failures) == len(jobs):
        raise failures[0]
    return sorted((pair for pairs in done for pair in pairs), key=lambda pair: pair[0].id)


def lane(
    task: Task[MinionsConfig], jobs: Sequence[Job], failures: list[ModelError]
) -> Steps[list[tuple[Job, JobResult]]]:
    """The jobs of one chunk, one after another."""
    done: list[tuple[Job, JobResult]] = []
    for job in jobs:
        result = yield from work(job, task, failures)
        done.append((job, result))
    return done


def work(job: Job, task: Task[MinionsConfig], failures: list[ModelError]) -> Steps[JobResult]:
    """Do `job`; a failed call is noted in `failures` and sinks this job alone.

    Raises:
        ModelError: the local model cannot be reached at all.
    """
    yield from Emit(JobStarted(round=job.round, job=job.id))
    document = job.chunk.document
    name = task.documents[document].name if document is not None else None
    try:
        result = yield from ask_and_read(job, task.config, name)
    except BudgetExceeded as limit:
        result = lost_job(job, "failed", str(limit), name)
    except ModelError as error:
        if error.fatal:
            raise
        failures.append(error)
        result = lost_job(job, "failed", str(error), name)
    yield from Emit(
        JobFinished(round=job.round, job=job.id, status=result.status, answer=result.answer)
    )
    return result


def ask_and_read(job: Job, config: MinionsConfig, name: str | None) -> Steps[JobResult]:
    """Ask the local model, read its reply, and have an unreadable one mended once."""
    conversation = job_messages(job, config.worker_output)
    wrong = ""
    for label in (f"job_{job.id}", f"job_{job.id}_repair"):
        reply = yield from Ask(
            "local",
            conversation,
            label,
            schema=output_schema(config.worker_output),
            max_output_tokens=config.max_reply_tokens,
        )
        cut_off = _truncation(reply)
        if cut_off:
            return lost_job(job, "truncated", cut_off, name)
        try:
            return job_result(job, read_output(reply.text, config.worker_output), name)
        except Unreadable as error:
            wrong = str(error)
        conversation = (
            *conversation,
            Message("assistant", reply.text),
            Message("user", f"{wrong} Reply again, with the JSON object only."),
        )
    return lost_job(job, "unparsable", wrong, name)


def job_messages(job: Job, schema: type[BaseModel]) -> tuple[Message, ...]:
    """The prompt of a job: the same for all jobs of a chunk up to the chunk's end."""
    prompt = render(
        "minions_job",
        chunk=fenced(job.chunk.text),
        task=job.task,
        advice=f"Advice: {job.advice}\n" if job.advice else "",
        fields="\n".join(f"- {name}: {text}" for name, text in _described(schema).items()),
    )
    return (Message("system", render("minions_worker")), Message("user", prompt))


@cache
def output_schema(schema: type[BaseModel]) -> JsonSchema:
    """A worker's reply schema, for models that can be held to one."""
    return JsonSchema(name=schema.__name__, schema=schema.model_json_schema())


def _described(schema: type[BaseModel]) -> dict[str, str]:
    return {
        name: field.description or _FIELDS.get(name, "as the task wants it, or null")
        for name, field in schema.model_fields.items()
    }


def _truncation(reply: Reply) -> str | None:
    if reply.finish_reason == "input_truncated":
        return "the server cut the prompt: give the local model a larger context window (num_ctx)"
    if reply.finish_reason == "length":
        return "the reply was cut off: raise max_reply_tokens or ask for less"
    return None


def max_chunk_tokens(task: Task[MinionsConfig]) -> int:
    """The longest chunk a job may read: as configured, or what the local model's window holds.

    Raises:
        ContextWindowExceeded: the window holds no chunk worth reading.
    """
    config = task.config
    if task.window is None:
        return config.max_chunk_tokens
    room = task.window - max_job_tokens(config) + config.max_chunk_tokens
    if room < _LEAST_CHUNK_TOKENS:
        raise ContextWindowExceeded(
            f"the local model holds {task.window:,} tokens, too few for a job: enlarge its window "
            "or lower max_reply_tokens"
        )
    return min(config.max_chunk_tokens, room)


def max_chunk_chars(task: Task[MinionsConfig]) -> int:
    """The same in characters, as the documents' own text runs."""
    return int(max_chunk_tokens(task) * task.chars_per_token)


def cut_to_size(manifests: Iterable[Manifest], max_chars: int) -> Iterable[Manifest]:
    """The manifests, those with over-long chunks cut into several."""
    for manifest in manifests:
        whole = manifest.chunk
        if len(whole.text) <= max_chars:
            yield manifest
            continue
        pieces = cut(whole.text, max_chars)
        for number, span in enumerate(pieces, start=1):
            place = span.shifted(whole.span.start) if whole.span else None
            text = whole.text[span.start : span.end]
            yield replace(manifest, chunk=Chunk(text, whole.document, place, number, len(pieces)))


def max_job_tokens(config: MinionsConfig) -> int:
    """Tokens a job may need in all: the chunk, what is said around it, the reply and its repair."""
    return config.max_chunk_tokens + _AROUND_CHUNK_TOKENS + 2 * config.max_reply_tokens
