"""Tools and forms act on the last word, which is the remote model's."""

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import ConfigurableField, RunnableBinding, RunnableLambda
from langchain_core.tools import tool
from pydantic import BaseModel, Field

from minions_core.clients import OllamaClient
from minions_core.errors import UsageError
from minions_core.testing import ScriptedModel
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, REPORT, Runs, ScriptedChat, plans_then_answers
from tests.langchain.scripted_tools import HELLO, CallingChat, chat, reading_chat, supervises

CLOSED_RUNS = [
    (
        "ChatMinions",
        "llm",
        [
            ("local_job_1", "llm", []),
            ("local_job_2", "llm", []),
            ("remote_answer", "llm", []),
            ("remote_close", "llm", []),
            ("remote_plan_1", "llm", []),
        ],
    )
]
WRAPPED = pytest.mark.parametrize(
    "wrapped",
    [
        lambda model: model,
        lambda model: model.with_retry(),
        lambda model: model.with_fallbacks([model]),
        lambda model: model.bind(stop=["END"]),
        lambda model: model.with_config(tags=["mine"]),
    ],
)


class Spending(BaseModel):
    """Money that was spent."""

    amount: int = Field(description="the amount in millions")
    year: int


@tool
def convert(amount: int) -> str:
    """Convert an amount of money to euros."""
    return f"{amount} euros"


@WRAPPED
def test_tools_are_bound_to_the_chat_model_within(wrapped):
    model = chat(remote=wrapped(CallingChat(script=supervises)))
    (call,) = model.bind_tools([convert]).invoke("Convert 5 dollars.").tool_calls
    assert (call["name"], call["args"]) == ("convert", {"amount": 5})


def test_the_model_of_the_user_is_not_touched():
    remote = CallingChat(script=supervises).with_retry()
    before = remote.model_dump()
    chat(remote=remote).bind_tools([convert]).invoke("Convert 5 dollars.")
    assert remote.model_dump() == before


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_a_run_comes_before_the_last_word(call):
    runs = Runs()
    model = reading_chat().bind_tools([convert])
    list(getattr(model, call)(QUESTION, {"callbacks": [runs]}))
    assert runs.shapes == CLOSED_RUNS


async def test_a_run_comes_before_the_last_word_without_blocking():
    runs = Runs()
    model = reading_chat().bind_tools([convert])
    await model.ainvoke(QUESTION, {"callbacks": [runs]})
    [chunk async for chunk in model.astream(QUESTION, {"callbacks": [runs]})]
    assert runs.shapes == CLOSED_RUNS * 2


def test_the_last_word_is_told_what_was_found():
    model = reading_chat()
    model.bind_tools([convert]).invoke([SystemMessage("Be brief."), HumanMessage(QUESTION)])
    system, asked = model.remote.asked[-1]
    assert system.content.startswith("Be brief.")
    assert "Capital expenditure was $120 million in 2023." in system.content
    assert asked == HumanMessage(QUESTION)


def test_the_last_word_is_told_what_was_found_beside_instructions_in_blocks():
    model = reading_chat()
    blocks = [{"type": "text", "text": "Be brief."}]
    model.bind_tools([convert]).invoke([SystemMessage(blocks), HumanMessage(QUESTION)])
    system = model.remote.asked[-1][0]
    assert system.content[0] == blocks[0]
    assert "$120 million" in system.content[1]["text"]


def test_the_run_is_told_of_a_form_its_answer_will_be_put_into():
    model = reading_chat()
    model.with_structured_output(Spending).invoke(QUESTION)
    assert "the amount in millions" in str(model.remote.asked[0])


def test_the_run_is_not_told_of_tools_that_may_be_left():
    model = reading_chat()
    model.bind_tools([convert]).invoke(QUESTION)
    assert "euros" not in str(model.remote.asked[0])


@pytest.mark.parametrize("method", ["function_calling", "json_schema", "json_mode"])
@pytest.mark.parametrize("make", [chat, reading_chat])
def test_an_answer_has_the_form_it_was_asked_for(make, method):
    model = make().with_structured_output(Spending, method=method)
    assert model.invoke("What was spent in 2023?") == Spending(amount=2023, year=2023)


def test_a_form_comes_with_the_answer_it_was_made_of():
    model = reading_chat().with_structured_output(Spending, include_raw=True)
    raw = model.invoke(QUESTION)["raw"]
    assert raw.response_metadata["minions"]["answer"] == ANSWER


def test_a_reading_goes_on_after_a_tool_without_reading_again():
    model = reading_chat()
    called = model.bind_tools([convert]).invoke(QUESTION)
    read = len(model.local.asked)
    answered = ToolMessage("110 euros", tool_call_id=called.tool_calls[0]["id"])
    answer = model.bind_tools([convert]).invoke([HumanMessage(QUESTION), called, answered])
    assert answer.content == HELLO
    assert len(model.local.asked) == read
    assert "$120 million" in str(model.remote.asked[-1][0].content)


