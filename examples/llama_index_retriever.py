"""MinionsSynthesizer behind a retriever, in the place of LlamaIndex's own response synthesizers.

First in a `RetrieverQueryEngine`, with a postprocessor that adds the neighbours of what was found:
a local LLM reads them for nothing. Then in an index's query engine. Citations tell where a quote
stands in the node, and in the text the node was cut from.

Runs offline. For real models, `local` becomes an `Ollama("llama3.2")`, and `remote` and the `llm`
an `OpenAI("gpt-4o")`. Any retriever will do in place of `Words`: `index.as_retriever()` of a
`VectorStoreIndex`, a `BM25Retriever`.
"""

from llama_index.core import Document, SummaryIndex
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.postprocessor import PrevNextNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from llama_index_minions import MinionsSynthesizer
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.search import search


class Words(BaseRetriever):
    """Finds nodes by their words."""

    def __init__(self, nodes: list[TextNode], k: int) -> None:
        super().__init__()
        self.nodes, self.k = nodes, k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = search([node.text for node in self.nodes], query_bundle.query_str, self.k)
        return [NodeWithScore(node=self.nodes[index]) for index in found]


report = annual_report()
question = report.facts["capital_expenditure"].question
document = Document(text=report.text, metadata={"file_name": "report.txt"})
nodes = SentenceSplitter(chunk_size=512, chunk_overlap=0).get_nodes_from_documents([document])
index = SummaryIndex(nodes)
synthesizer = MinionsSynthesizer(local=ExtractiveClient(), remote=OfflineSupervisor())

engine = RetrieverQueryEngine(
    Words(nodes, k=8),
    synthesizer,
    node_postprocessors=[
        PrevNextNodePostprocessor(docstore=index.docstore, num_nodes=1, mode="both")
    ],
)
response = engine.query(question)
print(response)
print("read", len(response.source_nodes), "of", len(nodes), "nodes; cited:")
for citation in response.metadata["minions"]["citations"]:
    print(" ", report.text[citation["document_start"] : citation["document_end"]])

# The engine looks for an LLM of its own even if the synthesizer needs none.
whole = index.as_query_engine(llm=MockLLM(), response_synthesizer=synthesizer)
print(whole.query(report.facts["backlog"].question))
