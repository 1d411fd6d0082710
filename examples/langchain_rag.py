"""A RAG pipeline of LangChain's own parts, with Minions where the documents would be stuffed in.

First `create_minions_documents_chain` takes the place of `create_stuff_documents_chain`: what the
retriever finds stays on the machine, and the answer is a string. Then the same with all a run
tells, citations among it. Last `MinionsCompressor`, for pipelines that keep their own last step:
the local model quotes what bears on the question, and only that goes on.

Runs offline; `local` and `remote` take any chat model: ChatOllama, ChatOpenAI. Needs the package
langchain-classic for the chains and retrievers around ours.
"""

from langchain_classic.chains import create_retrieval_chain
from langchain_classic.retrievers import ContextualCompressionRetriever
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from langchain_minions import MinionsCompressor, create_minions_documents_chain
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.search import search


class Pages(BaseRetriever):
    """Finds pages by their words."""

    pages: list[Document]
    k: int = 8

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        found = search([page.page_content for page in self.pages], query, self.k)
        return [self.pages[index] for index in found]


report = annual_report()
pages = [
    Document(page, metadata={"source": "report.pdf", "page": number})
    for number, page in enumerate(report.text.split("\f"))
]
retriever = Pages(pages=pages)
local, remote = ExtractiveClient(), OfflineSupervisor()
question = {"input": report.facts["capital_expenditure"].question}

chain = create_retrieval_chain(retriever, create_minions_documents_chain(local, remote))
for chunk in chain.stream(question):
    print(chunk.get("answer", ""), end="")
print()

with_citations = create_minions_documents_chain(local, remote, whole_output=True)
cited = create_retrieval_chain(retriever, with_citations).invoke(question)
for passage in cited["answer"]["documents"]:
    print("rests on page", passage.metadata["page_label"], "-", passage.page_content)

short = ContextualCompressionRetriever(
    base_compressor=MinionsCompressor(local), base_retriever=retriever
)
found, passages = retriever.invoke(question["input"]), short.invoke(question["input"])
for name, documents in (("pages", found), ("passages", passages)):
    print(name, len(documents), "of", sum(len(each.page_content) for each in documents), "chars")
