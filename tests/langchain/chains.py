"""The chains and the question most tests are about, and what models may be wrapped in."""

import pytest
from langchain_core.documents import Document

from langchain_minions import MinionChain, MinionsChain
from tests.langchain.scripted import (
    REPORT,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)

QUESTION = "What was capital expenditure in 2023?"
INPUT = {"task": QUESTION, "context": REPORT}
PAGES = [
    Document(text, metadata={"source": "/home/me/report.pdf", "page": number})
    for number, text in enumerate(REPORT.split("\f"))
]
MINIONS_RUN = (
    "MinionsChain",
    "chain",
    [
        ("local_job_1", "llm", []),
        ("local_job_2", "llm", []),
        ("remote_answer", "llm", []),
        ("remote_plan_1", "llm", []),
    ],
)
HAPPENED = [
    "minions_run_started",
    "minions_round_started",
    "minions_plan_written",
    "minions_job_finished",
    "minions_job_finished",
    "minions_evidence_gathered",
    "minions_run_finished",
]
WRAPPINGS = pytest.mark.parametrize(
    "wrapped",
    [
        lambda model: model,
        lambda model: model.with_retry(),
        lambda model: model.with_fallbacks([model]),
        lambda model: model.bind(stop=["END"]),
        lambda model: model.with_config(tags=["mine"]),
    ],
)


def minions_chain(local=reads, remote=plans_then_answers, **fields):
    fields = {"max_rounds": 1, **fields}
    return MinionsChain(
        ScriptedChat(script=local, model="llama3.2"),
        ScriptedChat(script=remote, model="gpt-4o"),
        **fields,
    )


def minion_chain(**fields):
    fields = {"max_rounds": 1, **fields}
    return MinionChain(
        ScriptedChat(script=tells, model="llama3.2"),
        ScriptedChat(script=asks_then_answers, model="gpt-4o"),
        **fields,
    )
