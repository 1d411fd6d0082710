"""What a documents chain takes and gives besides the answer, and how its streams end."""

import operator
from functools import reduce

import pytest
from langchain_classic.chains import create_retrieval_chain
from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda

from langchain_minions import MinionsChain, create_minions_documents_chain
from langchain_minions._chains.documents_chain import DocumentsChain
from langchain_minions.documents import NOTHING_FOUND
from minions_core import UsageError
from tests.langchain.chains import PAGES, QUESTION
from tests.langchain.scripted import (
    ANSWER,
    QUOTE,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)

INPUT = {"input": QUESTION, "context": PAGES}
EMPTY = {"input": QUESTION, "context": []}


def models(local=reads, remote=plans_then_answers):
    return (
        ScriptedChat(script=local, model="llama3.2"),
        ScriptedChat(script=remote, model="gpt-4o"),
    )


def documents_chain(**options):
    return create_minions_documents_chain(*models(), **{"max_rounds": 1, **options})


def whole_chain(**options):
    return documents_chain(whole_output=True, **options)


def test_documents_that_come_one_by_one_are_all_read():
    local, remote = models()
    chain = create_minions_documents_chain(local, remote, max_rounds=1)
    assert chain.invoke({"input": QUESTION, "context": iter(PAGES)}) == ANSWER
    assert QUOTE in str(local.asked)


def test_documents_that_come_one_by_one_without_a_text_are_nothing():
    given = {"input": QUESTION, "context": iter([Document(" "), Document("")])}
    assert documents_chain().invoke(given) == NOTHING_FOUND


def test_the_whole_output_has_citations():
    output = whole_chain().invoke(INPUT)
    (found,) = output["documents"]
    assert (output["answer"], found.page_content, found.metadata["source"]) == (
        ANSWER,
        QUOTE,
        "/home/me/report.pdf",
    )


async def test_the_whole_output_is_the_same_without_blocking():
    output = await whole_chain().ainvoke(INPUT)
    assert (output["answer"], output["status"]) == (ANSWER, "answered")


def test_the_whole_output_streams_as_what_adds_up():
    whole = reduce(operator.add, whole_chain().stream(INPUT))
    assert (whole["answer"], whole["documents"][0].page_content) == (ANSWER, QUOTE)


async def test_the_whole_output_streams_without_blocking():
    chunks = [chunk async for chunk in whole_chain().astream(INPUT)]
    assert reduce(operator.add, chunks)["answer"] == ANSWER


def test_with_nothing_found_the_whole_output_has_the_same_keys():
    assert whole_chain().invoke(EMPTY).keys() == whole_chain().invoke(INPUT).keys()


def test_with_nothing_found_the_whole_output_invents_nothing():
    output = whole_chain().invoke(EMPTY)
    result = output.pop("result")
    usage = output.pop("usage")
    assert output == {
        "answer": NOTHING_FOUND,
        "citations": [],
        "documents": [],
        "evidence": [],
        "status": "exhausted",
    }
    assert (usage["local"]["calls"], usage["remote"]["calls"]) == (0, 0)
    assert (result.question, result.answer, bool(result.notes)) == (QUESTION, NOTHING_FOUND, True)


@pytest.mark.parametrize("protocol", ["minion", "minions"])
def test_with_nothing_found_the_result_tells_its_protocol(protocol):
    assert whole_chain(protocol=protocol).invoke(EMPTY)["result"].protocol == protocol


async def test_with_nothing_found_the_whole_output_is_the_same_however_it_is_called():
    chain = whole_chain()
    chunks = [chunk async for chunk in chain.astream(EMPTY)]
    outputs = [await chain.ainvoke(EMPTY), *chunks, *chain.stream(EMPTY)]
    assert outputs == [chain.invoke(EMPTY)] * 3


def test_with_nothing_found_a_question_is_needed_all_the_same():
    with pytest.raises(UsageError, match="no question"):
        whole_chain().invoke({"context": []})


def test_behind_a_retriever_that_finds_nothing_the_whole_output_is_the_answer():
    chain = create_retrieval_chain(RunnableLambda(lambda inputs: []), whole_chain())
    assert chain.invoke({"input": QUESTION})["answer"]["documents"] == []


def told_to_remote(given, **options):
    local, remote = models()
    create_minions_documents_chain(local, remote, **options).invoke(given)
    return str(remote.asked[0])


def test_instructions_reach_the_remote_model():
    assert "Reply in Welsh." in told_to_remote(INPUT, instructions="Reply in Welsh.")


def test_instructions_go_before_what_is_said_of_the_documents():
    given = {**INPUT, "doc_metadata": "Reports of a mine."}
    said = told_to_remote(given, instructions="Reply in Welsh.")
    assert -1 < said.find("Reply in Welsh.") < said.find("Reports of a mine.")


def test_instructions_reach_the_other_protocols_remote_model():
    local, remote = models(tells, asks_then_answers)
    options = {"protocol": "minion", "instructions": "Reply in Welsh."}
    create_minions_documents_chain(local, remote, **options).invoke(INPUT)
    assert "Reply in Welsh." in str(remote.asked[0])


PROMPT = ChatPromptTemplate.from_messages([("system", "{context}"), ("human", "{input}")])


def test_a_prompt_in_place_of_a_model_is_refused():
    local, remote = models()
    with pytest.raises(UsageError, match="remote is a prompt, not a model"):
        create_minions_documents_chain(local, PROMPT)
    with pytest.raises(UsageError, match="local is a prompt, not a model"):
        create_minions_documents_chain(PROMPT, remote)


def test_the_input_schema_tells_its_keys():
    schema = documents_chain(document_variable_name="docs").get_input_jsonschema()
    assert set(schema["properties"]) == {"input", "docs", "doc_metadata", "chat_history"}
    assert set(schema["required"]) == {"input", "docs"}


@pytest.mark.parametrize("name", ["_docs", "json", "input_documents"])
def test_the_documents_may_have_any_name_in_the_schema(name):
    schema = documents_chain(document_variable_name=name).get_input_jsonschema()
    assert name in schema["properties"]


def test_the_output_schema_is_a_string():
    assert documents_chain().get_output_jsonschema()["type"] == "string"


def test_the_output_schema_of_the_whole_output_has_its_keys():
    assert "citations" in whole_chain().output_schema.model_fields


class Kept(MinionsChain):
    """A chain that keeps hold of the streams it hands out, so that nothing else closes them."""

    def stream(self, *args, **kwargs):
        streams.append(super().stream(*args, **kwargs))
        return streams[-1]

    def astream(self, *args, **kwargs):
        streams.append(super().astream(*args, **kwargs))
        return streams[-1]


streams = []


@pytest.fixture
def kept():
    streams.clear()
    return DocumentsChain(
        protocol="minions",
        chain=Kept(*models(), max_rounds=1),
        document_variable_name="context",
        nothing_found=NOTHING_FOUND,
    )


def test_a_stream_that_is_closed_closes_the_chains_own(kept):
    stream = kept.stream(INPUT)
    assert next(stream) == ANSWER[:2]
    stream.close()
    assert [inner.gi_frame for inner in streams] == [None]


async def test_a_stream_that_is_closed_closes_the_chains_own_without_blocking(kept):
    stream = kept.astream(INPUT)
    assert await anext(stream) == ANSWER[:2]
    await stream.aclose()
    assert [inner.ag_frame for inner in streams] == [None]
