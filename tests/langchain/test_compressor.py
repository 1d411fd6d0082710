"""Retrieved documents made short: passages word for word, with the metadata of where they stand."""

import json

import pytest
from langchain_classic.retrievers import ContextualCompressionRetriever
from langchain_classic.retrievers.document_compressors import DocumentCompressorPipeline
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.context import collect_runs
from langchain_text_splitters import RecursiveCharacterTextSplitter
from pydantic import ValidationError

from langchain_minions.documents import MinionsCompressor
from minions_core import Budget, MinionsConfig, ModelError, ReaderConfig, UsageError
from minions_core.clients import ExtractiveClient
from tests.langchain.chains import QUESTION
from tests.langchain.gauge import Gauge
from tests.langchain.scripted import (
    FOUND,
    NOTHING,
    QUOTE,
    Runs,
    ScriptedChat,
    ToolCallingChat,
    reads,
)

OTHER = Document("The company had 3,400 employees.", metadata={"source": "people.md", "row": 3})
HOLDS = Document(f"Spending. {QUOTE} More.", metadata={"source": "spending.md", "row": 7})
DAYS = [Document(f"On day {day} it rained.", metadata={"source": f"{day}"}) for day in range(8)]


def compressor(script=reads, **fields):
    return MinionsCompressor(ScriptedChat(script=script, model="llama3.2"), **fields)


def compress(*documents, script=reads, **fields):
    return compressor(script, **fields).compress_documents(documents, QUESTION)


class Finds(BaseRetriever):
    """A retriever that finds the same documents whatever it is asked."""

    documents: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        return self.documents


def retriever(*documents, script=reads):
    return ContextualCompressionRetriever(
        base_compressor=compressor(script), base_retriever=Finds(documents=list(documents))
    )


RUNS = [
    (
        "ContextualCompressionRetriever",
        "retriever",
        [("Finds", "retriever", []), ("local_job_1", "llm", []), ("local_job_2", "llm", [])],
    )
]


def test_a_passage_is_the_documents_own_words():
    (passage,) = compress(HOLDS)
    place = slice(passage.metadata["start"], passage.metadata["end"])
    assert HOLDS.page_content[place] == passage.page_content == QUOTE


def test_a_passage_has_the_metadata_of_its_document_and_its_own():
    (passage,) = compress(OTHER, HOLDS)
    kept = dict(passage.metadata)
    assert kept == {
        "source": "spending.md",
        "row": 7,
        "document": "spending.md",
        "start": 10,
        "end": 10 + len(QUOTE),
        "page_label": None,
        "number": 1,
        "check": "verified",
        "answer": "$120 million",
    }


def test_a_document_with_nothing_to_say_is_dropped():
    assert [found.metadata["source"] for found in compress(OTHER, HOLDS, *DAYS)] == ["spending.md"]


def test_if_no_document_has_anything_to_say_nothing_comes_back():
    assert compress(OTHER, *DAYS) == []


def test_passages_keep_the_order_of_the_documents():
    def quotes_all(messages):
        answer = "$130 million" if QUOTE in str(messages) else "3,400"
        said = [QUOTE, OTHER.page_content]
        return json.dumps({"citation": said, "answer": answer})

    found = compress(HOLDS, OTHER, script=quotes_all)
    assert [(passage.metadata["source"], passage.metadata["check"]) for passage in found] == [
        ("spending.md", "partial"),
        ("people.md", "verified"),
    ]


def test_a_quote_that_stands_nowhere_does_not_come_back():
    made_up = json.dumps({"citation": ["It was a great year for all."], "answer": "great"})
    assert compress(HOLDS, script=lambda messages: made_up) == []


def test_documents_are_not_changed():
    given = [HOLDS.model_copy(deep=True), OTHER.model_copy(deep=True)]
    compress(*given)
    assert given == [HOLDS, OTHER]


@pytest.mark.parametrize("nothing", [[], [Document("  ")]], ids=["none", "blank"])
def test_without_a_text_no_model_is_asked(nothing):
    made = compressor()
    assert (made.compress_documents(nothing, QUESTION), made.local.asked) == ([], [])


def test_a_query_without_words_is_refused():
    with pytest.raises(UsageError, match="task is empty"):
        compressor().compress_documents([HOLDS], " ")


async def test_it_does_not_block():
    found = await compressor().acompress_documents([OTHER, HOLDS], QUESTION)
    assert found == compress(OTHER, HOLDS)


async def test_without_a_text_no_model_is_asked_without_blocking():
    assert await compressor().acompress_documents([], QUESTION) == []


async def test_it_works_inside_a_running_event_loop():
    assert [found.page_content for found in compress(HOLDS)] == [QUOTE]


def test_a_passage_on_a_page_has_that_page_and_its_label_counted_from_one():
    pages = [
        Document("Cover", metadata={"source": "r.pdf", "page": 0}),
        Document(QUOTE, metadata={"source": "r.pdf", "page": 1}),
    ]
    (passage,) = compress(*pages)
    assert [passage.metadata[key] for key in ("page", "page_label", "start")] == [1, "2", 0]


def test_a_passage_on_a_labelled_page_has_the_printed_page():
    page = Document(QUOTE, metadata={"source": "r.pdf", "page": 9, "page_label": "4"})
    (passage,) = compress(page)
    assert (passage.metadata["page"], passage.metadata["page_label"]) == (9, "4")


