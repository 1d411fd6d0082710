"""What tests of findings share: three pages, and jobs that were done on them."""

from minions_core.documents import Chunk, Document, Span
from minions_core.effects import JobKind
from minions_core.evidence import gather_findings
from minions_core.jobs import Job
from minions_core.result import JobResult

PAGES = Document(
    "Balance sheet\nReceivables 2018 4,392\nDebt 10\n"
    "\fCash flows\nReceivables 2018 (305)\nDebt 10\n"
    "\fNotes\nTim Cook is chairman. Receivables rose 22.9 % to 4,392.\n",
    "report.txt",
)
FIRST, SECOND, THIRD = PAGES.text.split("\f")


def chunk_of(text: str, document: int = 0, whole: Document = PAGES) -> Chunk:
    start = whole.text.index(text)
    return Chunk(text, document, Span(start, start + len(text)))


def done(
    number: int,
    chunk: Chunk,
    answer: str | None,
    quote: str | None,
    task: str = "Receivables?",
    kind: JobKind = "look-up",
) -> tuple[Job, JobResult]:
    result = JobResult(id=number, task=task, status="answered", answer=answer, citation=quote)
    return Job(id=number, round=1, task=task, chunk=chunk, kind=kind), result


def gather(*jobs, documents=(PAGES,)):
    return gather_findings(
        jobs,
        documents,
        heading_of=lambda document, offset: f"heading {document}",
    )
