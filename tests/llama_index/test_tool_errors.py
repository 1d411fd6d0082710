"""What an agent is told of errors: whose fault it is, and nothing a model was reading."""

import asyncio
import pathlib

import pytest
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from llama_index_minions import create_minions_tool
from minions_core import Document as CoreDocument
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import MinionsError, ModelUnavailable, UsageError
from minions_core.redaction import PatternRedactor
from tests.llama_index.breaking import parts_that_break
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


class Waiting(Shelf):
    """A retriever that waits for ever."""

    def __init__(self):
        super().__init__([])
        self.reached = asyncio.Event()

    async def _aretrieve(self, query_bundle):
        self.reached.set()
        await asyncio.Event().wait()


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
@parts_that_break
async def test_of_an_error_of_what_it_is_made_of_an_agent_is_told_no_word(way, broken):
    output = await way.call(tool(**broken()), QUESTION)
    assert output.is_error
    assert output.content == (
        "Not answered: the tool failed, or is not set up as it must be. Asking again will not "
        "help: tell the user that this tool does not work."
    )
    assert (output.raw_output, output.raw_input) == (None, {"input": QUESTION})
    assert "1,749" not in output.model_dump_json()


@pytest.mark.skipif(OLD, reason="outputs of 0.13 have no exception")
@each_way
@parts_that_break
async def test_the_program_gets_an_error_of_what_it_is_made_of(way, broken):
    output = await way.call(tool(**broken()), QUESTION)
    assert isinstance(output.exception, ValueError)
    assert "1,749" in str(output.exception)


@pytest.mark.skipif(not OLD, reason="outputs have the exception")
@each_way
@parts_that_break
async def test_an_error_no_output_can_hold_is_logged(way, broken, caplog):
    await way.call(tool(**broken()), QUESTION)
    (record,) = [each for each in caplog.records if each.name == "llama_index_minions._tool"]
    assert (record.levelname, record.getMessage()) == ("ERROR", "ask_documents: ValueError")
    assert "1,749" in str(record.exc_info[1])


@pytest.mark.skipif(OLD, reason="outputs of 0.13 have no exception")
@each_way
@parts_that_break
async def test_an_error_an_output_holds_is_not_logged_too(way, broken, caplog):
    await way.call(tool(**broken()), QUESTION)
    assert [each for each in caplog.records if each.name.startswith("llama_index_minions")] == []


async def test_a_call_can_be_cancelled():
    made = tool(shelf := Waiting())
    call = asyncio.create_task(made.acall(QUESTION))
    await shelf.reached.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


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


@each_way
@pytest.mark.parametrize(
    "arguments",
    [
        {"input": None},
        {"input": {}},
        {"input": []},
        {"question": None},
        {"limit": 2},
        {"question": QUESTION, "context": REPORT},
    ],
    ids=str,
)
async def test_arguments_without_a_question_ask_no_model(way, arguments):
    made = tool(remote=(remote := supervisor()))
    output = await way.call(made, **arguments)
    assert output.content == "Not answered: the question is empty. Ask it in full."
    assert remote.asked == []


async def test_none_is_no_question():
    assert tool().call(None).content.startswith("Not answered: the question is empty.")


@each_way
@pytest.mark.parametrize(
    "arguments",
    [
        {"question": QUESTION},
        {"query": QUESTION, "limit": 2},
        {"input": {"query": QUESTION}},
        {"input": [QUESTION]},
    ],
    ids=str,
)
async def test_a_question_in_another_place_is_understood(way, arguments):
    assert (await way.call(tool(), **arguments)).raw_input == {"input": QUESTION}


def test_a_question_may_be_a_bundle():
    assert tool().call(QueryBundle(QUESTION)).raw_input == {"input": QUESTION}


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
