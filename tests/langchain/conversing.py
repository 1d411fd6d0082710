"""Texts and the words for conversations about them."""

from langchain_core.messages import AIMessage

from langchain_minions._chat.conversation import understood
from langchain_minions._runs.record import RECORD, record
from minions_core.result import Citation, MinionsResult, RoundRecord

QUESTION = "What was revenue in 2023?"
LINE = "Revenue rose and costs fell in every one of the years that this report is about."
REPORT = "\n\n".join(f"{LINE} Page {number}." for number in range(9))
LETTER = "\n\n".join(f"Dear shareholder, it was a good year, says page {n}." for n in range(9))
CITATION = Citation(
    number=1,
    document="document 1",
    document_index=0,
    quote=f"{LINE} Page 3.",
    answer="It rose.",
    check="verified",
    start=0,
    end=9,
)
RESULT = MinionsResult(
    protocol="minions",
    question=QUESTION,
    answer="It rose [1].",
    status="answered",
    citations=(CITATION,),
    rounds=(RoundRecord(number=1, plan="", report="[1] It rose."),),
)


def is_long(text):
    return len(text) > 300


def hear(*messages, context=None):
    return understood(messages, context=context, is_long=is_long)


def texts(conversation):
    return [one if isinstance(one, str) else one.text for one in conversation.texts]


def ours(content="It rose [1].", **fields):
    """An answer of ours, with the record of its run."""
    return AIMessage(content, response_metadata={RECORD: record(RESULT)}, **fields)
