"""What plan code finds already defined when it runs in the sandbox (arXiv 2502.15964, section 5).

This file is fed to the sandbox as text; it is never imported. Besides the names of the paper's
contract it holds the modules plans use most, for plans that forget to import them.
"""

import json
import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Set, Tuple, Union  # noqa: UP035 - plans say so

__all__ = [
    "Any",
    "Callable",
    "Counter",
    "Dict",
    "Job",
    "JobManifest",
    "JobOutput",
    "List",
    "Optional",
    "Set",
    "Tuple",
    "Union",
    "bm25_retrieve_top_k_chunks",
    "chunk_by_page",
    "dataclass",
    "defaultdict",
    "json",
    "math",
    "re",
    "retrieve_top_k_chunks",
]

if TYPE_CHECKING:  # helpers that live outside

    def minions_pages(text: object) -> list[str]:
        """The pages of a text."""
        ...

    def search(chunks: list[str], query: str | list[str], k: int = 5) -> list[str]:
        """The chunks that suit a query best."""
        ...


@dataclass
class JobManifest:
    """One task for one chunk."""

    chunk: str
    task: str
    advice: str = ""
    chunk_id: object = None
    task_id: object = None
    job_id: object = None
    kind: str = "look-up"
    samples: Any = None


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
    include: object = True


def chunk_by_page(
    text: object = None, page_markers: list[str] | None = None, doc: object = None
) -> list[str]:
    """The pages of a text: ours, or what stands between the marks the plan looks for."""
    text = doc if text is None else text
    if page_markers is None or not isinstance(text, str):
        return minions_pages(text)
    found = re.finditer("|".join(page_markers), text, re.IGNORECASE | re.MULTILINE)
    marks = [(mark.start(), mark.end()) for mark in found]
    starts = [0] + [end for _, end in marks]
    ends = [start for start, _ in marks] + [len(text)]
    pages = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    return [page for page in pages if page.strip()]


def retrieve_top_k_chunks(
    keywords: Any, chunks: list[str], weights: dict[str, float] | None = None, k: int = 10
) -> list[str]:
    """The chunks that hold the keywords, above all the heaviest, in the order of the chunks."""
    words = list(keywords)
    weighed = [(weights or {}).get(word, 1.0) for word in words]
    heaviest = [word for word, weight in zip(words, weighed, strict=True) if weight == max(weighed)]
    found = search(chunks, [" ".join(words), " ".join(heaviest)], k)
    return [chunk for chunk in chunks if chunk in found]


bm25_retrieve_top_k_chunks = retrieve_top_k_chunks


def minions_jobs(rows: list[list[Any]]) -> list[Job]:
    """Finished jobs out of the plain rows they come in as."""
    return [
        Job(
            JobManifest(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7]),
            JobOutput(explanation=r[8], citation=r[9], answer=r[10]),
            r[11],
        )
        for r in rows
    ]


def minions_rows(jobs: object) -> list[list[Any]]:
    """What `prepare_jobs` returned, as the plain rows it goes out as.

    The same object n times over is one job with n samples, which is how the reference
    implementation asks for them.
    """
    if not isinstance(jobs, (list, tuple)):
        raise TypeError("prepare_jobs must return a list of JobManifest")
    rows: dict[int, list[Any]] = {}
    for job in jobs:  # pyright: ignore[reportUnknownVariableType] - whatever a plan returned
        if not isinstance(job, JobManifest):
            raise TypeError("prepare_jobs must return only JobManifest objects")
        row = rows.get(id(job))
        if row is None:
            rows[id(job)] = [job.chunk, job.task, job.advice, job.kind, job.samples]
        else:
            row[4] = (row[4] or 1) + (job.samples or 1)
    return list(rows.values())


def minions_text(value: object) -> str:
    """What `transform_outputs` returned, as text."""
    if value is None:
        raise TypeError("transform_outputs must return a str, not None")
    return value if isinstance(value, str) else str(value)
