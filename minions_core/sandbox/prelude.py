"""What plan code finds already defined when it runs in the sandbox (arXiv 2502.15964, section 5).

This file is fed to the sandbox as text; it is never imported.
"""

from dataclasses import dataclass
from typing import Any


@dataclass
class JobManifest:
    """One task for one chunk."""

    chunk: str
    task: str
    advice: str = ""
    chunk_id: object = None
    task_id: object = None
    job_id: object = None


@dataclass
class JobOutput:
    """What a worker replied."""

    explanation: object = None
    citation: object = None
    answer: object = None


@dataclass
class Job:
    """A finished job."""

    manifest: JobManifest
    output: JobOutput
    sample: str = ""
    include: bool = True


def minions_jobs(rows: list[list[Any]]) -> list[Job]:
    """Finished jobs out of the plain rows they come in as."""
    return [
        Job(
            JobManifest(r[0], r[1], r[2], chunk_id=r[3], task_id=r[4], job_id=r[5]),
            JobOutput(explanation=r[6], citation=r[7], answer=r[8]),
            r[9],
        )
        for r in rows
    ]


def minions_rows(jobs: object) -> list[list[Any]]:
    """What `prepare_jobs` returned, as the plain rows it goes out as."""
    if not isinstance(jobs, list):
        raise TypeError("prepare_jobs must return a list of JobManifest")
    rows: list[list[Any]] = []
    for job in jobs:  # pyright: ignore[reportUnknownVariableType] - whatever a plan returned
        if not isinstance(job, JobManifest):
            raise TypeError("prepare_jobs must return only JobManifest objects")
        rows.append([job.chunk, job.task, job.advice])
    return rows
