"""The synthesizer: answers, source nodes, metadata; the same steps as LlamaIndex's own."""

import json
import threading

import pytest
from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks import CallbackManager
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from llama_index.core.settings import Settings

from llama_index_minions import MinionsSynthesizer
from llama_index_minions.synthesizer import MinionSynthesizer
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import MinionsError, ModelError, UsageError
from minions_core.testing import ScriptedModel
from tests.llama_index.listening import Callbacks
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    QUESTION,
    QUOTE,
    REPORT,
    BlockingLLM,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)


def letter_and_report() -> list[NodeWithScore]:
    letter = TextNode(id_="letter", text=OTHER, metadata={"file_name": "letter.txt"})
    report = TextNode(
        id_="report", text=REPORT, metadata={"file_name": "report.pdf", "page_label": "12"}
    )
    return [NodeWithScore(node=letter, score=0.9), NodeWithScore(node=report, score=0.4)]


def synthesizer(**options) -> MinionsSynthesizer:
    return MinionsSynthesizer(local=worker(), remote=supervisor(), **options)


def failing(_) -> str:
    raise ConnectionRefusedError


# Answers


def test_an_answer_is_a_response():
    response = synthesizer().synthesize(QUESTION, letter_and_report())
    assert type(response) is Response
    assert str(response) == ANSWER


async def test_an_answer_comes_asynchronously_by_the_asynchronous_methods():
    both = MinionsSynthesizer(local=worker(), remote=supervisor())
    response = await both.asynthesize(QueryBundle(QUESTION), letter_and_report())
    assert type(response) is Response
    assert str(response) == ANSWER
    assert {method for method, _, _ in both._llm.asked} <= {"achat", "astream_chat"}


def test_the_models_of_the_core_may_play_too():
    local = ScriptedModel(lambda _: json.dumps({"answer": "$1,749 million", "citation": QUOTE}))
    response = MinionsSynthesizer(local, supervisor()).synthesize(QUESTION, letter_and_report())
    assert str(response) == ANSWER


def test_minion_answers_as_well():
    minion = MinionSynthesizer(local=reader(), remote=questioner())
    response = minion.synthesize(QUESTION, letter_and_report())
    assert str(response) == ANSWER
    assert response.metadata["minions"]["protocol"] == "minion"


def test_bare_texts_are_answered_by_a_bare_text():
    assert synthesizer().get_response(QUESTION, [OTHER, REPORT]) == ANSWER


async def test_bare_texts_are_answered_asynchronously_too():
    assert await synthesizer().aget_response(QUESTION, [OTHER, REPORT]) == ANSWER


def test_bare_texts_are_answered_piece_by_piece_if_streaming():
    pieces = list(synthesizer(streaming=True).get_response(QUESTION, [OTHER, REPORT]))
    assert len(pieces) > 1
    assert "".join(pieces) == ANSWER


async def test_bare_texts_are_answered_piece_by_piece_asynchronously():
    stream = await synthesizer(streaming=True).aget_response(QUESTION, [OTHER, REPORT])
    assert "".join([piece async for piece in stream]) == ANSWER


# Sources


def test_cited_nodes_come_first_and_are_the_very_nodes_given():
    nodes = letter_and_report()
    response = synthesizer().synthesize(QUESTION, nodes)
    assert [node.node_id for node in response.source_nodes] == ["report", "letter"]
    assert response.source_nodes[0] is nodes[1]


def test_nodes_are_left_as_they_were():
    nodes = letter_and_report()
    before = [node.model_dump() for node in nodes]
    synthesizer().synthesize(QUESTION, nodes)
    assert [node.model_dump() for node in nodes] == before


def test_additional_nodes_are_listed_last_and_not_read():
    more = NodeWithScore(node=TextNode(id_="more", text="SECRET"))
    remote = supervisor()
    response = MinionsSynthesizer(worker(), remote).synthesize(
        QUESTION, letter_and_report(), [more]
    )
    assert [node.node_id for node in response.source_nodes] == ["report", "letter", "more"]
    assert "SECRET" not in str(remote.asked)


def test_a_citation_points_into_the_text_of_its_node():
    response = synthesizer().synthesize(QUESTION, letter_and_report())
    (citation,) = response.metadata["minions"]["citations"]
    assert REPORT[citation["start"] : citation["end"]] == QUOTE
    assert citation == {
        "number": 1,
        "node_id": "report",
        "start": REPORT.index(QUOTE),
        "end": REPORT.index(QUOTE) + len(QUOTE),
        "document_start": None,
        "document_end": None,
        "source": 0,
        "quote": QUOTE,
        "answer": "$1,749 million",
        "page": 12,
        "page_label": "12",
        "heading": "Cash flows",
        "document": "report.pdf",
        "check": "verified",
    }


def test_the_metadata_of_the_nodes_stands_where_llama_index_has_it():
    response = synthesizer().synthesize(QUESTION, letter_and_report())
    assert response.metadata["letter"] == {"file_name": "letter.txt"}
    assert response.metadata["report"] == {"file_name": "report.pdf", "page_label": "12"}


def test_the_account_of_a_run_is_plain_data():
    response = synthesizer().synthesize(QUESTION, letter_and_report())
    told = response.metadata["minions"]
    assert json.loads(json.dumps(told)) == told
    assert told["status"] == "answered"
    assert told["rounds"] == 1
    assert told["usage"]["remote"] == {
        "calls": 2,
        "failed": 0,
        "input_tokens": 200,
        "output_tokens": 40,
        "cached_input_tokens": 20,
        "total_tokens": 240,
        "estimated": False,
        "models": ["gpt-4o"],
    }
    assert float(told["cost"]) > 0


