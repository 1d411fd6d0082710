"""Runs that end in a form: the report, the scripts and the forms that their tests share."""

import json
from enum import Enum

from pydantic import BaseModel, Field

from minions_core import Minion, MinionConfig, Minions, MinionsConfig
from minions_core.testing import ScriptedModel

TEXT = "Capital expenditure was $120 million in 2023, says jo@acme.org.\n\nCosts were 3 million.\n"
PLAN = (
    "```python\ndef prepare_jobs(context):\n"
    "    return [JobManifest(chunk=context[0], task='Capital expenditure?')]\n```"
)
ANSWER = "<answer>$120 million [1]</answer>"
FILLED = '{"amount": 120, "unit": "million"}'
FOUND = {
    "explanation": "It says so.",
    "citation": "Capital expenditure was $120 million in 2023",
    "answer": "$120 million",
}


class Unit(Enum):
    """How amounts are counted."""

    MILLION = "million"
    BILLION = "billion"


class Capex(BaseModel):
    """What a company spent."""

    amount: float = Field(description="in US dollars")
    unit: Unit | None = None


class Contact(BaseModel):
    """Whom to write to."""

    name: str
    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


def reads(ask):
    """The worker of both protocols."""
    if "Reply with a JSON object" in ask.messages[-1].content:
        return json.dumps(FOUND)
    return f"$120 million\nQuote: {FOUND['citation']}"


class Sides:
    """An engine of either protocol over scripted models, whose remote one says these lines.

    Args:
        protocol: `minions` or `minion`.
        after: what the remote model says after its first move.
        form: the `output_schema`.
        journal: where replies are kept.
        settings: of the run.
    """

    def __init__(self, *after, protocol="minions", form=Capex, journal=None, **settings):
        engines = {"minions": (Minions, MinionsConfig, PLAN)}
        engines["minion"] = (Minion, MinionConfig, "<ask>What was capital expenditure?</ask>")
        engine, config, first = engines[protocol]
        self.local = ScriptedModel(reads)
        self.remote = ScriptedModel([first, *after], name="gpt-4o")
        chosen = config(output_schema=form, **settings)
        self.engine = engine(self.local, self.remote, config=chosen, journal=journal)

    def run(self, question="What was capital expenditure?"):
        """The result of a run over the report."""
        return self.engine.run(question, TEXT)

    @property
    def labels(self):
        """What the remote model was asked, in order."""
        return [ask.label for ask in self.remote.asked]

    @property
    def last_told(self):
        """What the remote model was told last."""
        return self.remote.asked[-1].messages[-1].content
