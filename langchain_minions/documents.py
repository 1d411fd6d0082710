"""Minions where LangChain has documents already: behind a retriever, or in a pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import Runnable, RunnableSequence
from langchain_core.runnables.config import ensure_config
from pydantic import ConfigDict, Field

from langchain_minions._chains.documents_chain import DocumentsChain, has_text
from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._models.model import as_model, as_runnable
from langchain_minions._runs.engines import Protocol, Shared
from langchain_minions._runs.reading import Reading
from langchain_minions.chain import MinionChain, MinionsChain
from minions_core.config import MinionsConfig, Planner, Privacy, ReaderConfig, RunConfig
from minions_core.journal import opened
from minions_core.reader import Reader, ReadingResult

if TYPE_CHECKING:
    import os
    from typing import Literal

    from minions_core.journal import Journal

NOTHING_FOUND = "No documents were found that could answer this."
"""What a documents chain answers, without asking a model, where there is nothing to read."""

_RUN_NAME = "minions_documents_chain"
_CHAINS: Mapping[Protocol, type[ProtocolChain]] = {"minion": MinionChain, "minions": MinionsChain}


class ChainFields(TypedDict, total=False):
    """The fields of a chain that `create_minions_documents_chain` passes on; see `MinionsChain`."""

    settings: RunConfig | None
    max_rounds: int | None
    privacy: Privacy | None
    planner: Planner | None
    preview: int | None
    overflow: Literal["error", "search"] | None
    journal: Journal | str | os.PathLike[str] | None


def create_minions_documents_chain(
    local: Any,
    remote: Any,
    *,
    protocol: Protocol = "minions",
    output_parser: Runnable[Any, Any] | None = None,
    document_variable_name: str = "context",
    nothing_found: str = NOTHING_FOUND,
    **fields: Unpack[ChainFields],
) -> Runnable[dict[str, Any], Any]:
    """A chain from documents and a question to an answer, in place of a stuff documents chain.

    It goes where LangChain's `create_stuff_documents_chain` goes, such as into
    `create_retrieval_chain`; but the documents stay on the machine, however long they are.

    Setup:
        As for `MinionsChain`; `create_retrieval_chain` is in the package `langchain-classic`.

    Key init args:
        local: the model beside the data; any that `MinionsChain` takes.
        remote: the model paid by the token.
        protocol: `minions`, or `minion` for text that fits the local model's window.
        settings, max_rounds, privacy, planner, preview, overflow, journal: fields of that
            protocol's chain.
        output_parser: what makes something else of the answer.
        document_variable_name: the key of the input that holds the documents.
        nothing_found: the answer where the input holds no documents, or none with any text, as
            when a retriever found nothing. No model is asked then.

    Instantiate:
        ```python
        from langchain_minions import create_minions_documents_chain
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        local, remote = ChatOllama(model="llama3.2"), ChatOpenAI(model="gpt-4o")
        chain = create_minions_documents_chain(local, remote)
        ```

    Invoke:
        ```python
        question = "What was capital expenditure in 2023?"
        chain.invoke({"input": question, "context": docs})  # "It was 1,577 million [1]."
        ```

        The question may also be called `question`, `query` or `task`. `chat_history` (messages, or
        earlier outputs) and `doc_metadata` are read if they are there; other keys are left alone.

        Behind a retriever:

        ```python
        from langchain_classic.chains import create_retrieval_chain
        from langchain_core.runnables import RunnableLambda

        retriever = RunnableLambda(lambda inputs: docs)  # any retriever
        output = create_retrieval_chain(retriever, chain).invoke({"input": question})
        output["answer"]  # "It was 1,577 million [1]."
        ```

        With its citations: a `MinionsChain` fits in the same place, and its output is the answer.

        ```python
        from langchain_minions import MinionsChain

        cited = create_retrieval_chain(retriever, MinionsChain(local, remote))
        answer = cited.invoke({"input": question})["answer"]
        answer["answer"]  # "It was 1,577 million [1]."
        answer["documents"][0].metadata["source"]  # where [1] stands
        ```

    Stream:
        ```python
        for piece in chain.stream({"input": question, "context": docs}):
            print(piece, end="", flush=True)
        ```

    Async:
        ```python
        answer = await chain.ainvoke({"input": question, "context": docs})
        ```

    Returns:
        A runnable from a dict to the answer, a string, or to what `output_parser` makes of it. Its
        run is named `minions_documents_chain`; that of the protocol's chain within has the whole
        output.

    Raises:
        pydantic.ValidationError: the fields do not go together.
        UsageError: when called: the input has no question, or not the key of the documents.
    """
    given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    documents = DocumentsChain(
        name=_RUN_NAME if output_parser is None else "minions_answer",
        chain=_CHAINS[protocol](local, remote, **given),
        document_variable_name=document_variable_name,
        nothing_found=nothing_found,
    )
    if output_parser is None:
        return documents
    return RunnableSequence(documents, output_parser, name=_RUN_NAME)


class MinionsCompressor(BaseDocumentCompressor):
    """Makes retrieved documents short: the local model reads them and quotes what bears on a query.

    What comes back stands in the documents word for word: quotes are looked up, and those that
    stand nowhere are left out. There is no remote model, so nothing leaves the machine.

    Setup:
        Any chat model will do, here one of Ollama. `ContextualCompressionRetriever` is in the
        package `langchain-classic`.

        ```console
        $ pip install 'minions-integrations[langchain]' langchain-ollama langchain-classic
        $ ollama pull llama3.2
        ```

    Key init args:
        local: the model beside the data; any that `MinionsChain` takes.
        settings: how it reads, a `minions_core.ReaderConfig`: calls in flight at once, the size of
            chunks and replies, a budget of jobs and seconds.
        journal: a file (or `minions_core.Journal`) that keeps every reply.

    Instantiate:
        ```python
        from langchain_minions import MinionsCompressor
        from langchain_ollama import ChatOllama

        compressor = MinionsCompressor(local=ChatOllama(model="llama3.2"))
        ```

    Invoke:
        ```python
        question = "What was capital expenditure in 2023?"
        passages = compressor.compress_documents(docs, question)
        passages[0].page_content  # "Capital expenditure in 2023 was 1,577 million."
        passages[0].metadata["answer"]  # "1,577 million"
        ```

        Behind a retriever:

        ```python
        from langchain_classic.retrievers import ContextualCompressionRetriever
        from langchain_core.runnables import RunnableLambda

        retriever = ContextualCompressionRetriever(
            base_compressor=compressor,
            base_retriever=RunnableLambda(lambda query: docs),  # any retriever
        )
        retriever.invoke(question)
        ```

        Passages come in the order of the documents, so that a retriever's ranking stays, and of
        their text; a document with nothing to say is dropped. Each has the metadata of its document
        and besides `document` (its name), `start` and `end` in the document's `page_content`,
        `page`, `number`, `check` and `answer`, what the model concluded. `check` is `partial` where
        the answer says more than the model had read; the passage is genuine all the same.

        Chunks whose call fails are missing from the passages. If all fail, so does the compressor.

    Async:
        ```python
        passages = await compressor.acompress_documents(docs, question)
        ```

    In traces every call is a child run of the retriever's, named `local_job_1` and so on. Calls in
    flight keep to `max_concurrency` where the retriever is a step of a chain whose config names
    one, else to the settings' `local_concurrency`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    local: Any
    settings: ReaderConfig = Field(default_factory=ReaderConfig)
    journal: Any = None
    shared: Shared = Field(default_factory=Shared, exclude=True, repr=False)

    def __init__(self, local: Any, **fields: Any) -> None:
        fields.update(local=as_runnable(local), journal=opened(fields.get("journal")))
        super().__init__(**fields)

    def compress_documents(
        self,
        documents: Sequence[LangChainDocument],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> Sequence[LangChainDocument]:
        """The passages of documents that bear on a query, blocking.

        Args:
            documents: what to read.
            query: a question, or key words.
            callbacks: those of the run the calls belong to.

        Returns:
            See the class; empty if nothing bears on the query.

        Raises:
            UsageError: the query is empty.
            ModelError: the model cannot be reached, or no document at all could be read.
            BudgetExceeded: the budget ended before any was.
        """
        if not has_text(documents):
            return []
        reading = Reading.of(documents)
        return _passages(reading, self._reader(callbacks).read(query, reading.texts))

    async def acompress_documents(
        self,
        documents: Sequence[LangChainDocument],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> Sequence[LangChainDocument]:
        """The same, without blocking the event loop."""
        if not has_text(documents):
            return []
        reading = Reading.of(documents)
        return _passages(reading, await self._reader(callbacks).aread(query, reading.texts))

    def _reader(self, callbacks: Callbacks | None) -> Reader:
        config = ensure_config({"callbacks": callbacks})
        at_once = config.get("max_concurrency") or self.settings.local_concurrency
        return Reader(
            as_model(self.local, config, streams=False),
            self.settings,
            journal=self.journal,
            permits=self.shared.permits_for(MinionsConfig(local_concurrency=at_once)),
        )


def _passages(reading: Reading, result: ReadingResult) -> list[LangChainDocument]:
    passages: list[LangChainDocument] = []
    for citation in result.citations:
        found = reading.evidence(citation)
        metadata = {**found.metadata, "answer": citation.answer}
        passages.append(found.model_copy(update={"metadata": metadata}))
    return passages
