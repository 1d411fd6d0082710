"""The tool: what it says of itself, what an agent gets from it, and what stays here."""

import re
import threading

import pytest
from langchain_core.documents import Document
from langchain_core.messages import ToolMessage
from pydantic import ValidationError, create_model

from langchain_minions import MinionChain
from langchain_minions.tool import create_minions_tool
from minions_core import Document as CoreDocument
from minions_core.config import Budget, MinionConfig, MinionsConfig
from minions_core.errors import UsageError
from minions_core.redaction import PatternRedactor
from minions_core.tool_words import Teller
from tests.langchain.agents import asking, call
from tests.langchain.chains import INPUT, MINIONS_RUN, QUESTION, minions_chain
from tests.langchain.scripted import (
    ANSWER,
    PLAN,
    QUOTE,
    REPORT,
    Runs,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)

PAGE = Document(REPORT, metadata={"source": "/data/report.pdf"})


def plans_for_ever(messages):
    return PLAN


def test_the_content_is_the_answer_and_its_sources():
    tool = asking([PAGE])
    assert tool.invoke({"question": QUESTION}) == (
        f'{ANSWER}\n\nSources:\n[1] report.pdf, p. 1, "Spending": "{QUOTE}"'
    )


async def test_it_answers_without_blocking():
    tool = asking([PAGE])
    assert await tool.ainvoke({"question": QUESTION}) == tool.invoke({"question": QUESTION})


def test_a_call_is_answered_with_a_message():
    message = asking([PAGE]).invoke(call(asking([PAGE])))
    assert isinstance(message, ToolMessage)
    assert (message.tool_call_id, message.status) == ("call_1", "success")


def test_the_artifact_is_the_evidence_as_a_chain_gives_it():
    message = asking([PAGE]).invoke(call(asking([PAGE])))
    assert message.artifact == minions_chain().invoke({**INPUT, "context": PAGE})["documents"]


def test_a_question_alone_will_do():
    assert asking(REPORT).invoke(QUESTION).startswith(ANSWER)


def test_quotes_stay_here_where_only_answers_may_leave():
    message = asking([PAGE], privacy="answers").invoke(call(asking([PAGE])))
    assert message.content == f"{ANSWER}\n\nSources:\n[1] report.pdf, p. 1"
    assert message.artifact[0].page_content == QUOTE


def test_what_a_redactor_hides_is_hidden_from_the_agent_too():
    settings = MinionsConfig(redactor=PatternRedactor(extra={"SUM": r"\$120 million"}))
    message = asking([PAGE], settings=settings).invoke(call(asking([PAGE])))
    assert message.content.startswith("It was [SUM_1] [1].")
    assert "$120 million" not in message.content
    assert "$120 million" in message.artifact[0].page_content


def test_a_question_that_was_not_answered_is_told_to_be_so():
    message = asking([PAGE], remote=plans_for_ever).invoke(call(asking([PAGE])))
    assert message.content.startswith("Not answered")
    assert QUOTE in message.content
    assert message.artifact[0].page_content == QUOTE


def test_a_budget_that_was_used_up_is_told():
    settings = MinionsConfig(budget=Budget(remote_tokens=1))
    content = asking([PAGE], settings=settings).invoke(QUESTION)
    assert content.startswith("Not answered: a limit of the run was reached first.")


def test_minion_may_be_the_protocol():
    tool = asking([PAGE], local=tells, remote=asks_then_answers, protocol="minion")
    assert isinstance(tool.chain, MinionChain)
    assert tool.invoke(QUESTION).startswith(ANSWER)


def test_settings_may_be_those_of_minion():
    tool = asking(PAGE, protocol="minion", settings=MinionConfig(overflow="search"), max_rounds=4)
    assert (tool.chain.settings.overflow, tool.chain.settings.max_rounds) == ("search", 4)


def test_what_is_said_of_the_documents_reaches_the_remote_model():
    tool = asking([PAGE], doc_metadata="an annual filing")
    tool.invoke(QUESTION)
    assert "an annual filing" in str(tool.chain.remote.asked[0])


def test_a_journal_spares_asking_again(tmp_path):
    first, second = (asking([PAGE], journal=tmp_path / "paid.journal") for _ in range(2))
    first.invoke(QUESTION)
    assert second.invoke(QUESTION).startswith(ANSWER)
    assert second.chain.remote.asked == []


def test_the_description_names_the_documents():
    assert "report.pdf" in asking([PAGE]).description


def test_the_description_holds_no_text_of_the_documents():
    assert "120" not in asking([PAGE]).description


def test_a_description_of_ones_own_takes_its_place():
    assert asking([PAGE], description="Reads filings.").description == "Reads filings."


