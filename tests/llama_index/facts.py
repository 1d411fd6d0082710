"""A text of three facts, an LLM that finds them, and one that points at them."""

import json
import re

from tests.llama_index.scripted import ScriptedLLM, answering

REVENUE = "Revenue was $61 million in 2023."
COSTS = "Costs were $44 million in 2023."
DEBT = "Debt was $17 million in 2023."
THREE_FACTS = (
    f"# Revenue\n\nIt rose a good deal. {REVENUE}\n\n"
    f"# Costs\n\nThey rose as well. {COSTS}\n\n"
    f"# Debt\n\nIt fell once more. {DEBT}\n"
)
PLAN_FOR_EACH = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [
        JobManifest(chunk=c, task=f"Extract {what} for 2023.", advice="")
        for d in context for c in chunk_by_section(d) for what in ("Revenue", "Costs", "Debt")
    ]
```"""

_TASK = re.compile(r"Task: Extract (\w+) for 2023")


def finder(**data) -> ScriptedLLM:
    """A local LLM for MinionS: it quotes the fact that a task asks for, if it stands there."""

    def say(messages) -> str:
        prompt = messages[-1].content
        fact = rf"{_TASK.search(prompt)[1]} (?:was|were) (\$\d+ million) in 2023\."
        found = re.search(fact, prompt)
        quote, answer = (found[0], found[1]) if found else (None, None)
        return json.dumps({"explanation": None, "citation": quote, "answer": answer})

    return ScriptedLLM(say, model="llama3.2", **data)


def teller(answer: str, **data) -> ScriptedLLM:
    """A remote LLM for MinionS: it has each fact looked for, then says what it is to say."""
    return answering(answer, after=PLAN_FOR_EACH, **data)
