"""Consoles that write into memory, and events and results to show on them."""

import io

from rich.console import Console

from minions_core.events import JobFinished, JobStarted, PlanWritten, RoundStarted, RunStarted
from minions_core.ledger import Account, Disclosure, Ledger
from minions_core.messages import Usage
from minions_core.result import Citation, MinionsResult

HOSTILE = "a\x1b[2J\x1b]0;owned\x07\x9b31m\r\u202eb"
"""Text that clears a screen, names a window, and turns the direction of writing."""


class Clock:
    """Time that goes on when told to."""

    now = 0.0

    def __call__(self):
        return self.now


def terminal(width=100, height=30, colours=None):
    """A terminal of which the text is kept; without colours, unless they are named."""
    return Console(
        file=io.StringIO(), force_terminal=True, color_system=colours, width=width, height=height
    )


def plain():
    """What is no terminal."""
    return Console(file=io.StringIO(), force_terminal=False)


def shown_on(console):
    return console.file.getvalue()


def started(job, number=1, **told):
    return JobStarted(round=number, job=job, task="Who?", document="a.txt", **told)


def finished(job, status="answered", number=1, answer="Ada"):
    return JobFinished(round=number, job=job, status=status, answer=answer)


def planned(jobs, number=1, tasks=("Who?",)):
    return (
        RoundStarted(round=number),
        PlanWritten(round=number, plan="...", jobs=jobs, tasks=tasks),
    )


def begun(question="Who was first?"):
    return RunStarted(protocol="minions", question=question, documents=1, document_tokens=34_000)


def citation(number=1, **told):
    given = {"quote": "Ada was first.", "answer": "Ada", "check": "verified", "page": 3}
    return Citation(**{"number": number, "document": "a.txt", "document_index": 0, **given, **told})


def result(answer="It was Ada [1].", status="answered", citations=None, **told):
    remote = Account(calls=2, usage=Usage(input_tokens=1_750, output_tokens=380), models=("m",))
    given = {
        "ledger": Ledger(remote=remote),
        "disclosure": Disclosure(tokens=340, document_tokens=34_000),
        "citations": (citation(),) if citations is None else citations,
    }
    return MinionsResult(
        protocol="minions",
        question="Who was first?",
        answer=answer,
        status=status,
        **{**given, **told},
    )
