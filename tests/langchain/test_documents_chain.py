"""The documents chain where LangChain's stuff documents chain would stand."""

import operator
from functools import reduce

import pytest
from langchain_classic.chains import create_retrieval_chain
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import ConfigurableField
from pydantic import ValidationError

from langchain_minions import MinionsChain
from langchain_minions.documents import NOTHING_FOUND, create_minions_documents_chain
from minions_core import MinionConfig, MinionsConfig, UsageError
from tests.langchain.chains import MINIONS_RUN, PAGES, QUESTION
from tests.langchain.gauge import Gauge
from tests.langchain.scripted import (
    ANSWER,
    QUOTE,
    Runs,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)

INPUT = {"input": QUESTION, "context": PAGES}
RUNS = [("minions_documents_chain", "chain", [MINIONS_RUN])]


class Finds(BaseRetriever):
    """A retriever that finds the same documents whatever it is asked."""

    documents: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        return self.documents


def models(local=reads, remote=plans_then_answers):
    return (
        ScriptedChat(script=local, model="llama3.2"),
        ScriptedChat(script=remote, model="gpt-4o"),
    )


def documents_chain(local=reads, remote=plans_then_answers, **options):
    return create_minions_documents_chain(*models(local, remote), **{"max_rounds": 1, **options})


def retrieval_chain(documents=PAGES, **options):
    return create_retrieval_chain(Finds(documents=documents), documents_chain(**options))


def answer_run(root):
    """The run of the answering step of a retrieval chain, inside those LangChain puts around it."""
    (step,) = (run for run in root.child_runs if "answer" in run.name)
    return step.child_runs[0].child_runs[0]


def test_the_answer_is_a_string():
    assert documents_chain().invoke(INPUT) == ANSWER


async def test_the_answer_is_a_string_without_blocking():
    assert await documents_chain().ainvoke(INPUT) == ANSWER


def test_the_answer_streams_as_pieces_of_a_string():
    pieces = list(documents_chain().stream(INPUT))
    assert ("".join(pieces), len(pieces) > 2) == (ANSWER, True)


async def test_the_answer_streams_as_pieces_of_a_string_without_blocking():
    pieces = [piece async for piece in documents_chain().astream(INPUT)]
    assert ("".join(pieces), len(pieces) > 2) == (ANSWER, True)


@pytest.mark.parametrize("key", ["input", "question", "query", "task"])
def test_the_question_goes_by_any_of_its_names(key):
    assert documents_chain().invoke({key: QUESTION, "context": PAGES}) == ANSWER


def test_the_documents_go_by_the_name_they_were_given():
    chain = documents_chain(document_variable_name="docs")
    assert chain.invoke({"input": QUESTION, "docs": PAGES, "context": "unused"}) == ANSWER


def test_input_without_the_documents_is_refused_by_their_name():
    with pytest.raises(UsageError, match="documents as 'docs'"):
        documents_chain(document_variable_name="docs").invoke({"input": QUESTION})


def test_input_without_a_question_is_refused():
    with pytest.raises(UsageError, match="no question"):
        documents_chain().invoke({"context": PAGES})


def test_the_other_protocol_answers_too():
    chain = documents_chain(tells, asks_then_answers, protocol="minion")
    assert chain.invoke(INPUT) == ANSWER


@pytest.mark.parametrize(
    ("protocol", "settings"), [("minions", MinionsConfig()), ("minion", MinionConfig())]
)
def test_settings_are_those_of_the_protocol(protocol, settings):
    chain = documents_chain(protocol=protocol, settings=settings, max_rounds=2)
    assert (chain.chain.settings, chain.chain.max_rounds) == (settings, 2)


def test_settings_of_the_other_protocol_are_refused():
    with pytest.raises(ValidationError):
        documents_chain(settings=MinionConfig())


def test_a_setting_of_none_is_the_default():
    chain = documents_chain(settings=None, max_rounds=None, privacy=None)
    assert chain.invoke(INPUT) == ANSWER


def test_an_output_parser_makes_something_else_of_the_answer():
    class Shouting(StrOutputParser):
        def parse(self, text):
            return text.upper()

    assert documents_chain(output_parser=Shouting()).invoke(INPUT) == ANSWER.upper()


def test_with_an_output_parser_the_run_has_the_same_name():
    runs = Runs()
    documents_chain(output_parser=StrOutputParser()).invoke(INPUT, {"callbacks": [runs]})
    assert (runs.roots[0].name, [run.name for run in runs.roots[0].child_runs]) == (
        "minions_documents_chain",
        ["minions_answer", "StrOutputParser"],
    )


def test_a_configurable_model_can_be_chosen_when_the_chain_is_called():
    first, second = models(reads)[0], models(lambda messages: "{}")[0]
    local = first.configurable_alternatives(ConfigurableField(id="local"), other=second)
    chain = create_minions_documents_chain(local, models()[1], max_rounds=1)
    chain.with_config(configurable={"local": "other"}).invoke(INPUT)
    assert (first.asked, bool(second.asked), chain.config_specs[0].id) == ([], True, "local")


def test_chat_history_reaches_the_remote_model():
    local, remote = models()
    history = [HumanMessage("Who runs it?"), AIMessage("Ada Moreau runs it.")]
    create_minions_documents_chain(local, remote).invoke({**INPUT, "chat_history": history})
    assert "Ada Moreau runs it." in str(remote.asked[0])


def test_inputs_are_not_changed():
    given = {"input": QUESTION, "context": [page.model_copy(deep=True) for page in PAGES]}
    documents_chain().invoke(given)
    assert given == INPUT


