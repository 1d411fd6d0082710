"""The tool: what it says of itself, what an agent gets from it, and what stays here."""

import asyncio
import contextvars

import pytest
from llama_index.core import Document, SummaryIndex
from llama_index.core.base.response.schema import PydanticResponse, Response
from llama_index.core.tools import QueryEngineTool

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine, create_minions_tool
from llama_index_minions._asking import Finished, finished_runs
from minions_core.config import Budget, MinionConfig, MinionsConfig
from minions_core.redaction import PatternRedactor
from tests.llama_index.contract import Figure, Shelf, filling
from tests.llama_index.engines import documents, engine, nodes
from tests.llama_index.facts import THREE_FACTS, finder, teller
from tests.llama_index.scripted import (
    ANSWER,
    OTHER,
    PLAN,
    QUESTION,
    QUOTE,
    REPORT,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way

SOURCE = f'[1] report.txt, "Cash flows": "{QUOTE}"'
FROM_A_FILE = f"{ANSWER}\n\nSources:\n{SOURCE}"
UNNAMED = FROM_A_FILE.replace("report.txt", "document {}")
SOURCES = {
    "a text": (REPORT, UNNAMED.format(1)),
    "texts": ([OTHER, REPORT], UNNAMED.format(2)),
    "a tuple of texts": ((OTHER, REPORT), UNNAMED.format(2)),
    "a document": (documents()[1], FROM_A_FILE),
    "documents": (documents(), FROM_A_FILE),
    "a node": (nodes()[1], FROM_A_FILE.replace("report.txt", "report")),
    "nodes": (nodes(), FROM_A_FILE.replace("report.txt", "report")),
    "some of each": ([OTHER, documents()[1]], FROM_A_FILE),
    "a retriever": (SummaryIndex.from_documents(documents()).as_retriever(), FROM_A_FILE),
    "an index": (SummaryIndex.from_documents(documents()), FROM_A_FILE),
}
REDACTED = MinionsConfig(redactor=PatternRedactor(extra={"SUM": r"\$1,749 million"}))


def tool(source=None, *, local=None, remote=None, **options):
    return create_minions_tool(
        documents() if source is None else source,
        local or worker(),
        remote or supervisor(),
        **options,
    )


def wants_plans_for_ever():
    return ScriptedLLM(lambda _: PLAN)


# What it reads


@each_way
@pytest.mark.parametrize(("source", "content"), SOURCES.values(), ids=SOURCES)
async def test_the_content_is_the_answer_and_its_sources(way, source, content):
    assert (await way.call(tool(source), QUESTION)).content == content


def test_what_can_be_read_only_once_is_read_once():
    made = tool(iter(documents()))
    assert [made.call(QUESTION).content for _ in "12"] == [FROM_A_FILE] * 2


def test_a_retriever_is_asked_the_question_each_time():
    shelf = Shelf([])
    made = tool(shelf)
    made.call("What?")
    made.call("When?")
    assert [bundle.query_str for bundle in shelf.asked] == ["What?", "When?"]


@each_way
async def test_where_nothing_is_found_an_agent_is_told_so_and_no_model_asked(way):
    made = tool(Shelf([]), remote=(remote := supervisor()))
    output = await way.call(made, QUESTION)
    assert output.content == "No documents were found for this question, so nothing was read."
    assert (output.is_error, str(output.raw_output)) == (False, "Empty Response")
    assert remote.asked == []


# What it says of itself


def test_it_is_called_ask_documents_unless_it_is_named():
    assert tool().metadata.name == "ask_documents"
    assert tool(name="ask_filings").metadata.name == "ask_filings"


def test_its_description_names_the_documents():
    assert "these documents: letter.txt, report.txt" in tool().metadata.description


def test_its_description_holds_no_text_of_the_documents():
    assert "1,749" not in tool().metadata.description


def test_documents_without_a_name_are_just_documents():
    assert "a question about documents, from" in tool(REPORT).metadata.description


def test_what_a_retriever_finds_is_not_named_before():
    shelf = SummaryIndex.from_documents(documents()).as_retriever()
    assert "report.txt" not in tool(shelf).metadata.description


def test_a_description_of_ones_own_takes_its_place():
    assert tool(description="Reads filings.").metadata.description == "Reads filings."


def test_many_documents_of_long_names_make_no_description_that_openai_refuses():
    many = [Document(text="x", metadata={"file_name": f"{n:-<120}.pdf"}) for n in range(200)]
    told = tool(many).metadata.to_openai_tool()
    assert "more, from their whole text" in told["function"]["description"]


def test_it_takes_one_question():
    parameters = tool().metadata.get_parameters_dict()
    assert list(parameters["properties"]) == parameters["required"] == ["input"]
    assert "by itself" in parameters["properties"]["input"]["description"]


def test_an_agents_answer_may_be_what_it_says():
    assert tool(return_direct=True).metadata.return_direct


def test_it_is_a_query_engine_tool_of_the_protocol():
    made = tool(local=reader(), remote=questioner(), protocol="minion")
    assert isinstance(made, QueryEngineTool)
    assert isinstance(made.query_engine, MinionQueryEngine)
    assert isinstance(tool().query_engine, MinionsQueryEngine)


@each_way
async def test_minion_answers_too(way):
    made = tool(local=reader(), remote=questioner(), protocol="minion", settings=MinionConfig())
    assert (await way.call(made, QUESTION)).content.startswith(ANSWER)


# What an agent and what the program gets


@each_way
async def test_the_program_gets_the_response(way):
    response = (await way.call(tool(), QUESTION)).raw_output
    assert isinstance(response, Response)
    assert response.response == ANSWER
    assert response.source_nodes[0].node_id == "report"
    assert response.metadata["minions"]["citations"][0]["quote"] == QUOTE


@each_way
async def test_the_output_tells_the_tool_and_the_question(way):
    output = await way.call(tool(name="ask_filings"), QUESTION)
    assert (output.tool_name, output.raw_input) == ("ask_filings", {"input": QUESTION})


def test_the_question_may_come_by_name():
    assert tool().call(input=QUESTION).content == FROM_A_FILE


def test_it_may_be_called_itself():
    assert tool()(QUESTION).content == FROM_A_FILE


@each_way
async def test_no_quote_is_told_where_only_answers_may_leave(way):
    output = await way.call(tool(settings=MinionsConfig(privacy="answers")), QUESTION)
    assert output.content == f"{ANSWER}\n\nSources:\n[1] report.txt"
    assert output.raw_output.metadata["minions"]["citations"][0]["quote"] == QUOTE


@each_way
async def test_what_a_redactor_hides_is_hidden_from_an_agent_too(way):
    output = await way.call(tool(settings=REDACTED), QUESTION)
    assert output.content.startswith("Capital expenditure was [SUM_1]. [1]")
    assert "1,749" not in output.content
    assert str(output.raw_output) == ANSWER


def test_a_value_keeps_its_placeholder_from_call_to_call():
    made = tool(settings=REDACTED)
    told = [made.call(asked).content for asked in (QUESTION, "Was it $1,749 million?")]
    assert ["was [SUM_1]. [1]" in each for each in told] == [True, True]


@each_way
async def test_a_placeholder_in_a_question_stands_for_its_value(way):
    shelf = Shelf(SummaryIndex.from_documents(documents()).as_retriever().retrieve(""))
    made = tool(shelf, settings=REDACTED)
    await way.call(made, QUESTION)
    output = await way.call(made, "What was [SUM_1] spent on?")
    assert shelf.asked[1].query_str == "What was $1,749 million spent on?"
    assert output.raw_input == {"input": "What was [SUM_1] spent on?"}


def test_the_program_may_reveal_what_an_agent_says():
    made = tool(settings=REDACTED)
    made.call(QUESTION)
    assert made.reveal("It was [SUM_1].") == "It was $1,749 million."


def test_a_question_that_was_not_answered_is_told_to_be_so():
    output = tool(remote=wants_plans_for_ever()).call(QUESTION)
    assert output.content.startswith("Not answered: the documents were read")
    assert QUOTE in output.content
    assert not output.is_error


def test_a_budget_that_was_used_up_is_told():
    output = tool(settings=MinionsConfig(budget=Budget(remote_tokens=1))).call(QUESTION)
    assert output.content.startswith("Not answered: a limit of the run was reached first.")


# How it asks


@each_way
@pytest.mark.parametrize(
    "made",
    [
        pytest.param(lambda: engine(streaming=True).as_tool(), id="as_tool"),
        pytest.param(lambda: tool(streaming=True), id="create_minions_tool"),
    ],
)
async def test_a_streaming_engine_gives_a_tool_whole_answers(way, made):
    output = await way.call(made(), QUESTION)
    assert output.content == FROM_A_FILE
    assert isinstance(output.raw_output, Response)


@each_way
async def test_an_answer_in_a_form_is_what_the_program_gets(way):
    made = tool(remote=filling(supervisor()), output_cls=Figure)
    output = await way.call(made, QUESTION)
    assert isinstance(output.raw_output, PydanticResponse)
    assert output.content == FROM_A_FILE


async def test_calls_at_once_do_not_mix_their_results():
    def say(messages):
        asked = messages[1].content
        number = next(n for n in range(9) if f"number {n}" in asked)
        return PLAN if len(messages) < 3 else f"<answer>Answer {number}. [1]</answer>"

    made = tool(remote=ScriptedLLM(say))
    outputs = await asyncio.gather(*(made.acall(f"What is number {n}?") for n in range(9)))
    told = [(output.content.split(".")[0], str(output.raw_output)) for output in outputs]
    assert told == [(f"Answer {n}", f"Answer {n}. [1]") for n in range(9)]


async def test_nobody_hears_of_the_runs_of_others():
    made = engine()
    with finished_runs() as heard:
        context = contextvars.copy_context()
    await asyncio.create_task(made.aquery(QUESTION))
    assert heard == []
    await context.run(asyncio.create_task, made.aquery(QUESTION))
    assert [type(run) for run in heard] == [Finished]


def test_only_the_innermost_listener_hears_of_a_run():
    with finished_runs() as outer, finished_runs() as inner:
        engine().query(QUESTION)
    assert (len(outer), len(inner)) == (0, 1)


@each_way
async def test_sources_are_numbered_as_the_answer_points_at_them(way):
    made = tool(THREE_FACTS, local=finder(), remote=teller("It was so [3], and so [1]."))
    answer, sources = (await way.call(made, QUESTION)).content.split("\n\nSources:\n")
    assert answer == "It was so [1], and so [2]."
    assert [line[:3] for line in sources.splitlines()] == ["[1]", "[2]"]
