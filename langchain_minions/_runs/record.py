"""What a run came to, as plain data that goes wherever messages go, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from hashlib import sha256
from typing import Any, cast

from langchain_core.messages import BaseMessage
from pydantic import TypeAdapter, ValidationError

from langchain_minions._runs.reading import CoreText
from minions_core.ledger import Ledger
from minions_core.result import Citation, MinionsResult, Turn

RECORD = "minions"
"""Where a message keeps it, among its `response_metadata`."""

DIRECT: Mapping[str, Any] = {"status": "direct"}
"""The record of an answer the remote model gave with no run, as there was nothing to read."""


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
    them was hidden. `disclosure` tells how much of the texts left the machine, in tokens, and in
    how many pieces; the pieces themselves are in the result alone.
    """
    left = result.disclosure
    return {
        "question": result.question,
        "answer": result.answer,
        "status": result.status,
        "citations": [asdict(citation) for citation in result.citations],
        "reports": [done.report for done in result.rounds],
        "rounds": len(result.rounds),
        "notes": list(result.notes),
        "disclosure": {
            "tokens": left.tokens,
            "document_tokens": left.document_tokens,
            "share": left.share,
            "items": len(left.items),
        },
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


def digest_of(texts: Iterable[CoreText]) -> str:
    """What tells texts from others, so that a record can tell what its run has read."""
    digest = sha256()
    for text in texts:
        told = (text if isinstance(text, str) else text.text).encode(errors="surrogatepass")
        digest.update(len(told).to_bytes(8) + told)
    return digest.hexdigest()


def has_read(kept: Mapping[str, Any], texts: Iterable[CoreText]) -> bool:
    """Whether a record is of a run that read these texts; true if it does not tell which."""
    return kept.get("texts") in (None, digest_of(texts))


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
