"""What synthesizers and engines can be given besides two LLMs, and what comes of it."""

import threading

import pytest
from llama_index.core import Document, SummaryIndex
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import ImageNode, NodeWithScore, TextNode
from llama_index.core.settings import Settings

from llama_index_minions import MinionsQueryEngine, MinionsSynthesizer
from minions_core.config import MinionsConfig
from minions_core.errors import UsageError
from tests.llama_index.engines import engine, nodes
from tests.llama_index.listening import Callbacks
from tests.llama_index.scripted import (
    OTHER,
    PLAN,
    QUESTION,
    QUOTE,
    REPORT,
    ScriptedLLM,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way


def synthesizer(**options) -> MinionsSynthesizer:
    return MinionsSynthesizer(worker(), supervisor(), **options)


def scored(*given) -> list[NodeWithScore]:
    return [NodeWithScore(node=node) for node in given or nodes()]


def stubborn(**data) -> ScriptedLLM:
    """A remote LLM that plans and plans, and never answers."""
    return ScriptedLLM(lambda _: PLAN, model="gpt-4o", **data)


def blind(**data) -> ScriptedLLM:
    """A local LLM that finds nothing."""
    return ScriptedLLM(lambda _: '{"citation": null, "answer": null}', **data)


# Which nodes are listed


@each_way
@pytest.mark.parametrize("streaming", [False, True])
async def test_cited_nodes_can_be_listed_alone(way, streaming):
    made = synthesizer(source_nodes="cited", streaming=streaming)
    response = await way.synthesize(made, QUESTION, scored())
    if streaming:
        await way.response(response)
    assert [node.node_id for node in response.source_nodes] == ["report"]
    assert list(response.metadata) == ["report", "minions"]


def test_additional_nodes_are_listed_in_any_case():
    more = scored(TextNode(text="more", id_="more"))
    response = synthesizer(source_nodes="cited").synthesize(QUESTION, scored(), more)
    assert [node.node_id for node in response.source_nodes] == ["report", "more"]


def test_other_lists_are_refused():
    with pytest.raises(UsageError, match="pass 'all' or 'cited'"):
        synthesizer(source_nodes="quoted")


# An answer without a text


@each_way
@pytest.mark.parametrize("streaming", [False, True])
async def test_where_there_is_nothing_to_say_that_is_said(way, streaming):
    settings = MinionsConfig(max_rounds=1)
    made = MinionsSynthesizer(blind(), stubborn(), settings=settings, streaming=streaming)
    response = await way.synthesize(made, QUESTION, scored())
    text = str(await way.response(response) if streaming else response)
    assert text == "Empty Response"
    assert response.metadata["minions"]["status"] == "exhausted"


def test_in_words_of_ones_own():
    settings = MinionsConfig(max_rounds=1)
    made = MinionsSynthesizer(blind(), stubborn(), settings=settings, empty_response="Nothing.")
    assert str(made.synthesize(QUESTION, scored())) == "Nothing."


def test_none_is_the_text_core_has():
    assert str(synthesizer(empty_response=None).synthesize(QUESTION, [])) == "Empty Response"


# What is told of the documents


def test_what_the_remote_llm_should_know_of_the_documents_it_is_told():
    remote = supervisor()
    made = MinionsSynthesizer(worker(), remote, doc_metadata="Filings of 3M.")
    made.synthesize(QUESTION, scored())
    assert "Filings of 3M." in remote.asked[0][1][-1].content


def test_the_account_holds_all_that_left_the_machine():
    response = synthesizer().synthesize(QUESTION, scored())
    items = response.metadata["minions"]["disclosure"]["items"]
    assert any(item["kind"] == "quote" and QUOTE in item["text"] for item in items)
    assert all(item.keys() == {"kind", "text", "document"} for item in items)


def test_nodes_without_text_are_told_of():
    response = synthesizer().synthesize(QUESTION, scored(*nodes(), ImageNode(text="", image="x")))
    assert response.metadata["minions"]["notes"] == ["1 of 3 nodes hold no text: not read."]


@each_way
async def test_a_multimodal_synthesis_is_refused_with_the_reason(way):
    with pytest.raises(UsageError, match="text alone"):
        await way.get_response_from_messages(synthesizer(), QUESTION, [])


# Where the work is done


class Seen(TextNode):
    """A node that knows in which threads its text was read."""

    def get_content(self, *args, **kwargs):
        self.metadata.setdefault("threads", set()).add(threading.get_ident())
        return super().get_content(*args, **kwargs)


async def test_texts_are_put_together_off_the_event_loop():
    node = Seen(text=" ")
    await synthesizer().asynthesize(QUESTION, scored(node))
    assert threading.get_ident() not in node.metadata["threads"]


# Handlers


def test_a_handler_the_settings_get_later_hears_of_queries():
    made, told = engine(), Callbacks()
    Settings.callback_manager = CallbackManager([told])
    made.query(QUESTION)
    assert told.heard[:1] + told.heard[-1:] == ["start query", "end query"]


def test_a_handler_given_goes_before_that_of_the_settings():
    given, told = Callbacks(), Callbacks()
    made = engine(callback_manager=CallbackManager([given]))
    Settings.callback_manager = CallbackManager([told])
    made.query(QUESTION)
    assert "start query" in given.heard
    assert told.heard == []


# What cannot be


@pytest.mark.parametrize("name", ["similarity_top_k", "response_mode", "verbose"])
def test_an_option_there_is_not_is_refused_by_its_name(name):
    with pytest.raises(UsageError, match=rf"no option is named {name}: .*retriever_kwargs"):
        engine(**{name: 3})


def test_another_retriever_must_be_one():
    index = SummaryIndex([TextNode(text=REPORT)])
    with pytest.raises(UsageError, match="use from_index"):
        engine().with_retriever(index)


@pytest.mark.parametrize("output_cls", [{"type": "object"}, int, Document(text="x")])
def test_an_output_class_must_be_a_pydantic_one(output_cls):
    with pytest.raises(UsageError, match="output_cls"):
        synthesizer(output_cls=output_cls)


# Twins


def test_an_engine_that_streams_nothing_is_its_own_twin():
    made = engine()
    assert made.without_streaming() is made


def test_a_twin_that_does_not_stream_has_the_same_prompts():
    made = MinionsQueryEngine.from_documents(
        [Document(text=OTHER)], local=worker(), remote=supervisor(), streaming=True
    )
    twin, key = made.without_streaming(), "response_synthesizer:minions_worker"
    made.update_prompts({key: type(made.get_prompts()[key])("Read.")})
    assert twin.get_prompts()[key].template == "Read."
