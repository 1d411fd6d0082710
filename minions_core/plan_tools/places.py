"""The memory of which text was cut from where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from minions_core.documents import Chunk, Document, Span

_BLOCK = 64
_MOST_BLOCKS_ALIKE = 50
_MOST_SCANS = 100
_ALWAYS_SCANNED = 1_000_000


class Places:
    """Traces texts to the documents they stand in.

    Chunks are plain strings to a plan, as the paper's contract has them. A text that was given out
    is traced by memory, any other by looking for it.

    Args:
        documents: where to look.
        known: chunks whose places are known.
    """

    def __init__(self, documents: Sequence[Document], known: Iterable[Chunk] = ()) -> None:
        self._finders = [_Finder(document.text) for document in documents]
        self._known: defaultdict[str, dict[object, Chunk]] = defaultdict(dict)
        for chunk in known:
            self.remember(chunk)

    def remember(self, chunk: Chunk) -> None:
        """Keep the place of a chunk; of two chunks at one place, the first."""
        self._known[chunk.text].setdefault((chunk.document, chunk.span), chunk)

    def of(self, text: str) -> list[Chunk]:
        """`text` as a chunk at each place it is known from; without one if in no document."""
        if text not in self._known:
            for chunk in self._found(text) or [Chunk(text)]:
                self.remember(chunk)
        return list(self._known[text].values())

    def _found(self, text: str) -> list[Chunk]:
        """Where a text that was not given out stands: at one place in each document."""
        starts = (finder.find(text) for finder in (self._finders if text.strip() else ()))
        return [
            Chunk(text, index, Span(start, start + len(text)))
            for index, start in enumerate(starts)
            if start is not None
        ]


class _Finder:
    """Finds passages in one text, thousands of them, without reading all of it for each.

    A passage of two blocks holds a whole one of those the text is divided into, and that can be
    looked up. Shorter ones, and text that repeats itself, are looked for by reading, up to a limit.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._last = 0
        self._blocks: dict[str, list[int]] = {}
        self._chars_left = _MOST_SCANS * len(text) + _ALWAYS_SCANNED

    def find(self, passage: str) -> int | None:
        """Where a passage begins: onward from the last one found, or else from the beginning."""
        starts = self._looked_up(passage)
        if starts is None:
            starts = self._read(passage)
        if not starts:
            return None
        self._last = next((start for start in starts if start >= self._last), starts[0])
        return self._last

    def _looked_up(self, passage: str) -> list[int] | None:
        """Every place of a passage, in order; None if it takes reading to tell."""
        if len(passage) < 2 * _BLOCK:
            return None
        if not self._blocks:
            for at in range(0, len(self._text), _BLOCK):
                self._blocks.setdefault(self._text[at : at + _BLOCK], []).append(at)
        starts: list[int] = []
        for offset in range(_BLOCK):
            alike = self._blocks.get(passage[offset : offset + _BLOCK], ())
            if len(alike) > _MOST_BLOCKS_ALIKE:
                return None
            starts.extend(at - offset for at in alike if self._stands_at(passage, at - offset))
        return sorted(starts)

    def _stands_at(self, passage: str, start: int) -> bool:
        return start >= 0 and self._text.startswith(passage, start)

    def _read(self, passage: str) -> list[int]:
        """The next place of a passage, or the first, as long as there is reading left to do."""
        for begin in (self._last, 0) if self._chars_left > 0 else ():
            start = self._text.find(passage, begin)
            self._chars_left -= (start if start >= 0 else len(self._text)) - begin
            if start >= 0:
                return [start]
        return []
