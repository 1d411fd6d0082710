"""The chunks of a streamed answer, which add up to the answer of `invoke`."""

from __future__ import annotations

from langchain_core.runnables import AddableDict

from langchain_minions._documents import to_output
from langchain_minions._reading import Reading
from minions_core.events import Event, RunFinished, TextDelta


class WholeText(str):
    """A text that takes the place of the pieces it is added to."""

    __slots__ = ()

    def __radd__(self, pieces: str) -> WholeText:
        return self


class Chunks:
    """Makes chunks of a run's events.

    Args:
        reading: what the run reads.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._shown: str = ""
        self._space: str = ""

    def of(self, event: Event) -> AddableDict | None:
        """The chunk that tells of `event`, or None for an event a stream does not tell of."""
        match event:
            case TextDelta(text=text):
                piece = self._piece(text)
                return AddableDict(answer=piece) if piece else None
            case RunFinished(result=result):
                rest = self._rest(result.answer)
                last = {**to_output(result, self._reading), "answer": rest}
                return AddableDict({key: last[key] for key in last if last[key] is not None})
            case _:
                return None

    def _piece(self, text: str) -> str:
        """What of `text` to show now; space is kept back until more follows it."""
        text = self._space + text if self._shown else text.lstrip()
        piece = text.rstrip()
        self._space = text[len(piece) :]
        self._shown += piece
        return piece

    def _rest(self, answer: str) -> str | None:
        """What makes the answer of the pieces shown: the rest of it, or nothing, or all anew."""
        if not answer.startswith(self._shown):
            return WholeText(answer)
        return answer[len(self._shown) :] or (None if self._shown else "")