def test_an_unknown_price_is_none():
    remote = supervisor()
    remote.model = "house-model"
    told = MinionsSynthesizer(worker(), remote).synthesize(QUESTION, letter_and_report()).metadata
    assert told["minions"]["cost"] is None
    assert told["minions"]["saving"] is None


# Streaming


def test_a_streamed_answer_knows_its_sources_when_it_ends():
    response = synthesizer(streaming=True).synthesize(QUESTION, letter_and_report())
    assert type(response) is StreamingResponse
    assert "minions" not in response.metadata
    pieces = list(response.response_gen)
    assert len(pieces) > 1
    assert "".join(pieces) == ANSWER
    assert response.metadata["minions"]["citations"][0]["node_id"] == "report"
    assert [node.node_id for node in response.source_nodes] == ["report", "letter"]


async def test_an_asynchronous_stream_does_so_too():
    response = await synthesizer(streaming=True).asynthesize(QUESTION, letter_and_report())
    assert type(response) is AsyncStreamingResponse
    pieces = [piece async for piece in response.async_response_gen()]
    assert len(pieces) > 1
    assert "".join(pieces) == ANSWER
    assert [node.node_id for node in response.source_nodes] == ["report", "letter"]


def test_the_reading_is_done_before_a_stream_is_handed_out():
    local = worker()
    MinionsSynthesizer(local, supervisor(), streaming=True).synthesize(
        QUESTION, letter_and_report()
    )
    assert len(local.asked) == 2


def test_a_stream_gives_a_response_when_asked_for_one():
    response = synthesizer(streaming=True).synthesize(QUESTION, letter_and_report())
    assert response.get_response().metadata["minions"]["status"] == "answered"
    assert str(response) == ANSWER


def test_a_remote_that_cannot_stream_is_told_in_one_piece():
    class Mute(ScriptedLLM):
        def stream_chat(self, messages, **kwargs):
            raise NotImplementedError

    remote = Mute(supervisor()._script, model="gpt-4o")
    response = MinionsSynthesizer(worker(), remote, streaming=True).synthesize(
        QUESTION, letter_and_report()
    )
    assert "".join(response.response_gen) == ANSWER


async def test_a_blocking_remote_streams_from_a_thread():
    remote = BlockingLLM(text="<answer>Nothing was said.</answer>")
    response = await MinionsSynthesizer(worker(), remote, streaming=True).asynthesize(
        QUESTION, letter_and_report()
    )
    assert str(await response.get_response()) == "Nothing was said."
    assert threading.get_ident() not in remote.threads


# Nothing to read


@pytest.mark.parametrize("nodes", [[], [NodeWithScore(node=TextNode(text=" \n"))]])
def test_nothing_to_read_asks_nobody(nodes):
    remote = supervisor()
    response = MinionsSynthesizer(worker(), remote).synthesize(QUESTION, nodes)
    assert (response.response, response.source_nodes) == ("Empty Response", [])
    assert remote.asked == []


def test_what_is_said_of_nothing_can_be_chosen():
    response = synthesizer(empty_response="No documents.").synthesize(QUESTION, [])
    assert str(response) == "No documents."


async def test_nothing_to_read_asks_nobody_asynchronously_either():
    remote = supervisor()
    response = await MinionsSynthesizer(worker(), remote).asynthesize(QUESTION, [])
    assert (str(response), remote.asked) == ("Empty Response", [])


async def test_nothing_streams_as_something_does():
    streaming = synthesizer(streaming=True)
    response = await streaming.asynthesize(QUESTION, [])
    assert str(await response.get_response()) == "Empty Response"
    assert str(streaming.synthesize(QUESTION, [])) == "Empty Response"


# Failures


def test_a_failed_run_raises_with_what_was_found():
    with pytest.raises(ModelError) as raised:
        MinionsSynthesizer(
            worker(), ScriptedLLM(failing), settings=MinionsConfig(max_retries=0)
        ).synthesize(QUESTION, letter_and_report())
    assert raised.value.partial.status == "failed"


async def test_a_failed_stream_raises_before_it_is_handed_out():
    broken = MinionsSynthesizer(
        worker(), ScriptedLLM(failing), settings=MinionsConfig(max_retries=0), streaming=True
    )
    with pytest.raises(MinionsError):
        await broken.asynthesize(QUESTION, letter_and_report())


def test_an_empty_question_is_a_usage_error():
    with pytest.raises(UsageError, match="task is empty"):
        synthesizer().synthesize("  ", letter_and_report())


def test_settings_of_the_other_protocol_are_a_usage_error():
    with pytest.raises(UsageError, match="is a MinionConfig: pass a MinionsConfig"):
        synthesizer(settings=MinionConfig())


# What is left alone


def test_neither_llms_nor_settings_are_changed():
    local, remote = worker(), supervisor()
    managers = (local.callback_manager, remote.callback_manager)
    before, settings = (local.model_dump(), remote.model_dump()), dict(vars(Settings))
    both = MinionsSynthesizer(local, remote, callback_manager=CallbackManager([Callbacks()]))
    both.callback_manager = CallbackManager([Callbacks()])
    both.synthesize(QUESTION, letter_and_report())
    assert (local.model_dump(), remote.model_dump()) == before
    assert (local.callback_manager, remote.callback_manager) == managers
    assert vars(Settings) == settings


def test_the_remote_is_the_llm_of_the_synthesizer():
    remote = supervisor()
    assert MinionsSynthesizer(worker(), remote)._llm is remote


def test_the_remote_is_that_of_the_settings_if_none_is_given():
    Settings.llm = supervisor()
    assert str(MinionsSynthesizer(worker()).synthesize(QUESTION, letter_and_report())) == ANSWER
