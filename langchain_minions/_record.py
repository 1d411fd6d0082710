"""What a run came to, as plain data that goes wherever messages go, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, cast

from langchain_core.messages import BaseMessage

from minions_core.ledger import Ledger
from minions_core.result import Citation, MinionsResult

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
    """What a message tells of the run that made it, JSON-safe."""
    return {
        "question": result.question,
        "answer": result.answer,
        "status": result.status,
        "citations": [asdict(citation) for citation in result.citations],
        "rounds": len(result.rounds),
        "notes": list(result.notes),
        **usage_of(result.ledger),
    }


def evidence_of(message: BaseMessage) -> tuple[Citation, ...]:
    """The citations a message keeps, so that a later question can cite them again."""
    kept: Mapping[str, Any] = cast("Mapping[str, Any]", message.response_metadata).get(RECORD) or {}
    return tuple(Citation(**citation) for citation in kept.get("citations", ()))
