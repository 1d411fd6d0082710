"""What cannot be read or filled in: a clear error, and nothing that was paid for is lost."""

import pytest
from llama_index.core import Document, SummaryIndex
from llama_index.core.schema import NodeWithScore, TextNode
from pydantic import BaseModel

from llama_index_minions import MinionsQueryEngine, MinionsSynthesizer
from minions_core.errors import ModelError, UsageError
from tests.llama_index.scripted import (
    ANSWER,
    PLAN,
    QUESTION,
    REPORT,
    ScriptedLLM,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way

NODE = TextNode(text=REPORT)


class Expenditure(BaseModel):
    millions: float


def over(**source) -> MinionsQueryEngine:
    return MinionsQueryEngine(worker(), supervisor(), **source)


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ({"documents": REPORT}, "documents is a str: pass a list of Documents"),
        ({"documents": Document(text=REPORT)}, "documents is a Document: pass a list"),
        ({"documents": [REPORT]}, r"documents holds a str: make it a Document\(text=...\)"),
        ({"documents": [NODE]}, "documents holds a TextNode: pass it as one of `nodes`"),
        ({"documents": [{"text": REPORT}]}, "documents holds a dict: pass LlamaIndex's Documents"),
        ({"nodes": 3}, "nodes is a int: pass a list"),
        ({"nodes": [REPORT]}, r"nodes holds a str: make it a TextNode\(text=...\)"),
        ({"nodes": [NodeWithScore(node=NODE)]}, "nodes holds a NodeWithScore: pass its `node`"),
    ],
)
def test_what_is_no_list_of_such_nodes_is_refused_with_advice(source, advice):
    with pytest.raises(UsageError, match=advice):
        over(**source)


def test_remote_has_two_names_and_goes_by_one():
    retriever = SummaryIndex([NODE]).as_retriever()
    with pytest.raises(UsageError, match="two names for one thing"):
        MinionsQueryEngine.from_args(retriever, supervisor(), local=worker(), remote=supervisor())


def test_llm_is_another_name_for_remote():
    retriever = SummaryIndex([NODE]).as_retriever()
    engine = MinionsQueryEngine.from_args(retriever, supervisor(), local=worker())
    assert str(engine.query(QUESTION)) == ANSWER


def never_filling() -> ScriptedLLM:
    """A remote LLM that answers, and does not put its answer into any form."""
    said = iter([PLAN, f"<answer>{ANSWER}</answer>", "It is plenty.", "Plenty, as I said."])
    return ScriptedLLM(lambda _: next(said), model="gpt-4o")


@each_way
async def test_an_answer_that_is_put_into_no_class_is_on_the_error(way):
    synthesizer = MinionsSynthesizer(worker(), never_filling(), output_cls=Expenditure)
    with pytest.raises(ModelError, match="could not be put into Expenditure") as caught:
        await way.synthesize(synthesizer, QUESTION, [NodeWithScore(node=NODE)])
    assert caught.value.partial.answer == ANSWER
    assert caught.value.partial.ledger.remote.calls == 4


@each_way
@pytest.mark.parametrize("streaming", [False, True])
async def test_bare_texts_with_nothing_in_them_ask_no_llm(way, streaming):
    remote = supervisor()
    synthesizer = MinionsSynthesizer(worker(), remote, streaming=streaming)
    answer = await way.get_response(synthesizer, QUESTION, ["", " \n"])
    text = "".join(await way.pieces(answer)) if streaming else answer
    assert (text, remote.asked) == ("Empty Response", [])
