"""Both chains with scripted models: what goes in and what comes out."""

import pytest
from langchain_core.documents import Document
from langchain_core.messages import HumanMessage
from langchain_core.runnables import (
    ConfigurableField,
)

import langchain_minions
from langchain_minions import MinionsChain
from minions_core.config import Budget, MinionConfig, MinionsConfig
from minions_core.documents import Document as CoreDocument
from minions_core.result import MinionsResult
from minions_core.testing import ScriptedModel
from tests.langchain.chains import INPUT, minion_chain, minions_chain
from tests.langchain.scripted import (
    ANSWER,
    PLAN,
    QUOTE,
    REPORT,
    reads,
)

EITHER = pytest.mark.parametrize("make", [minions_chain, minion_chain])


@EITHER
def test_a_question_is_answered(make):
    output = make().invoke(INPUT)
    assert (output["answer"], output["status"]) == (ANSWER, "answered")


@EITHER
async def test_a_question_is_answered_without_blocking(make):
    assert await make().ainvoke(INPUT) == make().invoke(INPUT)


@EITHER
def test_the_answer_stands_on_a_checked_quote(make):
    [document] = make().invoke(INPUT)["documents"]
    start, end = document.metadata["start"], document.metadata["end"]
    assert document.page_content == REPORT[start:end] == QUOTE
    assert document.metadata["check"] == "verified"


@EITHER
def test_usage_is_told_for_both_models(make):
    usage = make().invoke(INPUT)["usage"]
    assert (usage["local"]["models"], usage["remote"]["models"]) == (["llama3.2"], ["gpt-4o"])
    assert usage["remote"]["calls"] == 2
    assert usage["remote"]["input_tokens"] > 0
    assert usage["cost"] > 0


@EITHER
def test_the_whole_result_is_there(make):
    output = make().invoke(INPUT)
    assert isinstance(output["result"], MinionsResult)
    assert list(output["result"].citations) == output["citations"]


@EITHER
async def test_it_may_be_called_inside_a_running_loop(make):
    assert make().invoke(INPUT)["answer"] == ANSWER


def test_documents_go_in_and_their_metadata_comes_out():
    pages = [
        Document("Nothing here.", metadata={"source": "/data/a.pdf", "page": 0, "row": 1}),
        Document(REPORT, metadata={"source": "/data/a.pdf", "page": 1, "row": 2}),
    ]
    [evidence] = minions_chain().invoke({**INPUT, "context": pages})["documents"]
    found = {key: evidence.metadata[key] for key in ("source", "document", "page", "page_label")}
    assert found == {
        "source": "/data/a.pdf",
        "document": "a.pdf",
        "page": 1,
        "page_label": "2",
    }


def test_what_is_said_of_the_documents_reaches_the_remote_model():
    chain = minions_chain()
    chain.invoke({**INPUT, "doc_metadata": "an annual filing"})
    assert "an annual filing" in str(chain.remote.asked[0])


def test_the_remote_model_never_sees_the_documents():
    chain = minions_chain()
    chain.invoke(INPUT)
    assert "3,400 employees" not in str(chain.remote.asked)


def test_a_chain_with_a_context_takes_the_question_alone():
    chain = minions_chain(context=[REPORT])
    assert chain.invoke("What was capital expenditure in 2023?")["answer"] == ANSWER


def test_a_context_that_can_be_read_once_serves_every_question():
    chain = minions_chain(context=(text for text in [REPORT]))
    assert [chain.invoke(INPUT["task"])["answer"] for _ in range(2)] == [ANSWER] * 2


def test_a_document_found_three_times_is_read_once():
    chain = minions_chain()
    chain.invoke({**INPUT, "context": [Document(QUOTE) for _ in range(3)]})
    assert len(chain.local.asked) == 1


def test_core_models_work_as_they_are():
    remote = ScriptedModel([PLAN, f"<answer>{ANSWER}</answer>"])
    local = ScriptedModel(lambda ask: reads([message.content for message in ask.messages]))
    assert MinionsChain(local, remote, max_rounds=1).invoke(INPUT)["answer"] == ANSWER


def test_budgets_end_a_run_with_a_status():
    settings = MinionsConfig(budget=Budget(remote_tokens=1))
    output = minions_chain(settings=settings).invoke(INPUT)
    assert (output["status"], output["usage"]["remote"]["calls"]) == ("budget", 0)


def test_rounds_of_the_chain_replace_those_of_its_settings():
    chain = minions_chain(settings=MinionsConfig(max_rounds=3), max_rounds=1)
    chain.invoke(INPUT)
    assert "1 round" in str(chain.remote.asked[0][1].content)


def test_settings_are_those_of_the_protocol():
    assert minion_chain(settings=MinionConfig(overflow="search")).settings.overflow == "search"


def test_settings_can_be_configured_for_a_run():
    chain = minions_chain().configurable_fields(max_rounds=ConfigurableField(id="rounds"))
    output = chain.with_config(configurable={"rounds": 2}).invoke(INPUT)
    assert output["answer"] == ANSWER


def test_a_copy_with_other_settings_uses_them():
    chain = minions_chain(settings=MinionsConfig())
    chain.invoke(INPUT)
    spare = MinionsConfig(budget=Budget(jobs=0))
    assert chain.model_copy(update={"settings": spare}).invoke(INPUT)["status"] == "budget"


def test_schemas_name_the_keys():
    chain = minions_chain()
    properties = chain.get_input_jsonschema()["properties"]
    assert set(properties) == {"task", "context", "doc_metadata", "chat_history"}
    assert set(chain.get_output_jsonschema()["properties"]) == set(chain.invoke(INPUT))


@pytest.mark.parametrize("key", ["task", "question", "input", "query"])
@pytest.mark.parametrize("context", [REPORT, [Document(REPORT)], [CoreDocument(REPORT)]])
def test_the_input_schema_takes_what_the_chain_takes(key, context):
    given = {key: "What was it?", "context": context}
    assert minions_chain().get_input_schema().model_validate(given).task == "What was it?"


def test_a_tool_made_of_a_chain_with_a_context_asks_for_the_question_only():
    chain = minions_chain(context=REPORT)
    assert list(chain.get_input_jsonschema()["properties"]) == ["task"]


def test_a_question_may_be_a_message():
    assert minions_chain().invoke({**INPUT, "task": HumanMessage("Why?")})["answer"] == ANSWER


def test_it_has_a_graph():
    names = [node.name for node in (minions_chain().pick("answer")).get_graph().nodes.values()]
    assert "MinionsChain" in names


def test_it_is_not_serializable_as_its_models_hold_keys():
    assert not MinionsChain.is_lc_serializable()


def test_the_public_names():
    assert langchain_minions.__all__ == [
        "ChatMinions",
        "MinionChain",
        "MinionsChain",
        "MinionsCompressor",
        "create_minions_documents_chain",
        "create_minions_tool",
    ]
