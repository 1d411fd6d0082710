"""A query engine as a tool of an agent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any, NoReturn

from llama_index.core.tools import QueryEngineTool, ToolMetadata, ToolOutput
from pydantic import BaseModel, Field

from llama_index_minions._asking import Finished, finished_runs
from llama_index_minions._nodes import Reading
from minions_core import tool_words
from minions_core.errors import MinionsError, UsageError
from minions_core.tool_words import Teller

if TYPE_CHECKING:
    from llama_index.core.base.response.schema import RESPONSE_TYPE
    from llama_index.core.schema import NodeWithScore

    from llama_index_minions._protocol_engine import ProtocolQueryEngine

TOOL_NAME = "ask_documents"

_KEEPS_EXCEPTIONS = "exception" in signature(ToolOutput.__init__).parameters  # not in 0.13


class ToolQuestion(BaseModel):
    """What an agent asks."""

    input: str = Field(description=tool_words.question())


class MinionsTool(QueryEngineTool):
    """A tool that answers questions about documents: see `create_minions_tool`.

    Args:
        query_engine: answers the questions, never streaming: an agent wants them whole.
        known: the nodes it reads, as far as they are known before the first question.
        name: what the agent's model calls the tool.
        description: what it is for; None to name the documents.
        return_direct: whether the agent's answer is what the tool says.
    """

    def __init__(
        self,
        query_engine: ProtocolQueryEngine[Any],
        known: Sequence[NodeWithScore] = (),
        *,
        name: str = TOOL_NAME,
        description: str | None = None,
        return_direct: bool = False,
    ) -> None:
        self._engine = query_engine
        self._teller = Teller(query_engine.settings, Reading.of(known).documents)
        metadata = ToolMetadata(
            description=description or self._teller.purpose(),
            name=name,
            fn_schema=ToolQuestion,
            return_direct=return_direct,
        )
        super().__init__(query_engine, metadata)

    @property
    def query_engine(self) -> ProtocolQueryEngine[Any]:
        """What answers the questions, with the prompts its engine has now."""
        return self._engine.without_streaming()

    def call(self, *args: Any, **kwargs: Any) -> ToolOutput:
        """Answer a question, blocking.

        Args:
            args: the question, as the first of them.
            kwargs: the question, as `input`.

        Returns:
            `content` is what the agent's model is told, `raw_output` the `Response`. If the run
            failed, `is_error` is set and `content` tells whose fault it was.
        """
        asked = self._asked(args, kwargs)
        if not asked.strip():
            return self._failed(asked, tool_words.NO_QUESTION)
        try:
            with finished_runs() as runs:
                response = self.query_engine.query(self.reveal(asked))
            return self._output(asked, self._told(runs), response)
        except MinionsError as error:
            return self._failed(asked, tool_words.failure(error), error)

    async def acall(self, *args: Any, **kwargs: Any) -> ToolOutput:
        """`call`, without blocking the event loop."""
        asked = self._asked(args, kwargs)
        if not asked.strip():
            return self._failed(asked, tool_words.NO_QUESTION)
        try:
            with finished_runs() as runs:
                question = await asyncio.to_thread(self.reveal, asked)
                response = await self.query_engine.aquery(question)
            return self._output(asked, await asyncio.to_thread(self._told, runs), response)
        except MinionsError as error:
            return self._failed(asked, tool_words.failure(error), error)

    def as_langchain_tool(self) -> NoReturn:
        """Not in this way: it would go around this tool, and tell an agent's model all there is.

        Raises:
            UsageError: always, with what to do instead.
        """
        raise UsageError(
            "an agent of LangChain's takes what langchain_minions.create_minions_tool makes, of "
            "the same texts"
        )

    def reveal(self, text: str) -> str:
        """A text of the agent's with the values of the placeholders this tool has told it.

        For your program, and for people who may see them: `tool.reveal("[EMAIL_1] wrote it.")`.
        """
        return self._teller.reveal(text)

    def _asked(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        return str(self._get_query_str(*args, **kwargs)) if args or kwargs else ""

    def _told(self, runs: Sequence[Finished]) -> str:
        if not runs:
            return tool_words.NOTHING_TO_READ
        return self._teller.findings(runs[-1].result, runs[-1].documents)

    def _output(self, asked: str, content: str, response: RESPONSE_TYPE) -> ToolOutput:
        return ToolOutput(
            content=content,
            tool_name=self.metadata.get_name(),
            raw_input={"input": asked},
            raw_output=response,
        )

    def _failed(self, asked: str, told: str, error: MinionsError | None = None) -> ToolOutput:
        """What an agent is told of an error: whose fault it is, and nothing of its text.

        Of an exception the agent would tell its model all, and that may hold what was read.
        """
        kept: dict[str, Any] = {"exception": error} if _KEEPS_EXCEPTIONS else {}
        return ToolOutput(
            content=told,
            tool_name=self.metadata.get_name(),
            raw_input={"input": asked},
            raw_output=None,
            is_error=True,
            **kept,
        )
