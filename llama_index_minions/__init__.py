"""Minion and MinionS for LlamaIndex: a local and a remote LLM answer from your documents.

engine = MinionsQueryEngine.from_documents(
    documents, local=Ollama("llama3.2"), remote=OpenAI("gpt-4o")
)
engine.query("What was FY2023 capital expenditure?")
"""

from llama_index_minions.query_engine import MinionQueryEngine, MinionsQueryEngine
from llama_index_minions.synthesizer import MinionsSynthesizer

__all__ = ["MinionQueryEngine", "MinionsQueryEngine", "MinionsSynthesizer"]
