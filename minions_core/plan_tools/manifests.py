"""The jobs a plan wants, checked, placed and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import cast, get_args

from minions_core.documents import Chunk
from minions_core.effects import JobKind, Manifest
from minions_core.errors import UsageError
from minions_core.plan_tools.arguments import string, whole
from minions_core.plan_tools.tools import PlanTools

_MOST_ROWS = 100_000
_KINDS: dict[str, JobKind] = {
    "".join(filter(str.isalpha, kind)): kind for kind in get_args(JobKind)
}


def job_kind(value: object) -> JobKind:
    """The kind of job `value` names, whichever way it is hyphenated.

    Raises:
        UsageError: it names none.
    """
    letters = "".join(filter(str.isalpha, value)).lower() if isinstance(value, str) else ""
    if letters not in _KINDS:
        raise UsageError(f"the kind must be one of {', '.join(map(repr, get_args(JobKind)))}")
    return _KINDS[letters]


class JobList:
    """Collects the jobs of a plan, up to its limits.

    Args:
        most: how many local calls the plan may come to, each sample of a job counted.
        most_samples: how many samples one job may want.
    """

    def __init__(self, most: int, most_samples: int) -> None:
        self._most = most
        self._most_samples = most_samples
        self._jobs: dict[tuple[Chunk, str, str, JobKind], Manifest] = {}
        self._calls = 0

    def add(self, manifest: Manifest) -> None:
        """Add a job. One that is there already counts once: a job wants samples by saying so.

        Raises:
            UsageError: it wants too many samples, or there are too many jobs now.
        """
        if manifest.samples is not None and not 1 <= manifest.samples <= self._most_samples:
            raise UsageError(f"samples must be between 1 and {self._most_samples}")
        key = (manifest.chunk, manifest.task, manifest.advice, manifest.kind)
        if key in self._jobs:
            return
        self._jobs[key] = manifest
        self._calls += manifest.samples or 1
        if self._calls > self._most:
            raise too_many_jobs(self._most)

    def manifests(self) -> tuple[Manifest, ...]:
        """All of them, in order.

        Raises:
            UsageError: there are none.
        """
        if not self._jobs:
            raise UsageError("the plan comes to no jobs: widen the search or drop a filter")
        return tuple(self._jobs.values())


def too_many_jobs(most: int) -> UsageError:
    """What a plan is told that comes to more than `most` jobs."""
    return UsageError(
        f"the plan comes to too many jobs, the limit is {most} with every sample counted: "
        "use larger chunks, fewer tasks, fewer samples or search"
    )


@contextmanager
def told_of(whose: str) -> Generator[None]:
    """Say of whatever is wrong in this block whose it is: "job 3"."""
    try:
        yield
    except UsageError as error:
        raise UsageError(f"{whose}: {error}") from error


def as_manifests(
    rows: object, tools: PlanTools, *, max_manifests: int, max_samples: int
) -> tuple[Manifest, ...]:
    """The rows `[chunk, task, advice, kind, samples]` out of the sandbox, checked and placed.

    The same row again is the job for the next place that text was cut from. When there is none
    left, it is a repeat and dropped: asked the same of the same chunk, a model says the same.

    Raises:
        UsageError: a row is not what the contract says, there are none, or too many.
    """
    if not isinstance(rows, list):
        raise UsageError("prepare_jobs must return a list of JobManifest")
    listed = cast("list[object]", rows)
    if len(listed) > _MOST_ROWS:
        raise too_many_jobs(max_manifests)
    jobs = JobList(max_manifests, max_samples)
    uses: Counter[tuple[str, str, str, JobKind]] = Counter()
    for row in listed:
        with told_of("a job"):  # which one is a number the plan may have chosen
            chunk, task, advice, kind, samples = _row(row)
        same = (chunk, task, advice, kind)
        for place in tools.places_of(chunk)[uses[same] : uses[same] + 1]:
            jobs.add(Manifest(chunk=place, task=task, advice=advice, kind=kind, samples=samples))
        uses[same] += 1
    return jobs.manifests()


def _row(row: object) -> tuple[str, str, str, JobKind, int | None]:
    values = cast("list[object]", row) if isinstance(row, list) else []
    if len(values) != 5:  # noqa: PLR2004, chunk, task, advice, kind and samples
        raise UsageError("this is no JobManifest; a plan must not redefine minions_rows")
    chunk = string(values[0], "the chunk")
    task = string(values[1], "the task").strip()
    advice = string(values[2] or "", "the advice").strip()
    samples = None if values[4] is None else whole(values[4], "samples, how often to ask")
    if not chunk.strip() or not task:
        raise UsageError(f"the {'task' if chunk.strip() else 'chunk'} is empty")
    return chunk, task, advice, job_kind(values[3]), samples
