"""What the local model quotes in a reply of its own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from minions_core.config import JobOutput, MinionConfig
from minions_core.documents import Chunk, Span
from minions_core.evidence import gather_findings
from minions_core.jobs import Job, is_abstention, job_result

if TYPE_CHECKING:
    from minions_core.evidence import Finding
    from minions_core.protocols.memory import Memory
    from minions_core.protocols.task import Task

_LABEL = re.compile(r"[\s*_>-]*quotes?[*_]*\s*:[*_]*", re.IGNORECASE)
_IN_MARKS = re.compile(r"[\"“]([^\"“”]{20,})[\"”]")


def check_quotes(
    task: Task[MinionConfig], memory: Memory, question: str, said: str, passages: Sequence[str]
) -> list[Finding]:
    """The passages a reply quotes, looked up in the documents and numbered."""
    if is_abstention(said):
        return []
    number = len(memory.rounds) + 1
    whole = task.documents[0].text
    only = len(task.documents) == 1
    chunk = Chunk(whole, 0, Span(0, len(whole))) if only else Chunk("")
    job = Job(id=number, round=number, task=question, chunk=chunk)
    name = task.documents[0].name if only else None
    done = [
        (job, job_result(job, JobOutput(answer=said, citation=quote), name)) for quote in passages
    ]
    return gather_findings(
        done,
        task.documents,
        known=tuple(memory.findings.values()),
        heading_of=task.heading_at,
        library=task.library,
    )


def parted(reply: str) -> tuple[str, list[str]]:
    """What a reply says, and what it quotes.

    A quote begins with `Quote:` and ends before the next one or a blank line. Without any, long
    passages in quotation marks are taken for quotes, and stay part of what is said. A reply that
    only quotes says all of it.
    """
    said: list[str] = []
    quotes: list[list[str]] = []
    part = said
    for line in reply.split("\n"):
        label = _LABEL.match(line)
        if label:
            part = [line[label.end() :].strip()]
            quotes.append(part)
        elif part is said or line.strip():
            part.append(line.strip())
        elif any(part):
            part = said
    quoted = ["\n".join(lines).strip() for lines in quotes]
    return "\n".join(said).strip() or reply, list(filter(None, quoted)) or _IN_MARKS.findall(reply)
