"""tree_summarize and MinionS side by side: one question, the same pages of one report.

tree_summarize has one LLM read all pages, a window full at a time, then the answers to those, until
one is left. It takes no second LLM for the leaves. So all of it is paid for, or else a local LLM
does the thinking as well. A window that holds everything spares it the tree, not the tokens.
MinionS pays to have its rules read and a plan written. For that the local LLM reads only the chunks
the plan chose, every quote is checked, and more can be looked up before the answer is given.

Runs offline: the models are stand-ins that compare words, the pages are read by the same one on
both sides, and all tokens are counted by one estimate. The figures tell who is sent how much; of
how good the answers are they tell nothing. With real models `Reader` becomes an `OpenAI("gpt-4o")`,
its tokens are told by a `TokenCountingHandler`, and the template is LlamaIndex's own.
"""

from typing import Any

from llama_index.core import Document, PromptTemplate, SummaryIndex
from llama_index.core.llms import CompletionResponse, CompletionResponseGen, CustomLLM, LLMMetadata
from llama_index.core.response_synthesizers import TreeSummarize
from pydantic import Field

from llama_index_minions import MinionsQueryEngine
from minions_core import Message
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.effects import Ask


class Reader(CustomLLM):
    """The stand-in that reads, as an LLM that keeps what each call used."""

    window: int
    tokens: list[int] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        """How much it takes at once."""
        return LLMMetadata(context_window=self.window)

    def complete(self, prompt: str, *args: Any, **kwargs: Any) -> CompletionResponse:
        """A whole reply."""
        reply = ExtractiveClient().reply(Ask("remote", (Message("user", prompt),)))
        self.tokens.append(reply.usage.total_tokens)
        return CompletionResponse(text=reply.text)

    def stream_complete(self, prompt: str, *args: Any, **kwargs: Any) -> CompletionResponseGen:
        """The reply in one piece."""
        yield self.complete(prompt)


report = annual_report()
question = report.facts["capital_expenditure"].question
pages = [
    Document(text=page, metadata={"file_name": "report.pdf", "page_label": str(number)})
    for number, page in enumerate(report.text.split("\f"), start=1)
]
template = PromptTemplate("<text>\n{context_str}\n</text>\n\nAnswer only this: {query_str}")
nodes = SummaryIndex(pages).as_retriever().retrieve(question)

used = {}
for window in (8_192, 131_072):
    reader = Reader(window=window)
    response = TreeSummarize(llm=reader, summary_template=template).synthesize(question, nodes)
    used[window] = len(reader.tokens), sum(reader.tokens)
print("tree_summarize:", response)

engine = MinionsQueryEngine.from_documents(
    pages, local=ExtractiveClient(), remote=OfflineSupervisor()
)
response = engine.query(question)
print("MinionS:", response, end="\n\n")

paid, free = (response.metadata["minions"]["usage"][role] for role in ("remote", "local"))
rows = {
    "tree_summarize, remote LLM, window of 8,192": (used[8_192], (0, 0)),
    "tree_summarize, remote LLM, window of 131,072": (used[131_072], (0, 0)),
    "tree_summarize, local LLM, window of 8,192": ((0, 0), used[8_192]),
    "MinionS": [(role["calls"], role["total_tokens"]) for role in (paid, free)],
}
print(f"{'':45}{'remote calls, tokens':>22}{'local calls, tokens':>22}")
for name, (remotely, locally) in rows.items():
    print(f"{name:45}{remotely[0]:12}{remotely[1]:10,}{locally[0]:12}{locally[1]:10,}")
