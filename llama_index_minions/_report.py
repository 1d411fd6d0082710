"""What a run tells, in the words of LlamaIndex: source nodes, metadata, the text of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from llama_index.core.schema import MetadataMode, NodeWithScore
from pydantic import BaseModel

from llama_index_minions._nodes import Place, Reading
from llama_index_minions.events import usage_of
from minions_core.errors import ModelError
from minions_core.events import Event, EvidenceGathered, RunFinished, TextDelta
from minions_core.evidence import InOrder

if TYPE_CHECKING:
    from minions_core.result import Citation, MinionsResult

M = TypeVar("M", bound=BaseModel)

Listed: TypeAlias = Literal["all", "cited"]
"""Which nodes a response lists as its sources."""

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

    def __init__(
        self,
        nodes: Sequence[NodeWithScore],
        more: Sequence[NodeWithScore] = (),
        listed: Listed = "all",
    ) -> None:
        self.reading = Reading.of(nodes)
        self._read, self._more, self._listed = tuple(nodes), tuple(more), listed
        self.nodes = [*nodes, *more]
        self.metadata: dict[str, Any] = {node.node_id: node.metadata for node in self.nodes}

    def settle(self, result: MinionsResult) -> None:
        """Put the cited nodes first, and the account of the run into the metadata."""
        places = [(citation, self.reading.place(citation)) for citation in result.citations]
        cited = {id(place.node): place.node for _, place in places if place}
        others = [node for node in self._read if id(node) not in cited]
        self.nodes[:] = [*cited.values(), *(others if self._listed == "all" else ()), *self._more]
        order = {identity: number for number, identity in enumerate(cited)}
        account = summary(result) | {
            "citations": [_cited(citation, place, order) for citation, place in places]
        }
        account["notes"] += self._unread()
        for node_id in {node.node_id for node in self._read} - {
            each.node_id for each in self.nodes
        }:
            del self.metadata[node_id]  # and nothing that others put there meanwhile
        self.metadata["minions"] = account

    def _unread(self) -> list[str]:
        texts = (node.get_content(metadata_mode=MetadataMode.NONE) for node in self._read)
        blank = sum(not text.strip() for text in texts)
        return [f"{blank} of {len(self._read)} nodes hold no text: not read."] if blank else []


class AnswerText:
    """Makes the text of an answer out of the events of a run, its markers in order.

    What was streamed cannot be taken back. An answer that begins anew, or is another in the end
    than it began to be, follows after a blank line.

    Args:
        empty: the text of an answer that has none.
    """

    def __init__(self, empty: str = "") -> None:
        self._empty = empty
        self._known: set[int] = set()
        self._begin()

    def piece(self, event: Event) -> str:
        """What `event` adds to the text: nothing, for most."""
        match event:
            case EvidenceGathered(evidence=evidence):
                self._known.update(item.number for item in evidence)
                return ""
            case TextDelta(text=text, anew=False):
                return self._more(text)
            case TextDelta(text=text):
                return self._instead(text)
            case RunFinished(result=result):
                return self._end(result.answer)
            case _:
                return ""

    def _begin(self) -> None:
        self._told = ""
        self._in_order = InOrder(self._known)

    def _more(self, text: str) -> str:
        self._told += text
        return self._in_order(text)

    def _instead(self, text: str) -> str:
        held = self._in_order.rest()
        self._begin()
        return held + _BLANK_LINE + self._more(text)

    def _end(self, answer: str) -> str:
        """The end of the answer that was not streamed, or all of a streamed one's successor."""
        answer = answer or ("" if self._told else self._empty)
        if answer.startswith(self._told):
            return self._more(answer[len(self._told) :]) + self._in_order.rest()
        return self._instead(answer) + self._in_order.rest()


def filled(result: MinionsResult, output_cls: type[M]) -> M:
    """The answer as an object of a class it was to be put into.

    Raises:
        ModelError: it was not; `partial` is the result, with the answer as text if there is one.
    """
    if result.output is not None:
        return output_cls.model_validate_json(json.dumps(result.output))  # strict classes, too
    error = ModelError(
        f"the answer could not be put into {output_cls.__name__}; the `partial` of this error has "
        f"what was found. {' '.join(result.notes)}".rstrip()
    )
    error.partial = result
    raise error


def summary(result: MinionsResult) -> dict[str, Any]:
    """The account of a run as plain JSON data, without its citations."""
    ledger, disclosure = result.ledger, result.disclosure
    return {
        "protocol": result.protocol,
        "status": result.status,
        "rounds": len(result.rounds),
        "usage": usage_of(result),
        "cost": _money(ledger.cost),
        "baseline": _money(ledger.baseline),
        "saving": _money(ledger.saving),
        "disclosure": {
            "tokens": disclosure.tokens,
            "document_tokens": disclosure.document_tokens,
            "share": disclosure.share,
            "items": [
                {"kind": item.kind, "text": item.text, "document": item.document}
                for item in disclosure.items
            ],
        },
        "notes": list(result.notes),
    }


def _money(amount: object | None) -> str | None:
    return None if amount is None else str(amount)


def _cited(citation: Citation, place: Place | None, order: Mapping[int, int]) -> dict[str, Any]:
    span, whole = (place.span, place.in_document) if place else (None, None)
    return {
        "number": citation.number,
        "node_id": place.node.node_id if place else None,
        "source": order[id(place.node)] if place else None,
        "start": span.start if span else None,
        "end": span.end if span else None,
        "document_start": whole.start if whole else None,
        "document_end": whole.end if whole else None,
        "quote": citation.quote,
        "answer": citation.answer,
        "page": citation.page,
        "page_label": place.page_label if place else None,
        "heading": citation.heading,
        "document": citation.document,
        "check": citation.check,
    }
