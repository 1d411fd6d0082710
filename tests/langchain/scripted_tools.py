"""A scripted chat model that calls tools, whole and in pieces, and the chat models over it."""

from __future__ import annotations

import json
import re
from typing import Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.tool import tool_call_chunk as piece_of_call
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from langchain_minions.chat_model import ChatMinions
from tests.langchain.scripted import (
    REPORT,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)

HELLO = "Good day to you, whoever you are."
_PIECE_CHARS = 5


def supervises(messages: list[BaseMessage]) -> str:
    """A supervisor in MinionS, and elsewhere somebody who says hello."""
    return plans_then_answers(messages) if "prepare_jobs" in str(messages[0].content) else HELLO


def asked_of(messages: list[BaseMessage]) -> str:
    """What the last human message says."""
    return next((str(m.text) for m in reversed(messages) if isinstance(m, HumanMessage)), "")


class CallingChat(ScriptedChat):
    """A scripted model that calls the first tool bound to it, or the one it is told to call.

    It calls none after a tool has answered, unless it must. Arguments are taken from what was
    asked: its first number, its first words in quotes.
    """

    def bind_tools(self, tools: Any, *, tool_choice: str | None = None, **kwargs: Any) -> Runnable:
        known = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=known, tool_choice=tool_choice, **kwargs)

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._said(messages, kwargs))])

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any):
        said = self._said(messages, {"stop": args[0] if args else None, **kwargs})
        for start in range(0, len(said.content), _PIECE_CHARS):
            piece = said.content[start : start + _PIECE_CHARS]
            yield ChatGenerationChunk(message=AIMessageChunk(piece))
        for index, call in enumerate(said.tool_calls):
            arguments = json.dumps(call["args"], ensure_ascii=False)
            for name, part in ((call["name"], arguments[:3]), (None, arguments[3:])):
                chunk = piece_of_call(
                    name=name, args=part, id=call["id"] if name else None, index=index
                )
                yield ChatGenerationChunk(message=AIMessageChunk("", tool_call_chunks=[chunk]))
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                "",
                usage_metadata=said.usage_metadata,
                response_metadata=said.response_metadata,
                chunk_position="last",
            )
        )

    def _said(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        text, usage = self._answer(messages)
        tool = chosen(kwargs.get("tools") or [], kwargs.get("tool_choice"), messages)
        for stop in kwargs.get("stop") or ():
            text = text.split(stop)[0]
        called = [call_of(tool, asked_of(messages))] if tool else []
        return AIMessage(
            "" if called else text,
            tool_calls=called,
            usage_metadata=usage,
            response_metadata={
                "model_name": kwargs.get("model") or self.model,
                "finish_reason": "tool_calls" if called else "stop",
            },
        )


def chosen(
    tools: list[dict[str, Any]], choice: str | None, messages: list[BaseMessage]
) -> dict[str, Any] | None:
    """The tool to call, if any."""
    if not tools or (choice is None and not isinstance(messages[-1], HumanMessage)):
        return None
    named = [tool for tool in tools if tool["function"]["name"] == choice]
    return (named or tools)[0]


def call_of(tool: dict[str, Any], asked: str) -> dict[str, Any]:
    """A call of a tool with arguments of the types it wants."""
    fields = tool["function"].get("parameters", {}).get("properties", {})
    return {
        "name": tool["function"]["name"],
        "args": {name: argument(field, asked) for name, field in fields.items()},
        "id": "call_1",
        "type": "tool_call",
    }


def argument(field: dict[str, Any], asked: str) -> object:
    """A value of the type a field has."""
    if field.get("type") == "integer":
        return int((re.findall(r"\d+", asked) or [1])[0])
    return (re.findall(r"'([^']+)'", asked) or [f"what was asked: {asked}"])[0]


def calling_models() -> dict[str, Any]:
    """The models of a `ChatMinions` whose remote one takes tools."""
    return {
        "local": ScriptedChat(script=reads, model="llama3.2"),
        "remote": CallingChat(script=supervises, model="gpt-4o"),
    }


def chat(**fields: Any) -> ChatMinions:
    """MinionS as a chat model, with tools."""
    return ChatMinions(**{**calling_models(), "max_rounds": 1, **fields})


def reading_chat(**fields: Any) -> ChatMinions:
    """The same, with the report to read."""
    return chat(**{"context": REPORT, **fields})


def minion_chat(**fields: Any) -> ChatMinions:
    """Minion as a chat model, with the report to read."""
    return ChatMinions(
        ScriptedChat(script=tells, model="llama3.2"),
        ScriptedChat(script=asks_then_answers, model="gpt-4o"),
        **{"protocol": "minion", "max_rounds": 1, "context": REPORT, **fields},
    )