def test_a_passage_of_a_split_document_is_placed_in_its_part():
    text = "It rained. " * 40 + QUOTE + " It rained." * 40
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=200, chunk_overlap=60, add_start_index=True
    )
    parts = splitter.split_documents([Document(text, metadata={"source": "days.txt"})])
    (passage,) = compress(*parts)
    start = passage.metadata["start_index"] + passage.metadata["start"]
    assert text[start : start + len(QUOTE)] == QUOTE == passage.page_content


def test_a_long_document_is_read_in_chunks():
    text = "It rained all day long. " * 400 + QUOTE
    made = compressor(settings=ReaderConfig(max_chunk_tokens=300))
    (passage,) = made.compress_documents([Document(text)], QUESTION)
    assert (text[passage.metadata["start"] :], len(made.local.asked) > 5) == (QUOTE, True)


def test_a_failed_job_does_not_sink_the_rest():
    def fails(messages):
        if "employees" in str(messages):
            raise ModelError("boom")
        return reads(messages)

    assert [found.page_content for found in compress(OTHER, HOLDS, script=fails)] == [QUOTE]


def test_if_all_jobs_fail_so_does_the_compressor():
    def fails(messages):
        raise ModelError("boom")

    with pytest.raises(ModelError, match="boom"):
        compress(OTHER, HOLDS, script=fails)


def test_a_budget_reads_the_documents_that_suit_the_question_best():
    made = compressor(settings=ReaderConfig(budget=Budget(jobs=1)))
    (passage,) = made.compress_documents([*DAYS, HOLDS], QUESTION)
    assert (passage.page_content, len(made.local.asked)) == (QUOTE, 1)


def test_no_more_calls_are_in_flight_than_the_settings_allow():
    gauge = Gauge()
    compress(*DAYS, script=gauge.read, settings=ReaderConfig(local_concurrency=2))
    assert gauge.most == 2


def test_within_a_chain_the_config_says_how_many_calls_are_in_flight():
    gauge = Gauge()
    chain = RunnableLambda(lambda query: query) | retriever(*DAYS, script=gauge.read)
    chain.invoke(QUESTION, {"max_concurrency": 1})
    assert gauge.most == 1


def test_a_journal_answers_in_place_of_the_model(tmp_path):
    first = compress(HOLDS, journal=tmp_path / "read.journal")
    again = compressor(lambda messages: NOTHING, journal=tmp_path / "read.journal")
    assert again.compress_documents([HOLDS], QUESTION) == first


@pytest.mark.parametrize(
    "local",
    [
        ScriptedChat(script=reads).with_retry(),
        ScriptedChat(script=reads).with_fallbacks([ScriptedChat(script=reads)]),
        ScriptedChat(script=reads).bind(stop=["END"]),
        ToolCallingChat(script=lambda messages: FOUND),
        RunnableLambda(lambda messages: FOUND),
        ExtractiveClient(),
    ],
    ids=["retry", "fallbacks", "bound", "tool call", "lambda", "core client"],
)
def test_any_model_a_chain_takes_reads(local):
    (passage,) = MinionsCompressor(local).compress_documents([HOLDS], QUESTION)
    assert passage.page_content == QUOTE


def test_a_model_may_be_named_as_an_argument():
    made = MinionsCompressor(local=ScriptedChat(script=reads))
    assert made.compress_documents([HOLDS], QUESTION)


def test_what_is_no_model_is_refused():
    with pytest.raises(UsageError, match="a model must be"):
        MinionsCompressor(42)


@pytest.mark.parametrize("fields", [{"settings": MinionsConfig()}, {"remote": None}])
def test_fields_that_are_not_its_own_are_refused(fields):
    with pytest.raises(ValidationError):
        compressor(**fields)


def test_behind_a_retriever_it_returns_passages():
    (passage,) = retriever(OTHER, HOLDS).invoke(QUESTION)
    assert (passage.page_content, passage.metadata["source"]) == (QUOTE, "spending.md")


def test_calls_are_child_runs_of_the_retriever():
    runs = Runs()
    retriever(OTHER, HOLDS).invoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == RUNS


async def test_calls_are_child_runs_of_the_retriever_without_blocking():
    runs = Runs()
    await retriever(OTHER, HOLDS).ainvoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == RUNS


def test_calls_are_tagged_and_keep_out_of_message_streams():
    with collect_runs() as runs:
        retriever(HOLDS).invoke(QUESTION)
    (call,) = (run for run in runs.traced_runs[0].child_runs if run.run_type == "llm")
    assert {"minions:local", "nostream"} <= set(call.tags)


def test_callbacks_given_to_it_alone_are_told_of_the_calls():
    runs = Runs()
    compressor().compress_documents([HOLDS], QUESTION, callbacks=[runs])
    assert runs.shapes == [("local_job_1", "llm", [])]


def pipeline():
    splitter = RecursiveCharacterTextSplitter(chunk_size=60, chunk_overlap=0)
    return DocumentCompressorPipeline(transformers=[splitter, compressor()])


def test_it_is_a_step_of_a_pipeline():
    (passage,) = pipeline().compress_documents([OTHER, HOLDS], QUESTION)
    assert (passage.page_content, passage.metadata["source"]) == (QUOTE, "spending.md")


async def test_it_is_a_step_of_a_pipeline_without_blocking():
    (passage,) = await pipeline().acompress_documents([OTHER, HOLDS], QUESTION)
    assert (passage.page_content, passage.metadata["source"]) == (QUOTE, "spending.md")
