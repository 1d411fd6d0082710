"""Plan code in pydantic-monty: a Python of its own, in a process of its own, with nothing in reach.

No files, no network, no imports beyond monty's own few; limits on time, memory, recursion, output
and calls. Each plan gets a fresh process (4 ms) that ends with it, so nothing outlives a plan and a
crash costs nobody else. API: https://pypi.org/project/pydantic-monty/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from minions_core.effects import PlanRun
from minions_core.errors import SandboxError, UsageError
from minions_core.plans import PlanTools, accepted_arguments, as_manifests, scrubbed

if TYPE_CHECKING:
    from pydantic_monty import MontyRuntimeError, MontySession, MontySyntaxError

    from minions_core.documents import Chunk
    from minions_core.effects import FinishedJob, RunPlan

_MAX_HELPER_CALLS = 5000
_MAX_RECURSION = 200
_MAX_PRINTED_BYTES = 1 << 16
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class MontySandbox:
    """The sandbox the project runs plans in.

    Attributes:
        seconds: how long a stage of a plan may run.
        memory_mb: how much memory it may use, in MiB, the documents included.
    """

    seconds: float = 5.0
    memory_mb: int = 512

    def run(self, plan: RunPlan) -> PlanRun:
        """Run one stage of a plan, blocking; safe to call from several threads.

        Raises:
            SandboxError: the sandbox's process could not be started.
        """
        from pydantic_monty import (
            Monty,
            MontyCrashedError,
            MontyError,
            MontyRuntimeError,
            MontySyntaxError,
        )

        stage = _Stage(plan)
        try:
            with (
                Monty(request_timeout=self.seconds + _GRACE_SECONDS, max_processes=1) as pool,
                pool.checkout(limits=self._limits(), os_policy={"sleep": "zero"}) as session,
            ):
                return stage.play(session)
        except MontyCrashedError:
            return PlanRun(error=f"The plan was stopped: {self._allowance()}.")
        except (MontySyntaxError, MontyRuntimeError) as error:
            return PlanRun(error=stage.told(error, self._allowance()))
        except MontyError as error:
            return PlanRun(error=scrubbed(f"The plan could not run: {error}", plan.code))
        except UsageError as error:
            return PlanRun(error=scrubbed(str(error), plan.code))
        except OSError as error:
            raise SandboxError(f"the sandbox's process could not be started: {error}") from error

    def _limits(self) -> Any:
        return {
            "max_feed_duration_secs": self.seconds,
            "max_memory": self.memory_mb << 20,
            "max_suspensions": _MAX_HELPER_CALLS,
            "max_recursion_depth": _MAX_RECURSION,
        }

    def _allowance(self) -> str:
        return f"it may use {self.seconds:g} s and {self.memory_mb} MB"


class _Stage:
    """One stage of one plan: what goes into the session, and what comes out."""

    def __init__(self, plan: RunPlan) -> None:
        from pydantic_monty import CollectString

        self._plan = plan
        self._tools = PlanTools(plan.documents, plan.places)
        self._printed = CollectString(max_bytes=_MAX_PRINTED_BYTES)

    def play(self, session: MontySession) -> PlanRun:
        self._feed(session, _prelude())
        self._feed(session, self._plan.code)
        return self._prepare(session) if self._plan.stage == "prepare" else self._transform(session)

    def told(self, error: MontySyntaxError | MontyRuntimeError, allowance: str) -> str:
        """What went wrong, for the plan's author: the line of the plan and a scrubbed message."""
        lines = self._plan.code.splitlines()
        numbers = [frame.line for frame in error.traceback() if 0 < frame.line <= len(lines)]
        kind, _, message = error.display("type-msg").partition(": ")
        source = lines[numbers[-1] - 1].strip() if numbers else ""
        is_bare = kind == "KeyError" or source.startswith(("raise", "assert"))
        if is_bare and message not in self._plan.code:
            message = "(message withheld: it may hold document text)"
        where = f" at line {numbers[-1]}: {source}" if numbers else ""
        limits = f" ({allowance})" if kind in {"TimeoutError", "MemoryError"} else ""
        return scrubbed(f"{kind}: {message}{limits}{where}", self._plan.code)

    def _prepare(self, session: MontySession) -> PlanRun:
        before = _rows(self._plan.finished, chunks=True) or None
        taken = accepted_arguments(self._plan.code, "prepare_jobs")
        given = ["_context", "_manifests", "_outputs"][:taken]
        rows = self._feed(
            session,
            "_past = minions_jobs(_before) if _before else []\n"
            "_manifests = [job.manifest for job in _past] or None\n"
            "_outputs = [job.output for job in _past] or None\n"
            f"minions_rows(prepare_jobs({', '.join(given)}))",
            _context=[document.text for document in self._plan.documents],
            _before=before,
        )
        limit = self._plan.max_manifests
        return PlanRun(manifests=as_manifests(rows, self._tools, max_manifests=limit))

    def _transform(self, session: MontySession) -> PlanRun:
        done = _rows(self._plan.finished, chunks=False)
        text = self._feed(session, "transform_outputs(minions_jobs(_done))", _done=done)
        if not isinstance(text, str):
            return PlanRun(error=f"transform_outputs must return a str, not {type(text).__name__}")
        return PlanRun(text=text[: self._plan.max_text_chars])

    def _feed(self, session: MontySession, code: str, **inputs: object) -> object:
        helpers: Mapping[str, Callable[..., object]] = self._tools.functions()
        return session.feed_run(
            code, inputs=inputs or None, external_lookup=dict(helpers), print_callback=self._printed
        )


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
            job.explanation,
            job.citation,
            job.answer,
            job.sample,
        ]
        for number, job in enumerate(finished)
    ]


@cache
def _prelude() -> str:
    return files("minions_core.sandbox").joinpath("prelude.py").read_text("utf-8")
