"""MinionsQueryEngine over documents, and MinionsSynthesizer behind a retriever.

Runs offline; `local` and `remote` take any LLM of LlamaIndex: Ollama, OpenAI, OpenAILike ...
"""

from llama_index.core import Document, SummaryIndex
from llama_index.core.query_engine import RetrieverQueryEngine

from llama_index_minions import MinionsQueryEngine, MinionsSynthesizer
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
documents = [Document(text=report.text, metadata={"file_name": "report.txt"})]
question = report.facts["capital_expenditure"].question

engine = MinionsQueryEngine.from_documents(
    documents, local=ExtractiveClient(), remote=OfflineSupervisor()
)
response = engine.query(question)
print(response)
print(response.source_nodes[0].metadata, response.metadata["minions"]["citations"][0]["quote"])

retriever = SummaryIndex.from_documents(documents).as_retriever()
synthesizer = MinionsSynthesizer(local=ExtractiveClient(), remote=OfflineSupervisor())
print(RetrieverQueryEngine(retriever, synthesizer).query(question))
