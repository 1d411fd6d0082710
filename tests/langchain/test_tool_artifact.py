"""The metadata of a tool's artifact is plain, so that any checkpointer can keep it."""

from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path

import pytest
from langchain.agents import create_agent
from langchain_core.documents import Document
from langgraph.checkpoint.memory import InMemorySaver

from tests.langchain.agents import AgentModel, asking, call
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT


class Kind(Enum):
    """An enum of a program's own."""

    FILING = "filing"


class Unknown:
    """A thing no checkpointer knows."""

    def __str__(self):
        return "a thing"


class Scalar:
    """A number as numpy, pandas and torch have them."""

    def tolist(self):
        return [1, 2.5]


PAGE = Document(REPORT, metadata={"source": Path("/data/report.pdf"), "of": Unknown()})


def kept(value):
    tool = asking([Document(REPORT, metadata={"value": value})])
    return tool.invoke(call(tool)).artifact[0].metadata["value"]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("text", "text"),
        (7, 7),
        (True, True),
        (None, None),
        (0.5, 0.5),
        (date(2023, 1, 2), date(2023, 1, 2)),
        (Decimal("1.5"), Decimal("1.5")),
        (Path("a.txt"), "a.txt"),
        (2**80, str(2**80)),
        (Fraction(1, 3), "1/3"),
        (Kind.FILING, "filing"),
        (Unknown(), "a thing"),
        (Scalar(), [1, 2.5]),
        ({1: (Unknown(),)}, {"1": ["a thing"]}),
    ],
)
def test_metadata_is_plain(value, plain):
    assert (kept(value), type(kept(value))) == (plain, type(plain))


def test_the_documents_given_stay_as_they_are():
    asking([PAGE]).invoke(QUESTION)
    assert isinstance(PAGE.metadata["of"], Unknown)


def test_a_checkpointer_can_keep_it():
    thread = {"configurable": {"thread_id": "1"}}
    agent = create_agent(AgentModel(), [asking([PAGE])], checkpointer=InMemorySaver())
    agent.invoke({"messages": [("user", QUESTION)]}, thread)
    [evidence] = agent.get_state(thread).values["messages"][2].artifact
    assert Document(**evidence).metadata["of"] == "a thing"
