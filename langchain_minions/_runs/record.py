"""What a run came to, as plain data that goes wherever messages go, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any, cast

from langchain_core.messages import BaseMessage
from pydantic import TypeAdapter, ValidationError

from minions_core.ledger import Ledger
from minions_core.result import Citation, MinionsResult, Turn

RECORD = "minions"
"""Where a message keeps it, among its `response_metadata`."""


def usage_of(ledger: Ledger) -> dict[str, Any]:
    """For `local` and `remote` the calls, tokens and models; money in US dollars, or None."""
    money = {"cost": ledger.cost, "baseline": ledger.baseline, "saving": ledger.saving}
    return {
        "local": ledger.local.counts(),
        "remote": ledger.remote.counts(),
        **{name: None if amount is None else float(amount) for name, amount in money.items()},
    }


def record(result: MinionsResult) -> dict[str, Any]:
    """What a message tells of the run that made it, JSON-safe.

    `reports` are those that the remote model was shown, in order, before anything sensitive in
    them was hidden.
    """
    return {
        "question": result.question,
        "answer": result.answer,
        "status": result.status,
        "citations": [asdict(citation) for citation in result.citations],
        "reports": [done.report for done in result.rounds],
        "rounds": len(result.rounds),
        "notes": list(result.notes),
        **usage_of(result.ledger),
    }


def record_of(message: BaseMessage) -> Mapping[str, Any] | None:
    """The record a message keeps, or None. It may have been to JSON and back, or be broken."""
    kept: object = cast("Mapping[str, Any]", message.response_metadata).get(RECORD)
    return cast("Mapping[str, Any]", kept) if isinstance(kept, Mapping) else None


def is_of_a_run(kept: Mapping[str, Any]) -> bool:
    """Whether a record tells what a run came to, so that one can go on from it."""
    reports: object = kept.get("reports")
    told = [kept.get(name) for name in ("question", "answer", "status")]
    if isinstance(reports, list | tuple):
        return all(isinstance(text, str) for text in (*told, *cast("Sequence[object]", reports)))
    return False


def turn_of(kept: Mapping[str, Any]) -> Turn:
    """A run's record as a turn of the conversation it was made in."""
    return Turn(
        question=str(kept["question"]), answer=str(kept["answer"]), evidence=_citations(kept)
    )


def evidence_of(message: BaseMessage) -> tuple[Citation, ...]:
    """The citations a message keeps, so that a later question can cite them again.

    Those that cannot be read, as after a change by somebody else, are left out.
    """
    return _citations(record_of(message) or {})


def _citations(kept: Mapping[str, Any]) -> tuple[Citation, ...]:
    given: object = kept.get("citations")
    items = cast("list[object]", given) if isinstance(given, list | tuple) else []
    return tuple(citation for citation in map(_citation, items) if citation)


def _citation(given: object) -> Citation | None:
    try:
        citation = _adapter().validate_python(given)
    except ValidationError:
        return None
    start, end = citation.start, citation.end
    is_whole = start == end if start is None or end is None else 0 <= start <= end
    return citation if is_whole else None


@cache
def _adapter() -> TypeAdapter[Citation]:
    return TypeAdapter(Citation)
