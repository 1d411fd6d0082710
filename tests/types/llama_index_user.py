"""What a user's type checker says of code like this: nothing. Checked by mypy and pyright alone."""

from llama_index.core import Document
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.llms import LLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.tools import QueryEngineTool
from pydantic import BaseModel

from llama_index_minions import (
    MinionQueryEngine,
    MinionsQueryEngine,
    MinionsSynthesizer,
    create_minions_tool,
)
from minions_core import MinionConfig, MinionsConfig


class Expenditure(BaseModel):
    """What an answer is put into."""

    millions: float


def over_documents(documents: list[Document], local: LLM, remote: LLM) -> BaseQueryEngine:
    """An engine is what its constructors are called on, and a query engine."""
    engine: MinionsQueryEngine = MinionsQueryEngine.from_documents(
        documents, local=local, remote=remote, settings=MinionsConfig(preview=300), streaming=True
    )
    return engine


def over_a_retriever(retriever: BaseRetriever, local: LLM, remote: LLM) -> MinionQueryEngine:
    """Another retriever leaves it what it is."""
    engine = MinionQueryEngine(
        local, remote, retriever=retriever, settings=MinionConfig(overflow="search")
    )
    return engine.with_retriever(retriever)


def behind(retriever: BaseRetriever, local: LLM) -> BaseQueryEngine:
    """A synthesizer goes where LlamaIndex's go."""
    synthesizer: BaseSynthesizer = MinionsSynthesizer(local, output_cls=Expenditure)
    return RetrieverQueryEngine(retriever, synthesizer)


def tools(engine: MinionsQueryEngine, local: LLM, remote: LLM) -> list[QueryEngineTool]:
    """Both ways to a tool."""
    return [engine.as_tool("ask"), create_minions_tool(["text"], local, remote, journal="paid")]
