"""MinionsQueryEngine over documents: every page is read, and each claim names its page and span.

A PDF loader of LlamaIndex hands out a `Document` a page. Those of one file are read as one text;
no index, embeddings or node parser are needed.

Runs offline; `local` and `remote` take any LLM of LlamaIndex: `Ollama("llama3.2")` and
`OpenAI("gpt-4o")`, OpenAILike, Anthropic ...
"""

from llama_index.core import Document

from llama_index_minions import MinionsQueryEngine
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
pages = [
    Document(text=page, metadata={"file_name": "report.pdf", "page_label": str(number)})
    for number, page in enumerate(report.text.split("\f"), start=1)
]
local, remote = ExtractiveClient(), OfflineSupervisor()

engine = MinionsQueryEngine.from_documents(pages, local=local, remote=remote)
response = engine.query(report.facts["capital_expenditure"].question)
print(response)
for citation in response.metadata["minions"]["citations"]:
    page = response.source_nodes[citation["source"]]
    print(
        f"[{citation['number']}]",
        page.metadata["file_name"],
        f"page {citation['page_label']}, characters {citation['start']} to {citation['end']}:",
        page.get_content()[citation["start"] : citation["end"]],
    )

streaming = MinionsQueryEngine.from_documents(pages, local=local, remote=remote, streaming=True)
streamed = streaming.query(report.facts["ceo"].question)
for piece in streamed.response_gen:
    print(piece, end="", flush=True)
usage = streamed.metadata["minions"]["usage"]
print(f"\n{usage['remote']['total_tokens']:,} tokens were paid for.")
