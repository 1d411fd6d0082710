"""What tests of the reader share: a small document, and workers that quote from it."""

import json

from minions_core import Document, Reader, ReaderConfig
from minions_core.testing import ScriptedModel

QUESTION = "What was capital expenditure?"
SPENT = "Capital expenditure was $120 million in 2023."
BEFORE = "It was $110 million in 2022."
OTHER = "The company had 3,400 employees."
REPORT = Document(f"# Spending\n\n{SPENT} {BEFORE}\n\n# People\n\n{OTHER}\n", "report.txt")
NOTHING = json.dumps({"explanation": None, "citation": None, "answer": None})


def quoting(*quotes, answer="$120 million"):
    """A worker that quotes these, of whatever it reads."""
    reply = json.dumps({"explanation": "stated", "citation": list(quotes), "answer": answer})
    return lambda ask: reply


def finding(quote, answer="$120 million"):
    """A worker that quotes this where it reads it, and abstains elsewhere."""
    return lambda ask: quoting(quote, answer=answer)(ask) if quote in excerpt(ask) else NOTHING


def excerpt(ask):
    """What a worker was given to read."""
    return ask.messages[1].content.split("<text>\n")[1].split("\n</text>")[0]


def reader(worker, **settings):
    return Reader(ScriptedModel(worker, name="llama3.2"), ReaderConfig(**settings))


def read(worker, *documents, question=QUESTION, **settings):
    return reader(worker, **settings).read(question, documents or [REPORT])


def quotes(result):
    return [citation.quote for citation in result.citations]
