"""An agent's model that asks the tool it is given and repeats what it hears, and the tool."""

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from pydantic import Field

from langchain_minions.tool import create_minions_tool
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ScriptedChat, plans_then_answers, reads


def asking(context, local=reads, remote=plans_then_answers, **fields):
    """A tool over scripted models."""
    return create_minions_tool(
        context,
        ScriptedChat(script=local, model="llama3.2"),
        ScriptedChat(script=remote, model="gpt-4o"),
        **{"max_rounds": 1, **fields},
    )


def call(tool, question=QUESTION):
    """A call of a tool, as a model makes it."""
    args = {"question": question}
    return {"name": tool.name, "args": args, "id": "call_1", "type": "tool_call"}


class AgentModel(ScriptedChat):
    """Asks the tool what it is asked, and repeats what the tool says.

    Attributes:
        tool_name: the tool.
    """

    script: object = None
    tool_name: str = "ask_documents"

    def bind_tools(self, tools, **kwargs):
        return self

    def _message(self, messages):
        said = messages[-1]
        if said.type == "tool":
            return AIMessage(f"I heard: {said.content}")
        question = {"question": said.text}
        return AIMessage("", tool_calls=[{"name": self.tool_name, "args": question, "id": "c1"}])

    def _generate(self, messages, *args, **kwargs):
        self.asked.append(messages)
        return ChatResult(generations=[ChatGeneration(message=self._message(messages))])

    def _stream(self, messages, *args, **kwargs):
        self.asked.append(messages)
        message = self._message(messages)
        chunk = AIMessageChunk(message.content, tool_calls=message.tool_calls)
        yield ChatGenerationChunk(message=chunk)


class Shelf(BaseRetriever):
    """A retriever that returns what it holds, and keeps what it was asked.

    Attributes:
        held: what it holds.
        asked: the questions.
    """

    held: list
    asked: list = Field(default_factory=list)

    def _get_relevant_documents(self, query, *, run_manager):
        self.asked.append(query)
        return self.held
