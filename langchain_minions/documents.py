"""Minions where LangChain has documents already: behind a retriever, or in a pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor
from langchain_core.documents import Document as LangChainDocument
from langchain_core.prompts import BasePromptTemplate
from langchain_core.runnables import Runnable, RunnableConfig, RunnableSequence
from langchain_core.runnables.config import ensure_config
from pydantic import ConfigDict, Field

from langchain_minions._chains.documents_chain import DocumentsChain, ProtocolFields, with_text
from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._models.model import as_model, as_runnable
from langchain_minions._runs.engines import Protocol, Shared
from langchain_minions._runs.passages import OnFailure, passages, telling
from langchain_minions._runs.progress import Progress
from langchain_minions._runs.reading import Reading
from langchain_minions.chain import MinionChain, MinionsChain
from minions_core.config import MinionsConfig, ReaderConfig
from minions_core.errors import UsageError
from minions_core.journal import opened
from minions_core.reader import Reader

NOTHING_FOUND = "No documents were found that could answer this."
"""What a documents chain answers, without asking a model, where there is nothing to read."""

_RUN_NAME = "minions_documents_chain"
_CHAINS: Mapping[Protocol, type[ProtocolChain]] = {"minion": MinionChain, "minions": MinionsChain}


def create_minions_documents_chain(
    local: Any,
    remote: Any,
    *,
    protocol: Protocol = "minions",
    output_parser: Runnable[Any, Any] | None = None,
    document_variable_name: str = "context",
    nothing_found: str = NOTHING_FOUND,
    instructions: str = "",
    whole_output: bool = False,
    **fields: Unpack[ProtocolFields],
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
        instructions: what the remote model is told beside every question, such as the language or
            the form of the answer. It takes the place of a stuff chain's `prompt`.
        whole_output: whether to give out all that the protocol's chain does (see `ChainOutput`), or
            the answer alone. Where nothing was found it has the same keys: no citations, no calls,
            and the status `exhausted`. Settings with an `output_schema` need it.

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

        With its citations:

        ```python
        cited = create_minions_documents_chain(local, remote, whole_output=True)
        output = create_retrieval_chain(retriever, cited).invoke({"input": question})
        output["answer"]["answer"]  # "It was 1,577 million [1]."
        output["answer"]["documents"][0].metadata["source"]  # where [1] stands
        ```

        A `MinionsChain` itself in that place raises UsageError when the retriever finds nothing.

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
        A runnable from a dict to the answer, a string (or to the whole output, a dict), or to what
        `output_parser` makes of that. Its run is named `minions_documents_chain`; that of the
        protocol's chain within has the whole output.

    Raises:
        pydantic.ValidationError: the fields do not go together.
        UsageError: a model is a prompt; or, when called, the input has no question, or not the key
            of the documents.
    """
    for role, model in (("local", local), ("remote", remote)):
        if isinstance(model, BasePromptTemplate):
            raise UsageError(f"{role} is a prompt, not a model: say it in `instructions`")
    given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
    documents = DocumentsChain(
        name=_RUN_NAME if output_parser is None else "minions_answer",
        protocol=protocol,
        chain=_CHAINS[protocol](local, remote, **given),
        document_variable_name=document_variable_name,
        nothing_found=nothing_found,
        instructions=instructions,
        whole_output=whole_output,
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
        on_failure: what becomes of a document with a chunk that could not be read, because a call
            failed or no reply made sense: `drop` (the default) leaves out what was not read, `keep`
            returns the document whole, as it was, in place of its passages, `raise` fails. What a
            budget of jobs leaves unread is left out in any case.

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
        `page_label`, `number`, `check` and `answer`, what the model concluded. `check` is `partial`
        where the answer says more than the model had read; the passage is genuine all the same.

        What could not be read is logged as a warning by the logger `langchain_minions`, so that
        it differs from a text with nothing to say; see `on_failure`. If all calls fail, so does
        the compressor.

    Async:
        ```python
        passages = await compressor.acompress_documents(docs, question)
        ```

    In traces every call is a child run of the retriever's, named `local_job_1` and so on; custom
    events such as `minions_job_finished` tell what came of each. Calls in flight keep to
    `max_concurrency` where the retriever is a step of a chain whose config names one, else to the
    settings' `local_concurrency`.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    local: Any
    settings: ReaderConfig = Field(default_factory=ReaderConfig)
    journal: Any = None
    on_failure: OnFailure = "drop"
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
            ModelError: the model cannot be reached, no document at all could be read, or one could
                not and `on_failure` is `raise`.
            BudgetExceeded: the budget ended before any was.
        """
        reading = Reading.of(with_text(documents))
        if not reading.texts:
            return []
        config = ensure_config({"callbacks": callbacks})
        tell = Progress(config).tell
        result = self._reader(config).read(query, reading.texts, on_event=tell)
        return passages(reading, result, self.on_failure)

    async def acompress_documents(
        self,
        documents: Sequence[LangChainDocument],
        query: str,
        callbacks: Callbacks | None = None,
    ) -> Sequence[LangChainDocument]:
        """The same, without blocking the event loop."""
        reading = await asyncio.to_thread(lambda: Reading.of(with_text(documents)))
        if not reading.texts:
            return []
        config = ensure_config({"callbacks": callbacks})
        async with telling(Progress(config)) as tell:
            result = await self._reader(config).aread(query, reading.texts, on_event=tell)
        return await asyncio.to_thread(passages, reading, result, self.on_failure)

    def _reader(self, config: RunnableConfig) -> Reader:
        at_once = config.get("max_concurrency") or self.settings.local_concurrency
        return Reader(
            as_model(self.local, config, streams=False),
            self.settings,
            journal=self.journal,
            permits=self.shared.permits_for(MinionsConfig(local_concurrency=at_once)),
        )
