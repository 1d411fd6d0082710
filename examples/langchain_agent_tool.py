"""An agent that asks a long report through a tool: the report stays here, the answer is cited.

Runs offline. For real models, `ChatModel` becomes `ChatOpenAI(model="gpt-4o")` or any other with
tools, `local` a `ChatOllama(model="llama3.2")` and `remote` a `ChatOpenAI(model="gpt-4o")`.
"""

from typing import Any

from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from langchain_minions import create_minions_tool
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report


class ChatModel(BaseChatModel):
    """Asks the tool what it is asked, and repeats what the tool says."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **kwargs: Any) -> BaseChatModel:
        """Know the one tool already."""
        return self

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        said = messages[-1]
        call = {"name": "ask_report", "args": {"question": said.text}, "id": "call_1"}
        heard = said.type == "tool"
        reply = AIMessage(said.text) if heard else AIMessage("", tool_calls=[call])
        return ChatResult(generations=[ChatGeneration(message=reply)])


report = annual_report()
pages = [
    Document(page, metadata={"source": "report.pdf", "page": number})
    for number, page in enumerate(report.text.split("\f"))
]
tool = create_minions_tool(
    pages, local=ExtractiveClient(), remote=OfflineSupervisor(), name="ask_report"
)
agent = create_agent(ChatModel(), [tool])
question = {"messages": [("user", report.facts["capital_expenditure"].question)]}

for mode, told in agent.stream(question, stream_mode=["custom", "values"]):
    if mode == "custom" and told["event"] == "minions_job_finished":
        print(f"job {told['job']}: {told['status']}")
    elif mode == "values":
        messages = told["messages"]
print(messages[-1].text)
print(messages[-2].artifact[0].metadata)