def test_a_message_without_reading_keeps_the_record_and_its_own_bill():
    model = reading_chat()
    called = model.bind_tools([convert]).invoke(QUESTION)
    answered = ToolMessage("110 euros", tool_call_id=called.tool_calls[0]["id"])
    answer = model.bind_tools([convert]).invoke([HumanMessage(QUESTION), called, answered])
    told = answer.response_metadata["minions"]
    assert told["citations"] == called.response_metadata["minions"]["citations"]
    assert (told["local"]["calls"], told["remote"]["calls"]) == (0, 1)
    assert answer.usage_metadata["total_tokens"] == told["remote"]["total_tokens"]


def test_a_broken_record_does_not_stop_the_conversation():
    model = reading_chat()
    called = model.bind_tools([convert]).invoke(QUESTION)
    del called.response_metadata["minions"]["reports"]
    answered = ToolMessage("110 euros", tool_call_id=called.tool_calls[0]["id"])
    assert model.invoke([HumanMessage(QUESTION), called, answered]).content == HELLO


def test_a_form_of_the_providers_own_is_for_the_last_word_only():
    seen = []

    def ask(messages, **kwargs):
        seen.append(kwargs)
        return supervises(messages)

    model = reading_chat(remote=RunnableLambda(ask))
    model.invoke(QUESTION, response_format={"type": "json_object"})
    assert seen == [{}, {}, {"response_format": {"type": "json_object"}}]


def test_options_of_a_call_go_to_the_remote_model():
    answer = chat().invoke("Hi", model="another", trace=1)
    assert answer.content == HELLO


@pytest.mark.parametrize("make", [chat, reading_chat])
def test_options_reach_every_call_of_a_run(make):
    seen = []

    def ask(messages, **kwargs):
        seen.append(kwargs)
        return supervises(messages)

    make(remote=RunnableLambda(ask)).invoke(QUESTION, temperature=0.5)
    assert seen
    assert all(kwargs == {"temperature": 0.5} for kwargs in seen)


def test_binding_tools_makes_a_binding():
    bound = chat().bind_tools([convert, Spending], tool_choice="any")
    assert isinstance(bound, RunnableBinding)
    assert [one["function"]["name"] for one in bound.kwargs["tools"]] == ["convert", "Spending"]


def test_a_tool_in_a_form_of_the_providers_own_stays_as_it_is():
    known = {"type": "web_search_20991231", "max_uses": 3}
    assert chat(remote=Taking(script=supervises)).bind_tools([known]).kwargs["tools"] == [known]


class Taking(CallingChat):
    """A model that takes tools of any form."""

    def bind_tools(self, tools, **kwargs):
        return self.bind(tools=tools)


@pytest.mark.parametrize(
    "remote",
    [
        ScriptedChat(script=plans_then_answers),
        ScriptedChat(script=plans_then_answers).with_retry(),
        RunnableLambda(plans_then_answers),
        ScriptedModel(["no"]),
        OllamaClient(model_name="llama3.2"),
    ],
)
def test_tools_for_a_model_that_takes_none_are_refused_at_once(remote):
    assert not isinstance(remote, BaseChatModel) or isinstance(remote, ScriptedChat)
    with pytest.raises(UsageError, match="tools and structured output"):
        chat(remote=remote).bind_tools([convert])
    with pytest.raises(UsageError, match="tools and structured output"):
        chat(remote=remote).with_structured_output(Spending)


def test_a_report_in_a_message_is_not_shown_to_the_last_word():
    model = chat(long_text_tokens=20)
    asked = f"{REPORT}\n\n{QUESTION}"
    model.bind_tools([convert]).invoke(asked)
    assert "3,400 employees" not in str(model.remote.asked)
    assert QUESTION in str(model.remote.asked[-1])


def test_a_context_can_be_bound_after_tools():
    model = chat()
    model.bind_tools([convert]).bind(context=REPORT).invoke(QUESTION)
    assert model.local.asked


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_a_context_can_be_bound_after_a_form(call):
    model = chat()
    form = model.with_structured_output(Spending).bind(context=REPORT)
    list(getattr(form, call)(QUESTION))
    assert model.local.asked


def test_tools_given_with_a_call_are_bound_as_they_are_elsewhere():
    (call,) = chat().invoke("Convert 5 dollars.", tools=[convert]).tool_calls
    assert call["args"] == {"amount": 5}


def test_tools_given_with_a_call_are_refused_where_none_are_taken():
    with pytest.raises(UsageError, match="tools and structured output"):
        chat(remote=ScriptedModel(["no"])).invoke("Hi", tools=[convert])


def test_what_is_no_tool_is_refused():
    with pytest.raises(ValueError, match="5"):
        chat().bind_tools([5])


def test_tools_are_bound_to_the_model_the_config_chooses():
    calling = CallingChat(script=supervises, model="one")
    remote = calling.configurable_fields(model=ConfigurableField("thinker"))
    model = chat(remote=remote, trace_calls=False).bind_tools([convert])
    answer = model.invoke("Convert 5 dollars.", {"configurable": {"thinker": "other"}})
    assert answer.response_metadata["model_name"] == "other"
    assert answer.tool_calls
