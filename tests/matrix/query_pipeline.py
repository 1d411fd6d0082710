"""Engines and synthesizers in a QueryPipeline, which the last llama-index-core 0.12 still has.

Only `tests/matrix/run.sh query-pipeline` runs this, by its path: newer cores have no QueryPipeline.
"""

import pytest
from llama_index.core import Document, PromptTemplate, SummaryIndex
from llama_index.core.query_pipeline import FnComponent, InputComponent, QueryPipeline
from llama_index.core.schema import TextNode

from llama_index_minions import (
    MinionQueryEngine,
    MinionsQueryEngine,
    MinionsSynthesizer,
    MinionSynthesizer,
)
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    QUESTION,
    REPORT,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)

MODELS = {MinionsQueryEngine: (worker, supervisor), MinionQueryEngine: (reader, questioner)}
SYNTHESIZERS = {
    MinionsSynthesizer: MODELS[MinionsQueryEngine],
    MinionSynthesizer: MODELS[MinionQueryEngine],
}
both_engines = pytest.mark.parametrize("engine", list(MODELS), ids=lambda cls: cls.__name__)
both_synthesizers = pytest.mark.parametrize(
    "synthesizer", list(SYNTHESIZERS), ids=lambda cls: cls.__name__
)


def pipeline(*chain):
    with pytest.deprecated_call(match="class QueryPipeline"):
        return QueryPipeline(chain=chain)


def built(engine):
    local, remote = MODELS[engine]
    documents = [Document(text=OTHER, id_="letter"), Document(text=REPORT, id_="report")]
    return engine.from_documents(documents, local=local(), remote=remote())


def asking(engine):
    """A prompt before an engine, its citations alone behind it."""
    prompt = PromptTemplate("What was {figure} in 2023?")
    cited = FnComponent(fn=lambda response: response.metadata["minions"]["citations"])
    return pipeline(prompt, engine, cited)


def retrieving(synthesizer, **options):
    """The question goes to a retriever and to a synthesizer, what is found to the synthesizer."""
    local, remote = SYNTHESIZERS[synthesizer]
    nodes = [TextNode(text=OTHER, id_="letter"), TextNode(text=REPORT, id_="report")]
    parts = {
        "input": InputComponent(),
        "retriever": SummaryIndex(nodes).as_retriever(),
        "synthesizer": synthesizer(local(), remote(), **options),
    }
    whole = pipeline()
    whole.add_modules(parts)
    whole.add_link("input", "retriever", src_key="question")
    whole.add_link("input", "synthesizer", src_key="question", dest_key="query_str")
    whole.add_link("retriever", "synthesizer", dest_key="nodes")
    return whole


def told(response):
    return str(response), [node.node_id for node in response.source_nodes]


@both_engines
def test_an_engine_is_a_component(engine):
    response = pipeline(built(engine)).run(input=QUESTION)
    assert told(response) == (ANSWER, ["report", "letter"])


@both_engines
async def test_an_engine_is_an_asynchronous_component(engine):
    response = await pipeline(built(engine)).arun(input=QUESTION)
    assert told(response) == (ANSWER, ["report", "letter"])


@both_engines
def test_an_engine_stands_between_components(engine):
    (citation,) = asking(built(engine)).run(figure="capital expenditure")
    assert citation["node_id"] == "report"


@both_engines
async def test_an_engine_stands_between_asynchronous_components(engine):
    (citation,) = await asking(built(engine)).arun(figure="capital expenditure")
    assert citation["node_id"] == "report"


def test_an_engine_is_asked_what_the_prompt_before_it_says():
    remote = supervisor()
    documents = [Document(text=REPORT)]
    engine = MinionsQueryEngine.from_documents(documents, local=worker(), remote=remote)
    asking(engine).run(figure="capital expenditure")
    (_, messages, _), *_ = remote.asked
    assert QUESTION in messages[-1].content


def test_an_llm_goes_on_with_the_answer_of_an_engine():
    llm = ScriptedLLM(lambda messages: messages[-1].content)
    prompt = PromptTemplate("In short: {answer}")
    response = pipeline(built(MinionsQueryEngine), prompt, llm).run(input=QUESTION)
    assert response.message.content == f"In short: {ANSWER}"


@both_synthesizers
def test_a_synthesizer_is_a_component(synthesizer):
    response = retrieving(synthesizer).run(question=QUESTION)
    assert told(response) == (ANSWER, ["report", "letter"])


@both_synthesizers
async def test_a_synthesizer_is_an_asynchronous_component(synthesizer):
    response = await retrieving(synthesizer).arun(question=QUESTION)
    assert told(response) == (ANSWER, ["report", "letter"])


@both_synthesizers
def test_a_stream_comes_out(synthesizer):
    response = retrieving(synthesizer, streaming=True).run(question=QUESTION)
    assert "".join(response.response_gen) == ANSWER


@both_synthesizers
async def test_an_asynchronous_stream_comes_out(synthesizer):
    response = await retrieving(synthesizer, streaming=True).arun(question=QUESTION)
    assert "".join([piece async for piece in response.async_response_gen()]) == ANSWER
