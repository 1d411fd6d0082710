"""LangChain chat models that are functions of what they are asked, and a tracer that keeps runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tracers import BaseTracer, Run
from pydantic import PrivateAttr

from minions_core.messages import estimate_tokens

REPORT = """# Spending

Capital expenditure was $120 million in 2023.
\f
# People

The company had 3,400 employees.
"""
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [
        JobManifest(chunk=chunk, task="What was capital expenditure in 2023?", advice="")
        for document in context
        for chunk in chunk_by_page(document)
    ]
```"""
ANSWER = "It was $120 million [1]."
QUOTE = "Capital expenditure was $120 million in 2023."
FOUND = json.dumps({"explanation": "stated", "citation": QUOTE, "answer": "$120 million"})
NOTHING = json.dumps({"explanation": "not told here", "citation": None, "answer": None})

Script: TypeAlias = Callable[[list[BaseMessage]], str]
_PIECE_CHARS = 5


def reads(messages: list[BaseMessage]) -> str:
    """A worker: finds the sentence in the chunk that holds it, and nothing elsewhere."""
    return FOUND if QUOTE in str(messages) else NOTHING


def tells(messages: list[BaseMessage]) -> str:
    """Minion's local model: tells the figure and quotes the sentence."""
    return f"It was $120 million.\nQuote: {QUOTE}"


def plans_then_answers(messages: list[BaseMessage]) -> str:
    """A MinionS supervisor: a plan at first, an answer once it has seen evidence."""
    return f"<answer>{ANSWER}</answer>" if len(messages) > 2 else PLAN


def asks_then_answers(messages: list[BaseMessage]) -> str:
    """A Minion supervisor: a question at first, an answer once it has a reply."""
    said = "<ask>What was capital expenditure in 2023?</ask>"
    return f"<answer>{ANSWER}</answer>" if len(messages) > 2 else said


class ScriptedChat(BaseChatModel):
    """A chat model that is a function of its messages, reports usage, and streams.

    Attributes:
        script: the function; what it raises, the model raises.
        model: the name it reports.
        asked: every conversation it was shown.
    """

    script: Script
    model: str = "scripted"
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)
    _lock: Any = PrivateAttr(default_factory=threading.Lock)

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _answer(self, messages: list[BaseMessage]) -> tuple[str, UsageMetadata]:
        with self._lock:
            self._asked.append(messages)
        text = self.script(messages)
        counts = [sum(estimate_tokens(str(m.content)) for m in messages), estimate_tokens(text)]
        return text, UsageMetadata(
            input_tokens=counts[0], output_tokens=counts[1], total_tokens=sum(counts)
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text, usage = self._answer(messages)
        message = AIMessage(
            text,
            usage_metadata=usage,
            response_metadata={"model_name": self.model, "finish_reason": "stop"},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        text, usage = self._answer(messages)
        for start in range(0, len(text), _PIECE_CHARS):
            yield ChatGenerationChunk(message=AIMessageChunk(text[start : start + _PIECE_CHARS]))
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                "",
                usage_metadata=usage,
                response_metadata={"model_name": self.model, "finish_reason": "stop"},
                chunk_position="last",
            )
        )


class ToolCallingChat(ScriptedChat):
    """A scripted model whose structured output is a tool call, as it is with many providers."""

    def bind_tools(self, tools: Any, **kwargs: Any) -> Runnable[Any, AIMessage]:
        return self.bind(tools=tools)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        result = super()._generate(messages)
        message = result.generations[0].message
        if kwargs.get("tools"):
            call = {"name": "JobOutput", "args": json.loads(str(message.content)), "id": "call_1"}
            message = message.model_copy(update={"content": "", "tool_calls": [call]})
        return ChatResult(generations=[ChatGeneration(message=message)])


class Runs(BaseTracer):
    """Keeps the trees of finished runs; `run_inline` makes their order that of the calls."""

    run_inline = True

    def __init__(self) -> None:
        super().__init__()
        self.roots: list[Run] = []

    def _persist_run(self, run: Run) -> None:
        self.roots.append(run)

    @property
    def shapes(self) -> list[Any]:
        """The trees as (name, type, children), siblings in the order of their names."""
        return [shape(run) for run in self.roots]


def shape(run: Run) -> tuple[str, str, list[Any]]:
    """A run as its name, its type and its children."""
    children = sorted((shape(child) for child in run.child_runs), key=lambda child: child[0])
    return run.name, run.run_type, children