def test_a_tool_takes_one_question():
    assert list(asking([PAGE]).args) == ["question"]
    assert "by itself" in asking([PAGE]).args["question"]["description"]


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_no_argument(question):
    with pytest.raises(ValidationError, match="the question is empty"):
        asking([PAGE]).invoke({"question": question})


def test_the_run_of_the_chain_is_a_child_of_the_tools():
    runs = Runs()
    asking([PAGE]).invoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == [("ask_documents", "tool", [MINIONS_RUN])]


async def test_the_run_of_the_chain_is_a_child_of_the_tools_without_blocking():
    runs = Runs()
    await asking([PAGE]).ainvoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == [("ask_documents", "tool", [MINIONS_RUN])]


def test_tags_and_metadata_reach_every_run():
    runs = Runs()
    config = {"callbacks": [runs], "tags": ["mine"], "metadata": {"tenant": "a"}}
    asking([PAGE]).invoke(QUESTION, config)
    [chain] = runs.roots[0].child_runs
    everything = [runs.roots[0], chain, *chain.child_runs]
    assert all("mine" in run.tags for run in everything)
    assert {run.extra["metadata"]["tenant"] for run in everything} == {"a"}


def test_no_text_of_the_documents_is_the_input_of_a_chains_run():
    runs = Runs()
    asking([PAGE]).invoke(QUESTION, {"callbacks": [runs]})
    assert runs.roots[0].child_runs[0].inputs == {"task": QUESTION, "doc_metadata": ""}


def test_a_tool_does_not_show_its_documents():
    assert "120" not in repr(asking(REPORT))
    assert asking(REPORT).model_dump().keys().isdisjoint({"chain", "source", "teller"})
    assert not {"chain", "source", "teller"} & set(re.findall(r"(\w+)=", repr(asking(REPORT))))


@pytest.mark.parametrize("asked", ["blocking", "on the loop"])
async def test_documents_without_text_are_not_read(asked):
    tool = asking(lambda question: [Document(" \n"), CoreDocument("\f")])
    message = tool.invoke(call(tool)) if asked == "blocking" else await tool.ainvoke(call(tool))
    assert message.content.startswith("No documents were found")
    assert (message.artifact, tool.chain.remote.asked) == ([], [])


async def test_what_is_told_is_worked_out_beside_the_event_loop():
    tool = asking([PAGE])
    tool.teller = Where(tool.chain.settings)
    await tool.ainvoke(QUESTION)
    assert tool.teller.threads == {"reveal": False, "findings": False}


class Where(Teller):
    """One that keeps whether it was asked on the main thread."""

    def __init__(self, config):
        super().__init__(config)
        self.threads = {}

    def _keep(self, asked):
        self.threads[asked] = threading.current_thread() is threading.main_thread()

    def reveal(self, text):
        self._keep("reveal")
        return super().reveal(text)

    def findings(self, result, documents):
        self._keep("findings")
        return super().findings(result, documents)


def test_fields_of_any_tool_may_be_set():
    tool = asking([PAGE], return_direct=True, tags=["filings"])
    assert (tool.return_direct, tool.tags) == (True, ["filings"])


def test_a_field_no_tool_has_is_refused():
    with pytest.raises(ValidationError, match="max_round"):
        asking([PAGE], max_round=2)


def test_another_protocol_is_refused():
    with pytest.raises(UsageError, match="pass 'minions' or 'minion'"):
        asking([PAGE], protocol="minionz")


def test_settings_of_the_other_protocol_are_refused():
    with pytest.raises(UsageError, match="pass a MinionsConfig"):
        asking([PAGE], settings=MinionConfig())


def test_a_tool_has_no_room_for_an_answer_that_is_an_object():
    settings = MinionsConfig(output_schema=create_model("Figure", value=(float, ...)))
    with pytest.raises(UsageError, match="output_schema has no place in a tool"):
        asking([PAGE], settings=settings)


def test_models_are_given_by_place_or_by_name():
    models = [ScriptedChat(script=reads), ScriptedChat(script=plans_then_answers)]
    by_name = create_minions_tool(REPORT, remote=models[1], local=models[0], max_rounds=1)
    by_place = create_minions_tool(REPORT, *models, max_rounds=1)
    assert (by_name.chain.local, by_name.chain.remote) == tuple(models)
    assert by_name.invoke(QUESTION) == by_place.invoke(QUESTION)


def test_documents_of_one_file_name_are_told_apart():
    years = [Document(REPORT, metadata={"source": f"/data/{y}/10-K.pdf"}) for y in (2022, 2023)]
    assert asking(years).description.count("10-K.pdf") == 2
