"""Where the documents of a tool come from: given, loaded at first use, or found by the question."""

from __future__ import annotations

import asyncio
import inspect
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, cast

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from langchain_minions._chains.inputs import texts_of
from langchain_minions._runs.reading import Reading
from minions_core.documents import Document
from minions_core.door import as_documents
from minions_core.errors import UsageError

Text: TypeAlias = str | LangChainDocument | Document
Given: TypeAlias = (
    Text | Iterable[Text] | BaseLoader | Runnable[str, Any] | Callable[[str], Iterable[Text]]
)
"""What a tool reads: see `create_minions_tool`."""

_LOOK_AGAIN_SECONDS = 0.01


class Source(ABC):
    """Where the documents of a tool come from."""

    def known(self) -> Sequence[object]:
        """What is known of them before the first question."""
        return ()

    @abstractmethod
    def texts(self, question: str, config: RunnableConfig) -> list[object]:
        """What to read for a question, blocking; nothing if a search found nothing.

        Args:
            question: the question.
            config: the config of child runs.
        """

    @abstractmethod
    async def atexts(self, question: str, config: RunnableConfig) -> list[object]:
        """`texts`, without blocking the event loop."""


def source_of(given: object) -> Source:
    """What a tool was given to read from, understood.

    Raises:
        UsageError: it is none of `Given`, or there is no text in it.
    """
    if isinstance(given, BaseLoader):
        return _Loaded(given)
    if isinstance(given, Runnable):
        return _Found(cast("Runnable[str, Any]", given))
    if isinstance(given, str | LangChainDocument | Document):
        return _InHand([given])
    if hasattr(given, "as_retriever"):
        raise UsageError(
            f"source is a {type(given).__name__}: pass what its as_retriever() returns, or the "
            "documents themselves"
        )
    if callable(given):
        return _Found(RunnableLambda(_taking_a_question(given)))
    try:
        return _InHand(texts_of(given))
    except UsageError as error:
        raise _no_source(given) from error


class _InHand(Source):
    """Texts that are there already."""

    def __init__(self, texts: list[object]) -> None:
        _ = as_documents(Reading.of(texts).texts)  # what cannot be read is refused here
        self._texts = texts

    def known(self) -> Sequence[object]:
        return self._texts

    def texts(self, question: str, config: RunnableConfig) -> list[object]:  # noqa: ARG002  # the same for every question
        return self._texts

    async def atexts(self, question: str, config: RunnableConfig) -> list[object]:
        return self.texts(question, config)


class _Found(Source):
    """Texts that a retriever finds."""

    def __init__(self, retriever: Runnable[str, Any]) -> None:
        self._retriever = retriever

    def texts(self, question: str, config: RunnableConfig) -> list[object]:
        return _found(self._retriever.invoke(question, config))

    async def atexts(self, question: str, config: RunnableConfig) -> list[object]:
        return _found(await self._retriever.ainvoke(question, config))


class _Loaded(Source):
    """Texts that a loader loads at first use, and once.

    A thread waits for another thread that is loading already, and a task for a thread or for
    another task. A thread does not wait for a task: it may be the very thread that task has to run
    on. It loads by itself then. A load that failed is tried again by the next question.
    """

    def __init__(self, loader: BaseLoader) -> None:
        self._loader = loader
        self._loaded: list[object] | None = None
        self._threads = threading.Lock()
        self._tasks = threading.Lock()

    def texts(self, question: str, config: RunnableConfig) -> list[object]:  # noqa: ARG002  # the same for every question
        with self._threads:
            if self._loaded is None:
                self._loaded = self._checked(list(self._loader.lazy_load()))
            return self._loaded

    async def atexts(self, question: str, config: RunnableConfig) -> list[object]:  # noqa: ARG002  # the same for every question
        await _until(lambda: self._tasks.acquire(blocking=False))
        try:
            await _until(lambda: not self._threads.locked())
            if self._loaded is None:
                loading = self._loader.alazy_load()
                self._loaded = self._checked([document async for document in loading])
            return self._loaded
        finally:
            self._tasks.release()

    def _checked(self, loaded: list[Any]) -> list[object]:
        if not loaded:
            raise UsageError(f"{type(self._loader).__name__} loaded no document")
        return loaded


async def _until(happens: Callable[[], bool]) -> None:
    """Wait for what may happen in another thread or event loop."""
    while not happens():  # noqa: ASYNC110 - an asyncio.Event belongs to one loop
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _found(found: object) -> list[object]:
    try:
        return texts_of(found)
    except UsageError as error:
        raise UsageError(
            f"the tool's source returned a {type(found).__name__} for a question: it must return "
            "documents"
        ) from error


def _taking_a_question(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as it is, if it can be called with a question alone."""
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise UsageError("source is a generator function: let it return a list of documents")
    try:
        _ = inspect.signature(function).bind("question")
    except (TypeError, ValueError) as error:
        raise _no_source(function) from error
    if isinstance(function, type):
        raise _no_source(function)
    return function


def _no_source(given: object) -> UsageError:
    what = f"the class {given.__name__}" if isinstance(given, type) else f"a {type(given).__name__}"
    return UsageError(
        f"source is {what}: pass a text, a Document or a list of them, a loader, a retriever, or a "
        "function that returns documents for a question"
    )
