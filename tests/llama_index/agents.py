"""LLMs of agents: they call a tool first, and then say what it told them."""

from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core.agent.workflow import FunctionAgent, ReActAgent, ToolCallResult
from llama_index.core.llms import ChatMessage, ChatResponse
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection

from tests.llama_index.scripted import QUESTION, ScriptedLLM

_OBSERVED = "Observation:"


class CallingLLM(ScriptedLLM, FunctionCallingLLM):
    """Calls the first tool it is given with QUESTION, and repeats what that said.

    It calls functions natively; every call of a chat method is in `asked`, as with any script.
    """

    def __init__(self, **data: Any) -> None:
        super().__init__(lambda messages: _told(messages, "tool"), **data)

    @property
    def metadata(self) -> Any:
        return super().metadata.model_copy(update={"is_function_calling_model": True})

    def get_tool_calls_from_response(
        self, response: ChatResponse, **kwargs: Any
    ) -> list[ToolSelection]:
        return response.message.additional_kwargs.get("tool_calls", [])

    def _prepare_chat_with_tools(
        self,
        tools: Sequence[Any],
        user_msg: Any = None,
        chat_history: list[ChatMessage] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        return {"messages": chat_history or [], "tools": tools}

    def _whole(
        self, method: str, messages: Sequence[ChatMessage], kwargs: dict[str, Any]
    ) -> ChatResponse:
        whole = super()._whole(method, messages, kwargs)
        if not whole.message.content:
            name = kwargs["tools"][0].metadata.name
            call = ToolSelection(tool_id="1", tool_name=name, tool_kwargs={"input": QUESTION})
            whole.message.additional_kwargs["tool_calls"] = [call]
        return whole


def reasoner(tool_name: str, **data: Any) -> ScriptedLLM:
    """An LLM for ReAct: it calls the tool in words, and repeats what it observes."""
    call = f'Thought: I have to ask.\nAction: {tool_name}\nAction Input: {{"input": "{QUESTION}"}}'

    def script(messages: Sequence[ChatMessage]) -> str:
        observed = _told(messages, "user")
        if not observed.startswith(_OBSERVED):
            return call
        answer = observed.removeprefix(_OBSERVED).strip()
        return f"Thought: I can answer without using any more tools.\nAnswer: {answer}"

    return ScriptedLLM(script, **data)


async def called(handler: Any) -> tuple[Any, list[ToolCallResult]]:
    """What an agent's run comes to, and the results of its tool calls."""
    results = [
        event async for event in handler.stream_events() if isinstance(event, ToolCallResult)
    ]
    return await handler, results


def function_agent(tool: Any) -> FunctionAgent:
    """An agent that calls `tool` as a function."""
    return FunctionAgent(name="agent", description="Answers.", tools=[tool], llm=CallingLLM())


def react_agent(tool: Any) -> ReActAgent:
    """An agent that calls `tool` in words."""
    llm = reasoner(tool.metadata.name)
    return ReActAgent(name="agent", description="Answers.", tools=[tool], llm=llm)


agents = pytest.mark.parametrize("agent", [function_agent, react_agent])


def heard(llm: ScriptedLLM) -> str:
    """Every message an agent's LLM was sent, whole."""
    return "\n".join(repr(message) for _, messages, _ in llm.asked for message in messages)


def _told(messages: Sequence[ChatMessage], role: str) -> str:
    """What the last message says, if it is from `role`."""
    last = messages[-1]
    return (last.content or "") if last.role == role else ""
