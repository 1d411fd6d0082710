"""Map-reduce and MinionS side by side: one question, one report, the same two models.

Map-reduce asks about every chunk and answers from what comes back. As it is mostly written, one
model does both, and all of it is paid for. The fair comparison has the local model map, so that it
reads in both, and drops the chunks that say nothing: the remote model could hardly be told less.
MinionS pays to have its rules read and a plan written. For that the local model reads only the
chunks the plan chose, every quote is checked, and more can be looked up before the answer is given.

Runs offline: the models are stand-ins that compare words, and all tokens are counted by one
estimate. The figures tell who is sent how much; of how good the answers are they tell nothing.
"""

from langchain_core.prompt_values import PromptValue
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_text_splitters import RecursiveCharacterTextSplitter

from langchain_minions import MinionsChain
from minions_core import Message, Model
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.effects import Ask
from minions_core.messages import Role

ROLES = {"system": "system", "human": "user"}


def counted(model: Model, role: Role, tokens: list[int]) -> Runnable[PromptValue, str]:
    """A model for LCEL, and a note of what each call used."""

    def answer(prompt: PromptValue) -> str:
        messages = [Message(ROLES[said.type], str(said.text)) for said in prompt.to_messages()]
        reply = model.reply(Ask(role, tuple(messages)))
        tokens.append(reply.usage.total_tokens)
        return reply.text

    return RunnableLambda(answer)


report = annual_report()
question = report.facts["capital_expenditure"].question
local, remote = ExtractiveClient(), OfflineSupervisor()

read: list[int] = []
mapping = ChatPromptTemplate(
    [("human", "<text>\n{chunk}\n</text>\n\nAnswer only this: {question}")]
)
splitter = RecursiveCharacterTextSplitter(chunk_size=3000, chunk_overlap=200)
chunks = [{"chunk": chunk, "question": question} for chunk in splitter.split_text(report.text)]
mapped = (mapping | counted(local, "local", read)).batch(chunks)

thought: list[int] = []
reducing = ChatPromptTemplate(
    [
        ("system", "Answer from the findings."),
        ("human", "Question: {question}"),
        ("human", "{found}"),
    ]
)
told = [text.replace("\nQuote: ", ' | "') + '"' for text in mapped if "does not say" not in text]
found = "\n".join(f"[{number}] {line}" for number, line in enumerate(told, start=1))
reducer = reducing | counted(remote, "remote", thought)
print("map-reduce:", reducer.invoke({"question": question, "found": found}))

output = MinionsChain(local, remote).invoke({"task": question, "context": report.text})
print("MinionS:   ", output["answer"], end="\n\n")

paid, free = output["usage"]["remote"], output["usage"]["local"]
rows = {
    "map-reduce, one remote model": (read + thought, []),
    "map-reduce, local model maps": (thought, read),
}
print(f"{'':30}{'remote calls, tokens':>22}{'local calls, tokens':>22}")
for name, (remotely, locally) in rows.items():
    counts = len(remotely), sum(remotely), len(locally), sum(locally)
    print(f"{name:30}{counts[0]:12}{counts[1]:10,}{counts[2]:12}{counts[3]:10,}")
counts = paid["calls"], paid["total_tokens"], free["calls"], free["total_tokens"]
print(f"{'MinionS':30}{counts[0]:12}{counts[1]:10,}{counts[2]:12}{counts[3]:10,}")
