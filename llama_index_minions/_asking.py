"""One question to an engine: its answer whole or piece by piece, blocking or on an event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Sequence
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llama_index_minions._report import AnswerText
from llama_index_minions.events import Telling
from minions_core.door import as_documents
from minions_core.events import RunFinished
from minions_core.evidence import in_order
from minions_core.run import OnOneLoop

if TYPE_CHECKING:
    from minions_core.documents import Document
    from minions_core.engine import Engine
    from minions_core.events import Event
    from minions_core.result import MinionsResult

Context = Sequence["str | Document"]


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is over.

    Attributes:
        result: what it came to, the citations numbered in the order of the answer.
        documents: what was read.
        engine: what ran it.
    """

    result: MinionsResult
    documents: tuple[Document, ...]
    engine: Engine[Any]


_ELSEWHERE = (
    "this stream began on another event loop, which may be waiting for it: read it there, with "
    "`async for` or `await response.get_response()`. As a tool, or within an engine that takes "
    "str(response), take engine.as_tool() or streaming=False"
)

_finished: ContextVar[list[Finished] | None] = ContextVar("finished_runs", default=None)


@contextmanager
def finished_runs() -> Generator[list[Finished], None, None]:
    """A list of the runs that are over, among those begun within, for who calls from outside.

    What a query engine gives back is LlamaIndex's response, which has no room for a whole result.
    """
    runs: list[Finished] = []
    token = _finished.set(runs)
    try:
        yield runs
    finally:
        _finished.reset(token)


@dataclass(frozen=True, slots=True)
class Asking:
    """A question, who is to answer it, and from what.

    Attributes:
        engine: answers.
        question: what is asked.
        context: what to read.
        notes: what the remote LLM is told about the documents.
        empty: what to say instead of an answer that has no text.
        on_result: told the result when the run is over, its citations numbered in order, if anybody
            wants to know.
    """

    engine: Engine[Any]
    question: str
    context: Context
    notes: str = ""
    empty: str = ""
    on_result: Callable[[MinionsResult], None] | None = None
    _heard: list[Finished] | None = field(default_factory=_finished.get, init=False)

    def answer(self) -> MinionsResult:
        """The result, blocking."""
        tell = Telling()
        with tell.to_the_end():
            return self._over(self.engine.run(*self._asked, **self._watched(tell)))

    async def aanswer(self) -> MinionsResult:
        """The result, on the running event loop."""
        tell = Telling()
        with tell.to_the_end():
            return self._over(await self.engine.arun(*self._asked, **self._watched(tell)))

    def pieces(self) -> Generator[str, None, None]:
        """The pieces of the answer; this returns once the first of them is here."""
        begun = self._pieces()
        _ = next(begun, None)
        return begun

    async def apieces(self) -> AsyncGenerator[str, None]:
        """`pieces`, on the running event loop."""
        begun = OnOneLoop(self._apieces(), _ELSEWHERE)
        _ = await anext(begun, None)
        return begun

    def _pieces(self) -> Generator[str, None, None]:
        """Nothing as soon as there is a first piece, then that and the others.

        So that a stream that is closed before its first piece was taken is one that was begun, and
        ends the run.
        """
        tell, text = Telling(), AnswerText(self.empty)
        is_first = True
        stream = closing(self.engine.stream(*self._asked, doc_metadata=self.notes))
        with tell.to_the_end(), stream as events:
            for event in events:
                for piece in self._heard_of(event, tell, text):
                    if is_first:
                        yield ""
                    is_first = False
                    yield piece

    async def _apieces(self) -> AsyncGenerator[str, None]:
        tell, text = Telling(), AnswerText(self.empty)
        is_first = True
        stream = aclosing(self.engine.astream(*self._asked, doc_metadata=self.notes))
        with tell.to_the_end():
            async with stream as events:
                async for event in events:
                    for piece in self._heard_of(event, tell, text):
                        if is_first:
                            yield ""
                        is_first = False
                        yield piece

    @property
    def _asked(self) -> tuple[str, Context]:
        return self.question, self.context

    def _watched(self, tell: Telling) -> dict[str, Any]:
        return {"doc_metadata": self.notes, "on_event": tell, "streams": False}

    def _heard_of(self, event: Event, tell: Telling, text: AnswerText) -> Iterator[str]:
        tell(event)
        if isinstance(event, RunFinished):
            _ = self._over(event.result)
        if piece := text.piece(event):
            yield piece

    def _over(self, result: MinionsResult) -> MinionsResult:
        ordered = in_order(result)
        if self.on_result:
            self.on_result(ordered)
        if self._heard is not None:
            self._heard.append(Finished(ordered, as_documents(self.context), self.engine))
        return ordered


def said(text: str) -> Generator[str, None, None]:
    """A text, as the pieces of an answer."""
    yield text


async def asaid(text: str) -> AsyncGenerator[str, None]:
    """`said`, for an event loop."""
    yield text
