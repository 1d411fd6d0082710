"""The rounds of a finished run and the conversation with the remote model, word for word."""

from __future__ import annotations

from minions_core.app.markup import Html, counted, div, joined, tag
from minions_core.messages import Message
from minions_core.result import MinionsResult, RoundRecord

_WHO = {
    "system": "Rules for the remote model",
    "user": "To the remote model",
    "assistant": "From the remote model",
}
_ROUNDS = {
    "minion": ("The remote model asked", "The local model said"),
    "minions": ("The plan", "The report to the remote model"),
}


def rounds(result: MinionsResult) -> Html:
    """The rounds, and below them the transcript."""
    return div(
        "mn-rounds",
        *(_round(record, result.protocol) for record in result.rounds),
        div("mn-title", "Every message, word for word"),
        *(_message(message, number) for number, message in enumerate(result.transcript, 1)),
    )


def _round(record: RoundRecord, protocol: str) -> Html:
    jobs = [
        tag(
            "tr",
            tag("td", str(job.id)),
            tag("td", job.status),
            tag("td", job.answer or job.detail or ""),
            tag("td", job.document or ""),
        )
        for job in record.jobs
    ]
    names = joined(*(tag("th", name) for name in ("Job", "Status", "Answer", "Document")))
    table = tag("table", tag("thead", tag("tr", names)), tag("tbody", *jobs), class_="mn-table")
    planned, reported = _ROUNDS[protocol]
    done = f", {counted(len(jobs), 'job')}" if jobs else ""
    return tag(
        "details",
        tag("summary", f"Round {record.number}{done}"),
        div("mn-label", planned),
        tag("pre", record.plan),
        div("mn-scroll", table) if jobs else Html(),
        div("mn-label", reported),
        tag("pre", record.report),
    )


def _message(message: Message, number: int) -> Html:
    said = tag("summary", f"{number}. {_WHO[message.role]}")
    return tag("details", said, tag("pre", message.content))