@pytest.mark.parametrize(
    "nothing", [[], (), None, "", [Document(" \n")]], ids=["list", "tuple", "None", "text", "blank"]
)
def test_nothing_to_read_is_an_answer_that_asks_no_model(nothing):
    local, remote = models()
    chain = create_minions_documents_chain(local, remote)
    assert chain.invoke({"input": QUESTION, "context": nothing}) == NOTHING_FOUND
    assert (local.asked, remote.asked) == ([], [])


async def test_nothing_to_read_is_an_answer_however_the_chain_is_called():
    chain, given = documents_chain(), {"input": QUESTION, "context": []}
    pieces = [piece async for piece in chain.astream(given)]
    answers = [await chain.ainvoke(given), *pieces, *chain.stream(given)]
    assert answers == [NOTHING_FOUND] * 3


def test_what_is_said_of_nothing_can_be_chosen():
    chain = documents_chain(nothing_found="Ask somebody else.")
    assert chain.invoke({"input": QUESTION, "context": []}) == "Ask somebody else."


def test_batches_answer_in_order():
    chain = documents_chain()
    answers = chain.batch([INPUT, {"input": QUESTION, "context": []}, INPUT])
    assert answers == [ANSWER, NOTHING_FOUND, ANSWER]


def test_a_batch_keeps_to_the_calls_its_config_allows():
    gauge = Gauge()
    documents_chain(gauge.read).batch([INPUT] * 4, {"max_concurrency": 1})
    assert gauge.most == 1


def test_model_calls_are_runs_below_the_chain_and_its_own():
    runs = Runs()
    documents_chain().invoke(INPUT, {"callbacks": [runs]})
    assert runs.shapes == RUNS


async def test_model_calls_are_runs_below_the_chain_when_it_does_not_block():
    runs = Runs()
    await documents_chain().ainvoke(INPUT, {"callbacks": [runs]})
    assert runs.shapes == RUNS


def test_model_calls_are_runs_below_the_chain_when_it_streams():
    runs = Runs()
    list(documents_chain().stream(INPUT, {"callbacks": [runs]}))
    assert (runs.shapes, runs.roots[0].outputs) == (RUNS, {"output": ANSWER})


async def test_model_calls_are_runs_below_the_chain_when_it_streams_without_blocking():
    runs = Runs()
    [piece async for piece in documents_chain().astream(INPUT, {"callbacks": [runs]})]
    assert (runs.shapes, runs.roots[0].outputs) == (RUNS, {"output": ANSWER})


def test_a_stream_that_is_closed_ends_the_run_of_the_chain_within():
    runs = Runs()
    stream = documents_chain().stream(INPUT, {"callbacks": [runs]})
    assert next(stream) == ANSWER[:2]
    stream.close()
    (chain,) = runs.roots[0].child_runs
    assert (chain.name, chain.end_time is None) == ("MinionsChain", False)


def test_in_a_retrieval_chain_the_answer_comes_with_question_and_documents():
    output = retrieval_chain().invoke({"input": QUESTION})
    assert output == {"input": QUESTION, "context": PAGES, "answer": ANSWER}


async def test_a_retrieval_chain_answers_without_blocking():
    assert (await retrieval_chain().ainvoke({"input": QUESTION}))["answer"] == ANSWER


def test_a_retrieval_chain_streams_the_answer_piece_by_piece():
    chunks = list(retrieval_chain().stream({"input": QUESTION}))
    pieces = [chunk["answer"] for chunk in chunks if "answer" in chunk]
    assert ("".join(pieces), len(pieces) > 2) == (ANSWER, True)


async def test_a_retrieval_chain_streams_the_answer_without_blocking():
    chunks = [chunk async for chunk in retrieval_chain().astream({"input": QUESTION})]
    pieces = [chunk["answer"] for chunk in chunks if "answer" in chunk]
    assert ("".join(pieces), len(pieces) > 2) == (ANSWER, True)


def test_a_retriever_that_finds_nothing_gets_an_answer():
    assert retrieval_chain([]).invoke({"input": QUESTION})["answer"] == NOTHING_FOUND


def test_a_retrieval_chain_batches():
    outputs = retrieval_chain().batch([{"input": QUESTION}] * 3)
    assert [output["answer"] for output in outputs] == [ANSWER] * 3


def test_the_trace_of_a_retrieval_chain_holds_every_call():
    runs = Runs()
    retrieval_chain().invoke({"input": QUESTION}, {"callbacks": [runs]})
    run = answer_run(runs.roots[0])
    assert (run.name, [child.name for child in run.child_runs]) == (
        "minions_documents_chain",
        ["MinionsChain"],
    )


def cited_chain():
    return create_retrieval_chain(Finds(documents=PAGES), MinionsChain(*models(), max_rounds=1))


def test_the_protocols_chain_in_its_place_answers_with_citations():
    answer = cited_chain().invoke({"input": QUESTION})["answer"]
    (found,) = answer["documents"]
    assert (answer["answer"], found.page_content) == (ANSWER, QUOTE)


def test_a_citation_of_a_retrieved_page_has_its_metadata():
    (found,) = cited_chain().invoke({"input": QUESTION})["answer"]["documents"]
    kept = {key: found.metadata[key] for key in ("source", "page", "page_label")}
    assert kept == {"source": "/home/me/report.pdf", "page": 0, "page_label": "1"}


def test_the_protocols_chain_in_its_place_streams_what_adds_up():
    whole = reduce(operator.add, cited_chain().stream({"input": QUESTION}))
    assert (whole["answer"]["answer"], whole["answer"]["status"]) == (ANSWER, "answered")
