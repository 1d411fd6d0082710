"""The chunks of a streamed answer, which add up to the output of `invoke`."""

from __future__ import annotations

from typing import Any

from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import AddableDict
from pydantic import BaseModel

from langchain_minions._chains.inputs import to_output
from langchain_minions._runs.reading import Reading
from minions_core.events import (
    Event,
    EvidenceGathered,
    MessageSent,
    PlanWritten,
    RunFinished,
    TextDelta,
)


class WholeText(str):
    """A text that takes the place of what it is added to."""

    __slots__ = ()

    def __add__(self, more: str) -> str:
        return more if isinstance(more, WholeText) else super().__add__(more)

    def __radd__(self, pieces: str) -> WholeText:
        return self


class WholeList(list[LangChainDocument]):
    """A list that takes the place of what it is added to."""

    __slots__ = ()

    def __radd__(self, parts: list[LangChainDocument]) -> WholeList:
        return self


class Chunks:
    """Makes chunks of a run's events.

    The first chunk comes with the first reply of the remote model, and none before: LangChain's
    fallbacks take over a stream only until it has told something.

    Args:
        reading: what the run reads.
        form: the `output_schema` of its settings.
    """

    def __init__(self, reading: Reading, form: type[BaseModel] | None = None) -> None:
        self._reading = reading
        self._form = form
        self._shown: str = ""
        self._space: str = ""
        self._begins_anew = False
        self._found: list[LangChainDocument] = []
        self._known_before: list[LangChainDocument] = []

    def of(self, event: Event) -> AddableDict | None:
        """The chunk that tells of `event`, or None for an event a stream does not tell of.

        What was known before the first round comes with the first chunk.
        """
        if isinstance(event, EvidenceGathered) and event.round == 0:
            self._known_before += self._new(event)
            return None
        chunk = self._of(event)
        if chunk is None or not self._known_before:
            return chunk
        known, self._known_before = self._known_before, []
        return AddableDict(evidence=known) + chunk

    def _of(self, event: Event) -> AddableDict | None:
        match event:
            case PlanWritten() | MessageSent(sender="remote"):
                return AddableDict(status=WholeText("reading"))
            case EvidenceGathered():
                return AddableDict(status=WholeText("thinking"), evidence=self._new(event))
            case TextDelta(text=text, anew=anew):
                piece = self._piece(text, anew=anew)
                return AddableDict(answer=piece) if piece else None
            case RunFinished(result=result):
                return self._last(to_output(result, self._reading, self._form))
            case _:
                return None

    def _new(self, event: EvidenceGathered) -> list[LangChainDocument]:
        new = [self._reading.evidence(citation) for citation in event.evidence]
        self._found += new
        return new

    def _last(self, output: dict[str, Any]) -> AddableDict:
        """What makes the output of the chunks before; what they told already is left out."""
        last = {
            **output,
            "status": WholeText(output["status"]),
            "answer": self._rest(output["answer"]),
            "evidence": self._missing(output["evidence"]),
        }
        told = {key for key in ("answer", "evidence") if last[key] is None}
        return AddableDict({key: last[key] for key in last if key not in told})

    def _piece(self, text: str, *, anew: bool) -> str:
        """What of `text` to show now; space is kept back until more follows it."""
        if anew:
            self._shown, self._begins_anew = "", True
        text = self._space + text if self._shown else text.lstrip()
        piece = text.rstrip()
        self._space = text[len(piece) :]
        self._shown += piece
        if piece and self._begins_anew:
            self._begins_anew = False
            return WholeText(piece)
        return piece

    def _rest(self, answer: str) -> str | None:
        """What makes the answer of the pieces shown: the rest of it, or nothing, or all anew."""
        if self._begins_anew or not answer.startswith(self._shown):
            return WholeText(answer)
        return answer[len(self._shown) :] or (None if self._shown else "")

    def _missing(self, evidence: list[LangChainDocument]) -> list[LangChainDocument] | None:
        """The same for the evidence, which a later round may have corrected."""
        if evidence[: len(self._found)] != self._found:
            return WholeList(evidence)
        return evidence[len(self._found) :] or (None if self._found else [])
