"""MinionS and Minion as a tool of an agent."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from langchain_core.callbacks import AsyncCallbackManagerForToolRun, CallbackManagerForToolRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableConfig
from langchain_core.runnables.config import patch_config
from langchain_core.tools import BaseTool, ToolException
from pydantic import BaseModel, ConfigDict, Field, field_validator

from langchain_minions._chains.documents_chain import with_text
from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._runs.engines import Protocol
from langchain_minions._runs.plain import with_plain_metadata
from langchain_minions._runs.progress import call_metadata
from langchain_minions._runs.reading import Reading
from langchain_minions._runs.sharing import shared_over
from langchain_minions._sources import Given, Source, source_of
from langchain_minions.chain import MinionChain, MinionsChain
from minions_core import tool_words
from minions_core.config import MinionConfig, MinionsConfig, Privacy
from minions_core.documents import Document
from minions_core.door import as_documents
from minions_core.door import settings as checked_settings
from minions_core.errors import MinionsError, UsageError
from minions_core.journal import Journal
from minions_core.tool_words import Teller

_Findings: TypeAlias = tuple[str, list[LangChainDocument]]

_CHAINS: dict[Protocol, type[ProtocolChain]] = {"minions": MinionsChain, "minion": MinionChain}


class ToolQuestion(BaseModel):
    """What an agent asks."""

    question: str = Field(description=tool_words.question())

    @field_validator("question")
    @classmethod
    def _is_one(cls, question: str) -> str:
        if not question.strip():
            raise ValueError("the question is empty")
        return question


class MinionsTool(BaseTool):
    """A tool that answers questions about documents: see `create_minions_tool`.

    Attributes:
        chain: answers the questions; each call of it is a child run of the tool's.
        source: where the documents come from.
        teller: knows what the agent's model may be told.
        doc_metadata: what the remote model is told about the documents.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    chain: ProtocolChain = Field(exclude=True, repr=False)
    source: Source = Field(exclude=True, repr=False)
    teller: Teller = Field(exclude=True, repr=False)
    doc_metadata: str = ""

    def run(self, *args: Any, **kwargs: Any) -> Any:
        """As of any tool; all runs within know by their metadata which call they are of."""
        return super().run(*args, **self._known_by_metadata(kwargs))

    async def arun(self, *args: Any, **kwargs: Any) -> Any:
        """`run`, without blocking the event loop."""
        return await super().arun(*args, **self._known_by_metadata(kwargs))

    def reveal(self, text: str) -> str:
        """A text of the agent's with the values of the placeholders this tool has told it.

        For your program, and for people who may see them: `tool.reveal("[EMAIL_1] wrote it.")`.
        """
        return self.teller.reveal(text)

    def _run(
        self,
        question: str,
        *,
        config: RunnableConfig,
        run_manager: CallbackManagerForToolRun | None = None,
    ) -> _Findings:
        children = patch_config(config, callbacks=run_manager.get_child() if run_manager else None)
        with self._errors_as_wanted():
            asked = self.reveal(question)
            texts = with_text(self.source.texts(asked, children))
            if not texts:
                return tool_words.NOTHING_TO_READ, []
            output = self._reading(texts).invoke(self._input(asked), children)
            return self._told(output, texts)

    async def _arun(
        self,
        question: str,
        *,
        config: RunnableConfig,
        run_manager: AsyncCallbackManagerForToolRun | None = None,
    ) -> _Findings:
        children = patch_config(config, callbacks=run_manager.get_child() if run_manager else None)
        with self._errors_as_wanted():
            asked = await asyncio.to_thread(self.reveal, question)
            texts = with_text(await self.source.atexts(asked, children))
            if not texts:
                return tool_words.NOTHING_TO_READ, []
            output = await self._reading(texts).ainvoke(self._input(asked), children)
            return await asyncio.to_thread(self._told, output, texts)

    def _known_by_metadata(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """The keywords of a call, with its place among the metadata of its runs."""
        call = call_metadata(self.name, kwargs.get("tool_call_id"))
        return {**kwargs, "metadata": {**(kwargs.get("metadata") or {}), **call}}

    def _reading(self, texts: list[object]) -> ProtocolChain:
        """The chain over these texts, which so stay out of its input, and out of traces of that."""
        return self.chain.model_copy(update={"context": texts})

    def _input(self, question: str) -> dict[str, Any]:
        return {"task": question, "doc_metadata": self.doc_metadata}

    def _told(self, output: dict[str, Any], texts: list[object]) -> _Findings:
        content = self.teller.findings(output["result"], _documents(texts))
        return content, list(map(with_plain_metadata, output["documents"]))

    @contextmanager
    def _errors_as_wanted(self) -> Generator[None, None, None]:
        """Errors of a run as they are, or as those a tool tells its agent of, if it is to."""
        try:
            yield
        except MinionsError as error:
            if not self.handle_tool_error:
                raise
            raise ToolException(tool_words.failure(error)) from error


def create_minions_tool(  # noqa: PLR0913  # keywords, each with a default
    source: Given,
    local: Any,
    remote: Any,
    *,
    name: str = "ask_documents",
    description: str | None = None,
    protocol: Protocol = "minions",
    settings: MinionsConfig | MinionConfig | None = None,
    max_rounds: int | None = None,
    privacy: Privacy | None = None,
    journal: Journal | str | os.PathLike[str] | None = None,
    doc_metadata: str = "",
    **tool_fields: Any,
) -> MinionsTool:
    """A tool with which an agent asks long documents: a local model reads, a remote one thinks.

    Every call is a run of `MinionsChain` (or `MinionChain`) and its child in traces. The agent's
    model gets the answer and its numbered sources, your program the passages, as documents.

    Setup:
        ```console
        $ pip install 'minions-integrations[langchain]' langchain langchain-ollama langchain-openai
        $ ollama pull llama3.2
        $ export OPENAI_API_KEY=...
        ```

    Key init args:
        source: what to read:

            - a text, a LangChain or core document, or a list of them, as a chain's `context`;
            - a retriever, or any runnable or function that returns documents for a question: they
              are found anew for each one;
            - a loader: its documents are loaded by the first question, and kept.
        local, remote: as for `MinionsChain`. Tools with one local model and the same limits on
            calls in flight keep to them together.
        name: what the agent's model calls it.
        description: what it is for. By default it names the documents; say more where there are
            several tools, and where the names are not known before, with a retriever or a loader.
            With a redactor and no description documents with names are searched right here for
            what their names must not tell, and not by the first question.
        protocol: `minions` or `minion`.
        settings: a `MinionsConfig`, or a `MinionConfig` for `minion`.
        max_rounds, privacy: replace those of the settings.
        journal: a file (or `minions_core.Journal`) that keeps every reply, so that a question asked
            again is not paid again.
        doc_metadata: what the remote model should know about the documents.
        **tool_fields: any other field of a tool: `return_direct`, `tags`, `handle_tool_error` ...

    Instantiate:
        ```python
        from langchain_minions import create_minions_tool
        from langchain_ollama import ChatOllama
        from langchain_openai import ChatOpenAI

        tool = create_minions_tool(
            docs,
            local=ChatOllama(model="llama3.2"),
            remote=ChatOpenAI(model="gpt-4o"),
            name="ask_filings",
        )
        ```

    Invoke:
        ```python
        from langchain.agents import create_agent

        agent = create_agent(ChatOpenAI(model="gpt-4o"), [tool])
        question = "What was capital expenditure in 2023?"
        state = agent.invoke({"messages": [("user", question)]})

        call = {"name": tool.name, "args": {"question": question}, "id": "1", "type": "tool_call"}
        message = tool.invoke(call)
        message.content  # the answer, and below it: [1] 10-K.pdf, p. 41: "..."
        message.artifact[0].metadata  # {"source": "10-K.pdf", "page": 41, "check": "verified" ...}
        ```

        The content goes to the agent's model, which may be anybody's. It tells no more than may
        leave for `remote`: with `privacy="answers"` no quotes, with a redactor placeholders for
        what that hides, in the answer, too. A value keeps its placeholder in all calls of a tool,
        and the agent may ask about `[EMAIL_1]`. `tool.reveal(text)` puts the values back, for you.
        Each tool numbers its placeholders by itself: `[EMAIL_1]` of one may be another person than
        `[EMAIL_1]` of the next, and an agent cannot tell. Where a redactor is set give an agent one
        tool over all documents, not several.
        If the question was not answered the content says so, and why.
        The artifact stays with your program: the passages the answer rests on, as the `documents`
        of a chain. A LangGraph checkpointer gives artifacts back as dicts; `Document(**each)`.

    Stream:
        ```python
        for event in agent.stream({"messages": [("user", question)]}, stream_mode="custom"):
            event["event"]  # "minions_plan_written", "minions_job_finished" ...
            event["tool_call_id"]  # of several calls at once, the one that tells
        ```

        In a graph, `stream_mode="custom"` tells how a run goes on, and so does "tools" where
        LangGraph has it. What local and remote model write never shows in "messages".

    Async:
        ```python
        message = await tool.ainvoke(call)
        ```

    An error that ends a run is raised, and ends the agent's run, too: a model that cannot be
    reached, say. With `handle_tool_error=True` (or a text, or a function) the agent is told instead
    and may go on: whose fault it is, and whether to ask again. What the error itself says stays
    here, as it may hold text of the documents; it is the `__cause__` of what a function is given,
    and in traces. A `ToolNode(handle_tool_errors=True)` would tell it. Errors of a loader or a
    retriever that are no `MinionsError` are always raised as they are.

    Raises:
        UsageError: `source` is nothing that can be read, there is no text in it, or the settings
            are those of the other protocol.
        MissingExtra: a model is given by name, and `langchain` is not installed.
        pydantic.ValidationError: the settings do not go together, or there is no such field.
    """
    chosen = _settings(protocol, settings, max_rounds=max_rounds, privacy=privacy)
    read = source_of(source)
    teller = Teller(chosen, _documents(read.known()))
    return MinionsTool(
        name=name,
        description=description or teller.purpose(),
        args_schema=ToolQuestion,
        response_format="content_and_artifact",
        chain=_CHAINS[protocol](
            local, remote, settings=chosen, journal=journal, shared=shared_over(local)
        ),
        source=read,
        teller=teller,
        doc_metadata=doc_metadata,
        **tool_fields,
    )


def _settings(
    protocol: Protocol, given: MinionsConfig | MinionConfig | None, **changes: Any
) -> MinionsConfig | MinionConfig:
    """The settings of all runs of a tool.

    Raises:
        UsageError: there is no such protocol, or they are those of the other one, or have a class
            to put answers into.
    """
    if protocol not in _CHAINS:
        raise UsageError(f"protocol is {protocol!r}: pass 'minions' or 'minion'")
    default = MinionsConfig() if protocol == "minions" else MinionConfig()
    settings: MinionsConfig | MinionConfig = checked_settings(given, default)
    if settings.output_schema is not None:
        raise UsageError(
            "settings: output_schema has no place in a tool, which tells its agent an answer in "
            "words: take MinionsChain, whose output has `output`"
        )
    return settings.replaced(
        **{name: value for name, value in changes.items() if value is not None}
    )


def _documents(texts: Sequence[object]) -> tuple[Document, ...]:
    """What was read, as the core counts it."""
    return as_documents(Reading.of(texts).texts) if texts else ()
