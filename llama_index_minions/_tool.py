"""A query engine as a tool of an agent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from inspect import signature
from typing import TYPE_CHECKING, Any, NoReturn, cast

from llama_index.core.tools import QueryEngineTool, ToolMetadata, ToolOutput
from pydantic import BaseModel, Field

from llama_index_minions._asking import Finished, finished_runs
from llama_index_minions._nodes import Reading
from minions_core import tool_words
from minions_core.errors import UsageError
from minions_core.tool_words import Teller

if TYPE_CHECKING:
    from llama_index.core.base.response.schema import RESPONSE_TYPE
    from llama_index.core.schema import NodeWithScore

    from llama_index_minions._protocol_engine import ProtocolQueryEngine

TOOL_NAME = "ask_documents"

_log = logging.getLogger(__name__)

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
            `content` is what the agent's model is told, `raw_output` the `Response`. If anything
            failed, `is_error` is set and `content` tells whose fault it was.
        """
        asked = _question(args, kwargs)
        if not asked.strip():
            return self._failed(asked, tool_words.NO_QUESTION)
        try:
            with finished_runs() as runs:
                response = self.query_engine.query(self.reveal(asked))
            return self._output(asked, self._told(response, runs), response)
        except Exception as error:  # noqa: BLE001  # an agent would tell its model the text of any
            return self._failed(asked, tool_words.failure(error), error)

    async def acall(self, *args: Any, **kwargs: Any) -> ToolOutput:
        """`call`, without blocking the event loop."""
        asked = _question(args, kwargs)
        if not asked.strip():
            return self._failed(asked, tool_words.NO_QUESTION)
        try:
            with finished_runs() as runs:
                question = await asyncio.to_thread(self.reveal, asked)
                response = await self.query_engine.aquery(question)
            told = await asyncio.to_thread(self._told, response, runs)
            return self._output(asked, told, response)
        except Exception as error:  # noqa: BLE001  # an agent would tell its model the text of any
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

    def _told(self, response: RESPONSE_TYPE, runs: Sequence[Finished]) -> str:
        """What is told of the run that gave the response.

        There may have been others, of engines that a retriever or a callback handler asks.
        """
        if "minions" not in (response.metadata or {}):
            return tool_words.NOTHING_TO_READ
        own = [run for run in runs if run.engine is self._engine.core_engine]
        run = (own or runs)[-1]  # none of its own if it was given other prompts meanwhile
        return self._teller.findings(run.result, run.documents)

    def _output(self, asked: str, content: str, response: RESPONSE_TYPE) -> ToolOutput:
        return ToolOutput(
            content=content,
            tool_name=self.metadata.get_name(),
            raw_input={"input": asked},
            raw_output=response,
        )

    def _failed(self, asked: str, told: str, error: Exception | None = None) -> ToolOutput:
        """What an agent is told of an error: whose fault it is, and nothing of its text.

        Of an exception the agent would tell its model all, and that may hold what was read.
        """
        if error is not None and not _KEEPS_EXCEPTIONS:
            _log.error("%s: %s", self.metadata.get_name(), type(error).__name__, exc_info=error)
        kept: dict[str, Any] = {"exception": error} if _KEEPS_EXCEPTIONS else {}
        return ToolOutput(
            content=told,
            tool_name=self.metadata.get_name(),
            raw_input={"input": asked},
            raw_output=None,
            is_error=True,
            **kept,
        )


def _question(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The question in what a model passed, or nothing where that is not plain.

    Models mistake the name of an argument, and wrap it; what is no question must not be paid for.
    """
    given = args[0] if args else kwargs.get("input", kwargs)
    if isinstance(given, Mapping):
        given = list(cast("Mapping[str, Any]", given).values())
    if not isinstance(given, list | tuple):
        return "" if given is None else str(given)
    texts = [each for each in cast("Sequence[Any]", given) if isinstance(each, str)]
    return texts[0] if len(texts) == 1 else ""
