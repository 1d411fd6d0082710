"""The classes of core and ours that are held to one contract, and what drives them.

A fact is stated once, and every class answers for it. Where the classes of core differ among
themselves or from ours, the kind of class says what to expect of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.callbacks import CallbackManager
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.response_synthesizers import (
    BaseSynthesizer,
    CompactAndRefine,
    TreeSummarize,
)
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import BaseModel

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine, MinionsSynthesizer
from llama_index_minions.synthesizer import MinionSynthesizer
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import ModelError
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    PLAN,
    REPORT,
    ScriptedLLM,
    answerer,
    answering,
    question,
    reader,
    worker,
)

GIVEN = ("letter", "report")
CITED_FIRST = ("report", "letter")


@dataclass(frozen=True)
class Kind:
    """A class under contract.

    Attributes:
        made: makes one of the LLM that answers, for engines of a retriever too, and of the options
            of the class.
        prompt: the name of a template which that LLM is asked with for every answer.
        scripted: makes an LLM that answers as it is told to.
        error: what is raised when the LLM cannot be reached.
        order: the ids of the source nodes of an answer about `letter_and_report()`.
        same_nodes: whether the source nodes are the very nodes that were given.
        callbacks: what is told of a query, the calls of the LLM left out.
    """

    made: Callable[..., Any]
    prompt: str
    scripted: Callable[..., ScriptedLLM] = answerer
    error: type[Exception] = ConnectionRefusedError
    order: tuple[str, ...] = GIVEN
    same_nodes: bool = True
    callbacks: tuple[str, ...] = ("query", "retrieve", "synthesize")

    def synthesizer(self, llm: ScriptedLLM | None = None, **options: Any) -> BaseSynthesizer:
        """One that answers by `llm`, or by one that says `ANSWER`."""
        return self.made(llm or self.scripted(), **options)

    def engine(
        self,
        llm: ScriptedLLM | None = None,
        nodes: Sequence[NodeWithScore] | None = None,
        **options: Any,
    ) -> Any:
        """One that finds `nodes`, or the letter and the report."""
        found = letter_and_report() if nodes is None else nodes
        retriever = Shelf(found, options.get("callback_manager"))
        return self.made(llm or self.scripted(), retriever, **options)


class Shelf(BaseRetriever):
    """Finds the same nodes for every question, and keeps the questions."""

    def __init__(
        self, nodes: Sequence[NodeWithScore], callback_manager: CallbackManager | None = None
    ) -> None:
        super().__init__(callback_manager)
        self.nodes = list(nodes)
        self.asked: list[Any] = []

    def _retrieve(self, query_bundle):
        self.asked.append(query_bundle)
        return list(self.nodes)


def letter_and_report() -> list[NodeWithScore]:
    """Two nodes, of which the second holds what is asked for."""
    letter = TextNode(id_="letter", text=OTHER, metadata={"file_name": "letter.txt"})
    report = TextNode(
        id_="report", text=REPORT, metadata={"file_name": "report.pdf", "page_label": "12"}
    )
    return [NodeWithScore(node=letter, score=0.9), NodeWithScore(node=report, score=0.4)]


def ids(nodes: Sequence[NodeWithScore]) -> tuple[str, ...]:
    return tuple(node.node_id for node in nodes)


def unreachable(**data: Any) -> ScriptedLLM:
    """An LLM that refuses every call."""

    def refuse(_) -> str:
        raise ConnectionRefusedError

    return ScriptedLLM(refuse, **data)


def refusing_once(llm: ScriptedLLM) -> ScriptedLLM:
    """The same LLM, but for its first call, which it refuses."""
    refusals, script = [ConnectionRefusedError()], llm._script

    def say(messages) -> str:
        if refusals:
            raise refusals.pop()
        return script(messages)

    llm._script = say
    return llm


class Figure(BaseModel):
    """What a report tells of one year."""

    spent_millions: int
    year: int


FIGURE = Figure(spent_millions=1749, year=2023)


def filling(llm: ScriptedLLM) -> ScriptedLLM:
    """The same LLM, but for what it says once it was shown the schema of a `Figure`."""
    script = llm._script

    def say(messages) -> str:
        seen = "".join(message.content for message in messages).replace(" ", "")
        return FIGURE.model_dump_json() if '"title":"Figure"' in seen else script(messages)

    llm._script = say
    return llm


def _supervisor(answer: str = ANSWER, **data: Any) -> ScriptedLLM:
    return answering(answer, after=PLAN, **data)


def _questioner(answer: str = ANSWER, **data: Any) -> ScriptedLLM:
    return answering(answer, after=question([]), **data)


def _minions(llm, **options):
    return MinionsSynthesizer(worker(), llm, settings=MinionsConfig(max_retries=0), **options)


def _minion(llm, **options):
    return MinionSynthesizer(reader(), llm, settings=MinionConfig(max_retries=0), **options)


def _minions_engine(llm, retriever, **options):
    settings = MinionsConfig(max_retries=0)
    return MinionsQueryEngine(worker(), llm, retriever=retriever, settings=settings, **options)


def _minion_engine(llm, retriever, **options):
    settings = MinionConfig(max_retries=0)
    return MinionQueryEngine(reader(), llm, retriever=retriever, settings=settings, **options)


def _retrieving(synthesizer):
    """Core's engine with a synthesizer of some class."""

    def made(llm, retriever, *, node_postprocessors=None, callback_manager=None, **options):
        of_engine = (node_postprocessors, callback_manager)
        inner = synthesizer(llm, callback_manager=callback_manager, **options)
        return RetrieverQueryEngine(retriever, inner, *of_engine)

    return made


def _citing(synthesizer):
    """Core's engine that cuts what it finds, and numbers the pieces."""

    def made(llm, retriever, *, node_postprocessors=None, callback_manager=None, **options):
        return CitationQueryEngine(
            retriever,
            llm,
            synthesizer(llm, callback_manager=callback_manager, **options),
            node_postprocessors=node_postprocessors,
            callback_manager=callback_manager,
        )

    return made


_MINIONS = {"scripted": _supervisor, "error": ModelError, "order": CITED_FIRST}
_MINION = {"scripted": _questioner, "error": ModelError, "order": CITED_FIRST}
_CITING = {"same_nodes": False, "callbacks": ("query", "retrieve", "retrieve", "synthesize")}

SYNTHESIZERS = {
    "TreeSummarize": Kind(TreeSummarize, "summary_template"),
    "CompactAndRefine": Kind(CompactAndRefine, "text_qa_template"),
    "MinionsSynthesizer": Kind(_minions, "minions_system", **_MINIONS),
    "MinionSynthesizer": Kind(_minion, "minion_system", **_MINION),
}
ENGINES = {
    "RetrieverQueryEngine": Kind(_retrieving(TreeSummarize), "summary_template"),
    "CitationQueryEngine": Kind(_citing(CompactAndRefine), "text_qa_template", **_CITING),
    "RetrieverQueryEngine-Minions": Kind(_retrieving(_minions), "minions_system", **_MINIONS),
    "CitationQueryEngine-Minions": Kind(_citing(_minions), "minions_system", **_MINIONS | _CITING),
    "MinionsQueryEngine": Kind(_minions_engine, "minions_system", **_MINIONS),
    "MinionQueryEngine": Kind(_minion_engine, "minion_system", **_MINION),
}

each_synthesizer = pytest.mark.parametrize("kind", SYNTHESIZERS.values(), ids=SYNTHESIZERS)
each_engine = pytest.mark.parametrize("kind", ENGINES.values(), ids=ENGINES)
