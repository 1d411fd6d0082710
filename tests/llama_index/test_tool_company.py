"""The tool among its like: copies of it, and other engines within the retriever it asks."""

import copy

import pytest
from llama_index.core import PromptTemplate
from llama_index.core.callbacks import CallbackManager, CBEventType

from llama_index_minions import create_minions_tool
from minions_core.config import MinionsConfig
from minions_core.redaction import PatternRedactor
from tests.llama_index.agents import called, function_agent
from tests.llama_index.contract import Shelf, letter_and_report
from tests.llama_index.engines import documents, engine
from tests.llama_index.listening import Callbacks
from tests.llama_index.scripted import (
    ANSWER,
    PLAN,
    QUESTION,
    ScriptedLLM,
    answering,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way

REDACTED = MinionsConfig(redactor=PatternRedactor(extra={"SUM": r"\$1,749 million"}))


def tool(source=None, *, remote=None, **options):
    read = documents() if source is None else source
    return create_minions_tool(read, worker(), remote or supervisor(), name="report", **options)


class AsksFirst(Shelf):
    """A retriever that asks an engine of its own what to look for."""

    def __init__(self, nodes, inner) -> None:
        super().__init__(nodes)
        self.inner = inner

    def _retrieve(self, query_bundle):
        self.inner.query(query_bundle)
        return super()._retrieve(query_bundle)

    async def _aretrieve(self, query_bundle):
        await self.inner.aquery(query_bundle)
        return super()._retrieve(query_bundle)


class AsksAfterwards(Callbacks):
    """A handler that asks an engine of its own, once a query is over, what to think of it."""

    def __init__(self, other) -> None:
        super().__init__()
        self.other = other

    def on_event_end(self, event_type, *args, **kwargs):
        if event_type is CBEventType.QUERY:
            self.other.query("Was that so?")


def rewriting_prompts(engine_of) -> ScriptedLLM:
    """A remote LLM during whose calls the prompts of an engine are replaced."""
    llm = supervisor()
    script, key = llm._script, "response_synthesizer:minions_system"

    def say(messages) -> str:
        prompt = engine_of().get_prompts()[key]
        engine_of().update_prompts({key: PromptTemplate(prompt.template + " Be brief.")})
        return script(messages)

    llm._script = say
    return llm


# Copies


def test_a_copy_answers():
    assert copy.deepcopy(tool()).call(QUESTION).content.startswith(ANSWER)


def test_a_copy_knows_the_same_placeholders():
    copied = copy.deepcopy(made := tool(settings=REDACTED))
    assert "[SUM_1]" in copied.call(QUESTION).content
    assert made.reveal("[SUM_1]") == "$1,749 million"


# LlamaIndex's agents themselves use what pydantic and its workflows have deprecated.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_agent_with_the_tool_can_be_copied():
    agent = function_agent(tool()).model_copy(deep=True)
    output, _ = await called(agent.run(QUESTION))
    assert ANSWER in output.response.content


# Other engines


@each_way
async def test_an_answer_within_a_retriever_that_finds_nothing_is_not_told(way):
    output = await way.call(tool(AsksFirst([], engine())), QUESTION)
    assert output.content == "No documents were found for this question, so nothing was read."
    assert not output.is_error


@each_way
async def test_an_answer_within_a_retriever_is_not_taken_for_the_tools(way):
    made = tool(
        AsksFirst(letter_and_report(), engine()), remote=answering("So it is. [1]", after=PLAN)
    )
    output = await way.call(made, QUESTION)
    assert output.content.startswith("So it is. [1]")
    assert str(output.raw_output) == "So it is. [1]"


@each_way
async def test_nor_is_one_of_the_very_engine_with_another_retriever(way):
    asked = engine()
    made = asked.with_retriever(AsksFirst([], asked)).as_tool()
    output = await way.call(made, QUESTION)
    assert output.content == "No documents were found for this question, so nothing was read."


@each_way
async def test_an_answer_to_what_a_handler_asks_is_not_taken_for_the_tools(way):
    handler = AsksAfterwards(engine(remote=answering("It was not. [1]", after=PLAN)))
    output = await way.call(tool(callback_manager=CallbackManager([handler])), QUESTION)
    assert output.content.startswith(ANSWER)


@each_way
async def test_an_answer_is_told_though_the_prompts_were_replaced_meanwhile(way):
    made = tool(remote=rewriting_prompts(lambda: made.query_engine))
    assert (await way.call(made, QUESTION)).content.startswith(ANSWER)
