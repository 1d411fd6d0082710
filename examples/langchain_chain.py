"""MinionsChain in LCEL: context comes from the chain before, the answer goes to the one after.

Runs offline; `local` and `remote` take any chat model: ChatOllama, ChatOpenAI, with `.bind()`,
`.with_retry()` or `.with_fallbacks()` on them.
"""

from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from langchain_minions import MinionsChain
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
pages = [
    Document(page, metadata={"source": "report.pdf", "page": number})
    for number, page in enumerate(report.text.split("\f"))
]
chain = RunnablePassthrough.assign(context=RunnableLambda(lambda _: pages)) | MinionsChain(
    local=ExtractiveClient(), remote=OfflineSupervisor()
)

output = chain.invoke({"task": report.facts["capital_expenditure"].question})
print(output["answer"])
for document in output["documents"]:
    page = document.metadata["page_label"]
    print(document.metadata["source"], "page", page, document.page_content)

short = chain.pick("answer") | RunnableLambda(str.upper)
print(short.invoke({"task": report.facts["ceo"].question}))
