"""What tests of reports share: findings made by hand."""

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence import Finding, Place

DOCUMENT = Document("x" * 1000, "report.txt")
CHUNK = Chunk("x" * 100, 0, Span(0, 100), 3, 40)


def place(page=None, heading=None, columns=None, chunk=CHUNK, document=0, name="report.txt"):
    return Place(
        chunk=chunk,
        document=document,
        name=name,
        span=Span(0, 5),
        page=page,
        heading=heading,
        columns=columns,
    )


def finding(answer="5", quote="Sales were 5.", number=1, task="Sales?", **settings):
    values = {"check": "verified", "places": (place(page=41),), "jobs": (number,), **settings}
    return Finding(number=number, task=task, answer=answer, quote=quote, **values)
