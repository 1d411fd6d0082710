"""An agent that asks a long report through a tool: the report stays here, the answer is cited.

An event handler tells how each call of the tool gets on. A local LLM may read for minutes, so the
agent's `timeout`, in seconds, has to allow for that.

Runs offline. For real models, `ChatModel()` becomes `OpenAI("gpt-4o")` or any other LLM that calls
functions, `local` an `Ollama("llama3.2")` and `remote` an `OpenAI("gpt-4o")`.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from llama_index.core import Document
from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.llms import ChatMessage, ChatResponse, ChatResponseGen, LLMMetadata, MockLLM
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection

from llama_index_minions import create_minions_tool
from llama_index_minions.events import MinionsJobEndEvent, MinionsPlanEvent
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report


class ChatModel(MockLLM, FunctionCallingLLM):
    """Asks the tool what it is asked, and repeats what the tool says."""

    @property
    def metadata(self) -> LLMMetadata:
        """It calls functions."""
        return LLMMetadata(is_chat_model=True, is_function_calling_model=True)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """A call of the tool, or what the tool has said."""
        said = messages[-1].content
        call = ToolSelection(tool_id="1", tool_name="ask_report", tool_kwargs={"input": said})
        heard = messages[-1].role == "tool"
        reply = ChatMessage(
            role="assistant",
            content=said if heard else None,
            additional_kwargs={} if heard else {"tool_calls": [call]},
        )
        yield ChatResponse(message=reply, delta=reply.content)

    def get_tool_calls_from_response(
        self, response: ChatResponse, **kwargs: Any
    ) -> list[ToolSelection]:
        """The call, where there is one."""
        return response.message.additional_kwargs.get("tool_calls", [])

    def _prepare_chat_with_tools(
        self, tools: Any, *, chat_history: Sequence[ChatMessage], **kwargs: Any
    ) -> dict[str, Any]:
        return {"messages": chat_history}


class Progress(BaseEventHandler):
    """Prints what is planned and what has been read."""

    def handle(self, event: Any, **kwargs: Any) -> None:
        """Hear of all that happens, pick what is worth telling."""
        if isinstance(event, MinionsPlanEvent):
            print(f"{event.jobs} jobs to do")
        elif isinstance(event, MinionsJobEndEvent):
            print(f"job {event.job}: {event.status}")


report = annual_report()
pages = [
    Document(text=page, metadata={"file_name": "report.pdf", "page_label": str(number)})
    for number, page in enumerate(report.text.split("\f"), start=1)
]
tool = create_minions_tool(
    pages, local=ExtractiveClient(), remote=OfflineSupervisor(), name="ask_report"
)
get_dispatcher().add_event_handler(Progress())


async def main() -> None:
    """Ask the agent, and see what its tool came upon."""
    agent = FunctionAgent(tools=[tool], llm=ChatModel(), timeout=600)
    answered = await agent.run(report.facts["capital_expenditure"].question)
    print(answered)
    response = answered.tool_calls[0].tool_output.raw_output
    print(response.source_nodes[0].metadata)


asyncio.run(main())  # noqa: TID251  # a script may start a loop
