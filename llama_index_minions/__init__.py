"""Minion and MinionS for LlamaIndex: a local and a remote LLM answer from your documents.

engine = MinionsQueryEngine.from_documents(
    documents, local=Ollama("llama3.2"), remote=OpenAI("gpt-4o")
)
engine.query("What was FY2023 capital expenditure?")
"""

from minions_core.errors import MissingExtra

try:
    from llama_index_minions.query_engine import MinionQueryEngine, MinionsQueryEngine
    from llama_index_minions.synthesizer import MinionsSynthesizer, MinionSynthesizer
    from llama_index_minions.tool import create_minions_tool
except ModuleNotFoundError as error:
    if (error.name or "").split(".")[0] not in {"llama_index", "llama_index_instrumentation"}:
        raise
    raise MissingExtra("llama-index-core", "llama-index") from error

__all__ = [
    "MinionQueryEngine",
    "MinionSynthesizer",
    "MinionsQueryEngine",
    "MinionsSynthesizer",
    "create_minions_tool",
]
