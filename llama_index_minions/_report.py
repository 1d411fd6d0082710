"""What a run tells, in the words of LlamaIndex: source nodes, metadata, the text of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from llama_index.core.schema import NodeWithScore

from llama_index_minions._nodes import Place, Reading
from minions_core.events import Event, RunFinished, TextDelta

if TYPE_CHECKING:
    from minions_core.result import Citation, MinionsResult

_BLANK_LINE = "\n\n"


class Sources:
    """The nodes of one answer, and all there is to say of them once the run is over.

    A response is given `nodes` and `metadata` before its text has been streamed; both are filled in
    place, so that it holds the final ones when the stream ends.

    Attributes:
        reading: what there is to read.
        nodes: the source nodes of the response.
        metadata: the metadata of the response.
    """

    def __init__(self, nodes: Sequence[NodeWithScore], more: Iterable[NodeWithScore] = ()) -> None:
        self.reading = Reading.of(nodes)
        self.nodes = [*nodes, *more]
        self.metadata: dict[str, Any] = {node.node_id: node.metadata for node in self.nodes}

    def settle(self, result: MinionsResult) -> None:
        """Put the cited nodes first, and the account of the run into the metadata."""
        places = [(citation, self.reading.place(citation)) for citation in result.citations]
        cited = {place.node.node_id: place.node for _, place in places if place}
        others = [node for node in self.nodes if node.node_id not in cited]
        self.nodes[:] = [*cited.values(), *others]
        self.metadata["minions"] = summary(result) | {
            "citations": [_cited(citation, place) for citation, place in places]
        }


class AnswerText:
    """Makes the text of an answer out of the events of a run.

    What was streamed cannot be taken back. An answer that begins anew, or is another in the end
    than it began to be, follows after a blank line.

    Args:
        on_result: told the result when the run is over, if anybody wants to know.
    """

    def __init__(self, on_result: Callable[[MinionsResult], None] | None = None) -> None:
        self._on_result = on_result
        self._told = ""

    def piece(self, event: Event) -> str:
        """What `event` adds to the text: nothing, for most."""
        match event:
            case TextDelta(text=text, anew=False):
                self._told += text
                return text
            case TextDelta(text=text):
                self._told = text
                return _BLANK_LINE + text
            case RunFinished(result=result):
                if self._on_result:
                    self._on_result(result)
                return self._untold(result.answer)
            case _:
                return ""

    def _untold(self, answer: str) -> str:
        """The end of the answer that was not streamed, or all of a streamed one's successor."""
        if answer.startswith(self._told):
            return answer[len(self._told) :]
        return _BLANK_LINE + answer


def summary(result: MinionsResult) -> dict[str, Any]:
    """The account of a run as plain JSON data, without its citations."""
    ledger, disclosure = result.ledger, result.disclosure
    return {
        "protocol": result.protocol,
        "status": result.status,
        "rounds": len(result.rounds),
        "usage": {"local": ledger.local.counts(), "remote": ledger.remote.counts()},
        "cost": _money(ledger.cost),
        "baseline": _money(ledger.baseline),
        "saving": _money(ledger.saving),
        "disclosure": {
            "tokens": disclosure.tokens,
            "document_tokens": disclosure.document_tokens,
            "share": disclosure.share,
        },
        "notes": list(result.notes),
    }


def _money(amount: object | None) -> str | None:
    return None if amount is None else str(amount)


def _cited(citation: Citation, place: Place | None) -> dict[str, Any]:
    span = place.span if place else None
    return {
        "number": citation.number,
        "node_id": place.node.node_id if place else None,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "quote": citation.quote,
        "page": citation.page,
        "heading": citation.heading,
        "document": citation.document,
        "check": citation.check,
    }
