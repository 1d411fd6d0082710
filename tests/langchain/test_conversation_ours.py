"""What we answered before: known again, gone on from, and never read as somebody's text."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from langchain_minions import ChatMinions
from langchain_minions._runs.record import RECORD, digest_of, record
from tests.langchain.conversing import LETTER, QUESTION, REPORT, RESULT, hear, ours
from tests.langchain.scripted import ScriptedChat, reads

ESSAY = "The history of tea is long and many people drink it every day in many places. " * 40
SENT = {"name": "send", "args": {"body": ESSAY}, "id": "call_1", "type": "tool_call"}


@tool
def send(body: str) -> str:
    """Send a mail."""
    return body


class Writer(ScriptedChat):
    """A remote model that writes by itself what it is asked for: an essay, or a mail of one."""

    def bind_tools(self, tools, **options):
        return self.bind(tools=tools, **options)

    def _generate(self, messages, stop=None, run_manager=None, **options):
        result = super()._generate(messages, stop, run_manager, **options)
        if options.get("tools") and messages[-1].type == "human":
            result.generations[0].message.tool_calls = [SENT]
        return result


def chat():
    return ChatMinions(ScriptedChat(script=reads), Writer(script=lambda _: ESSAY))


def asked(model):
    return model.remote.asked[-1]


def invoked(model, messages):
    return model.invoke(messages)


def streamed(model, messages):
    first, *others = model.stream(messages)
    return sum(others, first)


@pytest.mark.parametrize("answer", [invoked, streamed])
def test_a_long_answer_with_nothing_to_read_is_shown_again_as_it_was(answer):
    model = chat()
    said = [HumanMessage("Write an essay about tea.")]
    said += [answer(model, said), HumanMessage("Translate it into German.")]
    answer(model, said)
    assert asked(model)[1].text == ESSAY
    assert model.local.asked == []


def test_a_direct_answer_says_so():
    assert chat().invoke("Write an essay.").response_metadata[RECORD] == {"status": "direct"}


def test_what_the_remote_model_wrote_into_a_call_of_a_tool_is_shown_again():
    model = chat()
    said = [HumanMessage("Mail Ann an essay about tea.")]
    said.append(model.bind_tools([send]).invoke(said))
    said.append(ToolMessage("sent", tool_call_id="call_1"))
    model.bind_tools([send]).invoke(said)
    assert asked(model)[1].tool_calls == [SENT]
    assert model.local.asked == []


def test_the_record_of_an_answer_is_not_sent():
    kept = ours()
    shown = hear(HumanMessage(QUESTION), kept, HumanMessage("And 2022?")).messages[1]
    assert (RECORD in shown.response_metadata, RECORD in kept.response_metadata) == (False, True)


def test_other_metadata_goes_along_for_models_that_need_it():
    answer = AIMessage("Hi", response_metadata={"output_version": "v1", RECORD: {"status": "x"}})
    shown = hear(HumanMessage("Hi"), answer, HumanMessage("Who?")).messages[1]
    assert shown.response_metadata == {"output_version": "v1"}


@pytest.mark.parametrize(("read", "is_gone_on_from"), [(REPORT, True), (LETTER, False)])
def test_a_run_is_gone_on_from_if_it_read_the_same(read, is_gone_on_from):
    kept = {RECORD: {**record(RESULT), "texts": digest_of([read])}}
    said = [HumanMessage(QUESTION), AIMessage("", response_metadata=kept)]
    heard = hear(*said, ToolMessage("sent", tool_call_id="1"), context=REPORT)
    assert (heard.record is not None, heard.history) == (is_gone_on_from, ())


def test_the_texts_that_were_read_are_told_from_others():
    told = {digest_of(texts) for texts in ([], ["ab"], ["a", "b"], ["b", "a"], ["\ud800"])}
    assert len(told) == 5


def test_an_answer_tells_which_texts_were_read():
    model = ChatMinions(ScriptedChat(script=reads), Writer(script=lambda _: "<answer>7</answer>"))
    answer = model.bind(context=REPORT).invoke(QUESTION)
    assert answer.response_metadata[RECORD]["texts"] == digest_of([REPORT])


def test_a_record_tells_how_much_left_the_machine():
    assert record(RESULT)["disclosure"] == {
        "tokens": 0,
        "document_tokens": 0,
        "share": 0.0,
        "items": 0,
    }
