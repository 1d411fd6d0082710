"""What an agent is told of errors: whose fault it is, and nothing a model was reading."""

import pathlib

import pytest
from llama_index.core.schema import NodeWithScore, TextNode

from llama_index_minions import create_minions_tool
from minions_core import Document as CoreDocument
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import MinionsError, ModelUnavailable, UsageError
from minions_core.redaction import PatternRedactor
from tests.llama_index.contract import Shelf, refusing_once, unreachable
from tests.llama_index.ends import OLD
from tests.llama_index.engines import documents, engine
from tests.llama_index.scripted import QUESTION, REPORT, ScriptedLLM, supervisor, worker
from tests.llama_index.ways import each_way

NO_RETRIES = MinionsConfig(max_retries=0)
SETTINGS = {
    "whatever may leave": NO_RETRIES,
    "answers alone may leave": MinionsConfig(max_retries=0, privacy="answers"),
    "a redactor": MinionsConfig(max_retries=0, redactor=PatternRedactor()),
}


def tool(source=None, *, local=None, remote=None, **options):
    return create_minions_tool(
        documents() if source is None else source,
        local or worker(),
        remote or supervisor(),
        **options,
    )


def shows_its_prompt() -> ScriptedLLM:
    """An LLM whose errors hold all it was told."""

    def refuse(messages) -> str:
        raise ValueError("cannot read: " + " ".join(message.content for message in messages))

    return ScriptedLLM(refuse)


class Broken(Shelf):
    """A retriever that cannot reach what it searches."""

    def _retrieve(self, query_bundle):
        raise OSError("disk")


# While it runs


@each_way
async def test_a_run_that_failed_is_an_output_that_says_whose_fault_it_was(way):
    output = await way.call(tool(remote=unreachable(), settings=NO_RETRIES), QUESTION)
    assert output.is_error
    assert output.content.startswith("Not answered: the remote model cannot be reached")
    assert (output.raw_output, output.raw_input) == (None, {"input": QUESTION})


@each_way
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
async def test_an_error_takes_no_text_of_the_documents_with_it(way, settings):
    output = await way.call(tool(local=shows_its_prompt(), settings=settings), QUESTION)
    assert output.is_error
    assert output.content.startswith("Not answered: a call of the local model failed.")
    assert "1,749" not in output.model_dump_json()


@pytest.mark.skipif(OLD, reason="outputs of 0.13 have no exception")
@each_way
async def test_the_program_gets_the_error_itself(way):
    output = await way.call(tool(remote=unreachable(), settings=NO_RETRIES), QUESTION)
    assert isinstance(output.exception, ModelUnavailable)
    assert output.exception.partial.status == "failed"


@each_way
async def test_an_error_of_a_retriever_is_raised_as_it_is(way):
    with pytest.raises(OSError, match="disk"):
        await way.call(tool(Broken([])), QUESTION)


@each_way
@pytest.mark.parametrize("question", ["", " \n"])
async def test_an_empty_question_is_told_to_be_one_and_asks_no_model(way, question):
    made = tool(remote=(remote := supervisor()))
    output = await way.call(made, question)
    assert output.is_error
    assert output.content == "Not answered: the question is empty. Ask it in full."
    assert remote.asked == []


async def test_no_question_at_all_is_an_empty_one():
    outputs = [tool().call(), await tool().acall()]
    assert [output.content.count("is empty") for output in outputs] == [1, 1]


def test_a_question_under_another_name_is_understood():
    assert tool().call(question=QUESTION).raw_input == {"input": f"{{'question': '{QUESTION}'}}"}


def test_a_question_that_is_no_text_is_made_one():
    assert tool().call(input=2023).raw_input == {"input": "2023"}


def test_an_agent_of_langchains_is_led_to_its_own_tool():
    with pytest.raises(UsageError, match=r"langchain_minions\.create_minions_tool"):
        tool().as_langchain_tool()


def test_a_tool_works_again_after_an_error():
    made = tool(remote=refusing_once(supervisor()), settings=NO_RETRIES)
    assert [made.call(QUESTION).is_error for _ in "12"] == [True, False]


# At the door


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        (None, "pass texts, documents, nodes, a retriever or an index"),
        (7, "source is a int: pass texts"),
        (pathlib.Path("report.txt"), "pass texts"),
        (REPORT.encode(), "source is a bytes: pass texts"),
        ({"report": REPORT}, "source is a dict: pass texts"),
        ([7], "source holds a int"),
        ([NodeWithScore(node=TextNode(text=REPORT))], "pass its `node`"),
        ([CoreDocument(REPORT)], "pass LlamaIndex's"),
        ([], "context is empty"),
        ("", "context is empty"),
        (" \n", "context is empty"),
        ([TextNode(text="")], "context is empty"),
    ],
)
def test_what_cannot_be_read_is_refused(source, advice):
    with pytest.raises(UsageError, match=advice):
        create_minions_tool(source, worker(), supervisor())


def test_an_engine_is_no_source_but_has_a_method():
    with pytest.raises(UsageError, match="as_tool"):
        tool(engine())


def test_another_protocol_is_refused():
    with pytest.raises(UsageError, match="pass 'minions' or 'minion'"):
        tool(protocol="minionz")


def test_settings_of_the_other_protocol_are_refused():
    with pytest.raises(UsageError, match="pass a MinionsConfig"):
        tool(settings=MinionConfig())


def test_a_model_that_is_none_is_refused():
    with pytest.raises(UsageError, match="local"):
        create_minions_tool(REPORT, "ollama", supervisor())


@pytest.mark.parametrize("option", ["max_rounds", "privacy", "retriever"])
def test_an_option_no_engine_takes_is_refused(option):
    with pytest.raises((TypeError, MinionsError)):
        tool(**{option: "none"})
