"""A small sandbox, a report, and plans for it."""

from minions_core.documents import Chunk, Document, Span
from minions_core.effects import FinishedJob, Manifest, RunPlan
from minions_core.sandbox import MontySandbox

FILLER = " ".join(f"On day {day} nothing happened." for day in range(200))
REPORT = Document(f"Revenue was 7.\n\nCosts were 3.\n\n{FILLER}", "report")
SANDBOX = MontySandbox(seconds=1, memory_mb=128)


def prepare(code, *documents, **options):
    plan = RunPlan(stage="prepare", code=code, documents=documents or (REPORT,), **options)
    return SANDBOX.run(plan)


def finished(answer, citation="q"):
    return FinishedJob(
        manifest=Manifest(chunk=Chunk("Revenue was 7.", 0, Span(0, 14)), task="Revenue?"),
        round=1,
        answer=answer,
        citation=citation,
        explanation=None,
        sample="{}",
    )
