"""What a reading found, as LangChain documents, and what became of those it lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from operator import itemgetter
from typing import Literal, TypeAlias

from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.progress import Progress
from langchain_minions._runs.reading import Reading
from minions_core.documents import Joined
from minions_core.errors import ModelError
from minions_core.events import Event
from minions_core.reader import ReadingResult

OnFailure: TypeAlias = Literal["drop", "keep", "raise"]
"""What becomes of a document that could not be read."""

_Place: TypeAlias = tuple[int, int, int]
"""Index of a text, start and end in it."""

_log = logging.getLogger(__name__)


def passages(
    reading: Reading, result: ReadingResult, on_failure: OnFailure
) -> list[LangChainDocument]:
    """The passages found, in the order of the documents.

    What a careful reader should know is logged: as a warning if something could not be read.

    Args:
        reading: what was read.
        result: what came of it.
        on_failure: `drop` leaves out what could not be read; `keep` has its documents whole, as
            they were given, in place of their passages; `raise` fails.

    Raises:
        ModelError: something could not be read, and that is to raise.
    """
    for note in result.notes:
        _log.log(logging.WARNING if result.lost else logging.INFO, note)
    if result.lost and on_failure == "raise":
        raise ModelError(f"not everything could be read: {' '.join(result.notes)}")
    kept = _lost(reading, result) if on_failure == "keep" else {}
    found = dict(_found(reading, result, kept))
    return [document for _, document in sorted({**found, **kept}.items(), key=itemgetter(0))]


@asynccontextmanager
async def telling(progress: Progress) -> AsyncGenerator[Callable[[Event], None], None]:
    """An observer whose events are told one after another, all of them before this ends."""
    events: asyncio.Queue[Event | None] = asyncio.Queue()

    async def tell() -> None:
        while (event := await events.get()) is not None:
            await progress.atell(event)

    task = asyncio.create_task(tell())
    try:
        yield events.put_nowait
    finally:
        events.put_nowait(None)
        await task


def _found(
    reading: Reading, result: ReadingResult, kept: dict[_Place, LangChainDocument]
) -> Iterator[tuple[_Place, LangChainDocument]]:
    """The passages, but those of documents that are kept whole."""
    for citation in result.citations:
        place = (citation.document_index or 0, citation.start or 0, citation.end or 0)
        if not any(_holds(whole, place) for whole in kept):
            found = reading.evidence(citation)
            metadata = {"answer": citation.answer, **found.metadata}
            yield place, found.model_copy(update={"metadata": metadata})


def _lost(reading: Reading, result: ReadingResult) -> dict[_Place, LangChainDocument]:
    """The documents that the chunks lost were cut from."""
    return {
        (index, span.start, span.end): piece.given
        for chunk in result.lost
        if (index := chunk.document) is not None
        and isinstance(source := reading.sources[index], Joined)
        for span, piece in zip(source.spans, source.pieces, strict=True)
        if chunk.span and span.common(chunk.span)
    }


def _holds(whole: _Place, place: _Place) -> bool:
    return whole[0] == place[0] and whole[1] <= place[1] and place[2] <= whole[2]
