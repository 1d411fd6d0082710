"""Plan code in pydantic-monty: a Python of its own, in a process of its own, with nothing in reach.

No files, no network, no imports beyond monty's own few; limits on time, memory, recursion, output
and calls. Each plan gets a fresh process (4 ms) that ends with it, so nothing outlives a plan and a
crash costs nobody else. API: https://pypi.org/project/pydantic-monty/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from minions_core.effects import PlanRun
from minions_core.errors import SandboxError, UsageError
from minions_core.plan_tools import PlanTools, as_manifests
from minions_core.plans import call_of
from minions_core.sandbox.fitting import fitted, prelude
from minions_core.sandbox.telling import Teller

if TYPE_CHECKING:
    from pydantic_monty import MontyRuntimeError, MontySession, MontySyntaxError

    from minions_core.documents import Chunk
    from minions_core.effects import FinishedJob, RunPlan

_LEAST_CALLS = 5000
_CALLS_PER_DOCUMENT = 4
_MAX_RECURSION = 200
_MAX_PRINTED_BYTES = 1 << 16
_GRACE_SECONDS = 2.0
_TOO_LONG = "time limit exceeded by the helpers: call them less often or on less text"
_CALL_LESS = "cut each document once and search all the chunks in one call"
_ARGUMENTS = {
    "context": "_context",
    "prev_job_manifests": "_manifests",
    "prev_job_outputs": "_outputs",
}
_RENAMED = {"chunk_by_page": "minions_pages"}  # the prelude's own takes page marks, too
_PLAN_FILE = "<python-input-1>"  # the second feed: the prelude comes before, our call after


@dataclass(frozen=True, slots=True)
class MontySandbox:
    """The sandbox the project runs plans in.

    Attributes:
        seconds: how long a stage of a plan may run, and its helpers likewise.
        memory_mb: how much memory it may use, in MiB, the documents included.
    """

    seconds: float = 5.0
    memory_mb: int = 512

    def run(self, plan: RunPlan) -> PlanRun:
        """Run one stage of a plan, blocking; safe to call from several threads.

        Raises:
            SandboxError: the sandbox's process could not be started.
        """
        if plan.seconds is not None and plan.seconds < self.seconds:
            return replace(self, seconds=plan.seconds).run(plan)
        try:
            return self._run(plan)
        except SandboxError:
            raise
        except UsageError as error:
            return PlanRun(error=str(error))
        except Exception as error:  # noqa: BLE001, a plan can return anything, and must end no run
            return PlanRun(error=f"What the plan returned cannot be used: {type(error).__name__}.")

    def _run(self, plan: RunPlan) -> PlanRun:
        from pydantic_monty import (
            Monty,
            MontyCrashedError,
            MontyError,
            MontyRuntimeError,
            MontySyntaxError,
        )

        stage = _Stage(plan, self.seconds)
        limits = self._limits(stage.most_calls)
        try:
            with (
                Monty(request_timeout=self.seconds + _GRACE_SECONDS, max_processes=1) as pool,
                pool.checkout(limits=limits, os_policy={"sleep": "zero"}) as session,
            ):
                return stage.play(session)
        except MontyCrashedError as error:
            ended = "was stopped" if error.timed_out else "broke its process"
            return PlanRun(error=f"The plan {ended}: {self._allowance()}.")
        except (MontySyntaxError, MontyRuntimeError) as error:
            return PlanRun(error=stage.told(error, self._allowance()))
        except MontyError as error:
            return PlanRun(error=stage.teller.told("The plan could not run", str(error)))
        except OSError as error:
            raise SandboxError(f"the sandbox's process could not be started: {error}") from error

    def _limits(self, most_calls: int = _LEAST_CALLS) -> Any:
        return {
            "max_feed_duration_secs": self.seconds,
            "max_memory": self.memory_mb << 20,
            "max_suspensions": most_calls,
            "max_recursion_depth": _MAX_RECURSION,
        }

    def _allowance(self) -> str:
        return f"it may use {self.seconds:g} s and {self.memory_mb} MB"


class _Stage:
    """One stage of one plan: what goes into the session, and what comes out."""

    def __init__(self, plan: RunPlan, seconds: float) -> None:
        from pydantic_monty import CollectString

        self._plan = plan
        earlier = [job.manifest.chunk for job in plan.finished]
        self._tools = PlanTools(plan.documents, plan.places, earlier, plan.count)
        self._helpers = {
            _RENAMED.get(name, name): partial(self._help, helper)
            for name, helper in self._tools.functions().items()
        }
        self._printed = CollectString(max_bytes=_MAX_PRINTED_BYTES)
        self._seconds_left = seconds
        self.most_calls = max(_LEAST_CALLS, _CALLS_PER_DOCUMENT * len(plan.documents))
        self._too_often = f"the plan calls helpers more than {self.most_calls} times: {_CALL_LESS}"
        self._helpers_said = {_TOO_LONG, self._too_often}
        self.teller = Teller(plan.code, _texts(plan), self._helpers_said)

    def play(self, session: MontySession) -> PlanRun:
        self._feed(session, prelude())
        self._feed(session, fitted(self._plan.code))
        return self._prepare(session) if self._plan.stage == "prepare" else self._transform(session)

    def told(self, error: MontySyntaxError | MontyRuntimeError, allowance: str) -> str:
        """What went wrong, for the plan's author: the line of the plan and a safe message."""
        frames = reversed(error.traceback())
        lines = [frame.line for frame in frames if frame.filename == _PLAN_FILE]
        kind, _, message = error.display("type-msg").partition(": ")
        if message.startswith("suspension limit"):  # so the sandbox calls calls
            message = self._too_often
        return self.teller.told(kind, message, lines, allowance)

    def _prepare(self, session: MontySession) -> PlanRun:
        before = _rows(self._plan.finished, chunks=True) or None
        rows = self._feed(
            session,
            "_past = minions_jobs(_before) if _before else []\n"
            "_manifests = [job.manifest for job in _past] or None\n"
            "_outputs = [job.output for job in _past] or None\n"
            f"minions_rows({call_of(self._plan.code, 'prepare_jobs', _ARGUMENTS)})",
            _context=[document.text for document in self._plan.documents],
            _before=before,
        )
        return PlanRun(
            manifests=as_manifests(
                rows,
                self._tools,
                max_manifests=self._plan.max_manifests,
                max_samples=self._plan.max_samples,
            )
        )

    def _transform(self, session: MontySession) -> PlanRun:
        done = _rows(self._plan.finished, chunks=False)
        text = self._feed(
            session, "minions_text(transform_outputs(minions_jobs(_done)))", _done=done
        )
        if not isinstance(text, str):
            return PlanRun(error="transform_outputs must return a str")
        return PlanRun(text=text[: self._plan.max_text_chars])

    def _feed(self, session: MontySession, code: str, **inputs: object) -> object:
        return session.feed_run(
            code, inputs=inputs or None, external_lookup=self._helpers, print_callback=self._printed
        )

    def _help(self, helper: Callable[..., object], *args: object, **options: object) -> object:
        """Call a helper, as long as the time of the stage has not been spent on helpers."""
        if self._seconds_left <= 0:
            raise TimeoutError(_TOO_LONG)
        began = monotonic()
        try:
            return helper(*args, **options)
        except UsageError as error:
            self._helpers_said.add(str(error))
            raise
        finally:
            self._seconds_left -= monotonic() - began


def _texts(plan: RunPlan) -> list[str]:
    """All that a plan has to work on."""
    jobs = ((job.explanation, job.citation, job.answer, job.sample) for job in plan.finished)
    said = (text for job in jobs for text in job if text)
    chunks = (job.manifest.chunk.text for job in plan.finished)
    return list(dict.fromkeys((*(document.text for document in plan.documents), *chunks, *said)))


def _rows(finished: Sequence[FinishedJob], *, chunks: bool) -> list[list[object]]:
    """Jobs as plain rows for the prelude's `minions_jobs`.

    What sums jobs up gets no `chunks`: its text leaves for the remote model, so it sees what
    workers said and not the documents again.
    """
    chunk_ids: dict[Chunk, int] = {}
    task_ids: dict[str, int] = {}
    return [
        [
            job.manifest.chunk.text if chunks else "",
            job.manifest.task,
            job.manifest.advice,
            chunk_ids.setdefault(job.manifest.chunk, len(chunk_ids)),
            task_ids.setdefault(job.manifest.task, len(task_ids)),
            number,
            job.manifest.kind,
            job.manifest.samples,
            job.explanation,
            job.citation,
            job.answer,
            job.sample,
        ]
        for number, job in enumerate(finished)
    ]
