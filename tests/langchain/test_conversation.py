"""Conversations with a chat model, understood: question, texts, history, what may be told."""

import copy

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    convert_to_messages,
)

from langchain_minions._runs.record import RECORD
from minions_core import Document, Turn
from minions_core.errors import UsageError
from tests.langchain.conversing import (
    CITATION,
    LETTER,
    QUESTION,
    REPORT,
    hear,
    ours,
    texts,
)

LINE = f"[document 1, {len(REPORT)} characters: read on the user's machine]"
CALL = {"name": "send", "args": {"to": "Ann"}, "id": "call_1", "type": "tool_call"}
ASKED = HumanMessage(f"{REPORT}\n\n{QUESTION}")


def test_no_messages_are_an_error():
    with pytest.raises(UsageError, match="no messages"):
        hear()


def test_a_short_conversation_stays_as_it_is():
    said = [
        SystemMessage("Be brief."),
        HumanMessage("Hi"),
        AIMessage("Hello"),
        HumanMessage("Who?"),
    ]
    heard = hear(*said)
    assert [id(message) for message in heard.messages] == [id(message) for message in said]
    assert heard.texts == ()


def test_the_last_human_message_is_the_task():
    assert hear(HumanMessage("Hi"), AIMessage("Hello"), HumanMessage("Who?")).task == "Who?"


def test_what_was_said_before_is_history():
    heard = hear(HumanMessage("Hi"), AIMessage("Hello"), HumanMessage("Who?"))
    assert heard.history == (Turn(question="Hi", answer="Hello"),)


def test_human_messages_in_a_row_are_one_question():
    heard = hear(HumanMessage("In millions.", name="Ann"), HumanMessage("What was revenue?"))
    assert heard.task == "In millions.\n\nWhat was revenue?"


def test_a_text_and_its_question_may_be_messages_in_a_row():
    heard = hear(HumanMessage("What was revenue?"), HumanMessage(REPORT))
    assert (heard.task, texts(heard)) == ("What was revenue?", [REPORT])


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(SystemMessage("Be brief."), id="system"),
        pytest.param(SystemMessage([{"type": "text", "text": "Be brief."}]), id="blocks"),
        pytest.param(ChatMessage("Be brief.", role="developer"), id="role"),
        pytest.param(convert_to_messages([("developer", "Be brief.")])[0], id="developer"),
    ],
)
def test_system_messages_are_instructions(message):
    heard = hear(message, HumanMessage("Who?"), SystemMessage("In German."))
    assert heard.instructions == "Be brief.\n\nIn German."


def test_a_system_message_alone_is_the_task():
    heard = hear(SystemMessage("Be brief."), SystemMessage("Who is it?"))
    assert (heard.task, heard.instructions) == ("Who is it?", "Be brief.")


def test_messages_of_models_and_tools_alone_ask_nothing():
    assert hear(AIMessage("Hello")).task == ""


@pytest.mark.parametrize("said", [AIMessage("Hello"), HumanMessage(""), HumanMessage(" ")])
def test_text_without_a_question_is_an_error(said):
    with pytest.raises(UsageError, match="no question"):
        hear(said, context=REPORT)


def test_an_answer_begun_by_hand_does_not_hide_the_question():
    heard = hear(HumanMessage("Who?"), AIMessage("It is"), context=REPORT)
    assert (heard.task, heard.history) == ("Who?", ())


def test_roles_in_words_are_understood():
    said = [ChatMessage("Hi", role="user"), ChatMessage("Hello", role="assistant")]
    heard = hear(*said, ChatMessage("Who?", role="user"))
    assert (heard.task, heard.history) == ("Who?", (Turn(question="Hi", answer="Hello"),))


def test_a_question_is_told_from_its_text():
    heard = hear(ASKED)
    assert (heard.task, texts(heard)) == (QUESTION, [REPORT])


def test_a_line_stands_for_a_text_in_front_of_the_question():
    assert hear(ASKED).messages == (HumanMessage(f"{LINE}\n\n{QUESTION}"),)


def test_a_long_text_without_a_question_is_an_error():
    with pytest.raises(UsageError, match="content block"):
        hear(HumanMessage(" ".join(REPORT.split())))


@pytest.mark.parametrize(
    "context",
    [
        pytest.param(REPORT, id="string"),
        pytest.param([REPORT], id="list"),
        pytest.param(LangChainDocument(REPORT), id="LangChain"),
        pytest.param(Document(REPORT), id="core"),
        pytest.param((one for one in [REPORT]), id="iterable"),
    ],
)
def test_a_context_is_read(context):
    assert texts(hear(HumanMessage("Who?"), context=context)) == [REPORT]


@pytest.mark.parametrize("context", [None, "", []])
def test_no_context_is_nothing_to_read(context):
    assert hear(HumanMessage("Who?"), context=context).texts == ()


@pytest.mark.parametrize("context", [42, {"text": REPORT}, [42]])
def test_a_context_of_another_type_is_an_error(context):
    with pytest.raises(UsageError, match="context"):
        hear(HumanMessage("Who?"), context=context)


def test_the_context_comes_before_the_texts_of_the_messages():
    heard = hear(ASKED, context=LETTER)
    assert texts(heard) == [LETTER, REPORT]
    assert "[document 2, " in heard.messages[0].content


def test_a_text_that_comes_twice_is_read_once():
    again = HumanMessage([{"type": "text", "text": f"{REPORT}\n"}, "Who signs?"])
    assert texts(hear(ASKED, AIMessage("7"), again, context=[REPORT])) == [REPORT]


def test_a_text_that_comes_twice_has_one_line():
    heard = hear(ASKED, AIMessage("7"), HumanMessage(f"{REPORT}\n\nWho signs?"))
    assert heard.messages[2].content == f"{LINE}\n\nWho signs?"


def test_long_instructions_with_a_context_are_told_apart():
    heard = hear(SystemMessage(f"Answer from this:\n\n{REPORT}"), HumanMessage("Who?"))
    assert (heard.instructions, texts(heard)) == ("Answer from this:", [REPORT])
    assert heard.messages[0].content == f"{LINE}\n\nAnswer from this:"


def test_instructions_without_a_context_go_whole_however_long():
    said = SystemMessage(["Be brief.", {"type": "text", "text": REPORT}])
    heard = hear(said, HumanMessage("Q?"))
    assert (heard.instructions, texts(heard)) == (f"Be brief.\n\n{REPORT}", [])
    assert heard.messages[0] is said


@pytest.mark.parametrize("content", [REPORT, [{"type": "text", "text": REPORT}], [REPORT]])
def test_what_a_tool_returns_is_read_if_it_is_long(content):
    said = [HumanMessage("Q?"), AIMessage("", tool_calls=[CALL])]
    heard = hear(*said, ToolMessage(content, tool_call_id="call_1"))
    assert texts(heard) == [REPORT]
    assert heard.messages[2].text == LINE
    assert heard.messages[2].tool_call_id == "call_1"


def test_many_short_blocks_of_a_tool_are_one_text():
    blocks = [{"type": "text", "text": part} for part in REPORT.split("\n\n")]
    heard = hear(HumanMessage("Q?"), ToolMessage(blocks, tool_call_id="1"))
    assert texts(heard) == [REPORT]
    assert heard.messages[1].content == [{"type": "text", "text": LINE}]


def test_a_long_answer_of_another_model_is_read():
    heard = hear(HumanMessage("Tell me all."), AIMessage(REPORT), HumanMessage("Who?"))
    assert texts(heard) == [REPORT]
    assert heard.history == (Turn(question="Tell me all.", answer=LINE),)


def test_a_long_answer_of_ours_is_no_document():
    said = [HumanMessage("Tell me all."), ours(REPORT), HumanMessage("Who?")]
    heard = hear(*said)
    assert heard.texts == ()
    assert heard.messages[1].content == REPORT


def test_long_arguments_another_model_wrote_are_not_sent():
    call = {**CALL, "args": {"to": ["Ann", {"body": REPORT}]}}
    raw = {"tool_calls": [{"function": {"arguments": REPORT}}], "refusal": None}
    answer = AIMessage("", tool_calls=[call], additional_kwargs=raw)
    heard = hear(HumanMessage("Q?"), answer, ToolMessage("sent", tool_call_id="call_1"))
    assert heard.messages[1].tool_calls == [{**CALL, "args": {"to": ["Ann", {"body": LINE}]}}]
    assert heard.messages[1].additional_kwargs == {"refusal": None}


def test_what_a_tool_keeps_beside_its_answer_is_not_sent():
    kept = ToolMessage("found", tool_call_id="1", artifact=[LangChainDocument(REPORT)])
    assert hear(HumanMessage("Q?"), kept).messages[1].artifact is None


def test_a_chunk_that_changes_is_a_message_then():
    heard = hear(HumanMessage("Q?"), AIMessageChunk(REPORT), HumanMessage("Who?"))
    assert heard.messages[1].content == LINE


def test_answers_of_ours_bring_their_evidence_along():
    heard = hear(ASKED, ours(), HumanMessage("And 2022?"))
    assert heard.history == (Turn(question=QUESTION, answer="It rose [1].", evidence=(CITATION,)),)


def test_a_question_of_before_is_told_apart_as_it_was_then():
    said = f"{REPORT}\n\nSummarise."
    heard = hear(HumanMessage(said), ours(), HumanMessage("And 2022?"))
    assert heard.history[0].question == hear(HumanMessage(said)).task


def test_of_a_text_another_model_was_given_nothing_is_told():
    heard = hear(HumanMessage(REPORT), AIMessage("What about it?"), HumanMessage("Who signs?"))
    assert (heard.history, texts(heard)) == ((), [REPORT])
    assert heard.messages[0].content == LINE


def test_a_run_that_read_all_is_gone_on_from():
    answer = ours("", tool_calls=[CALL])
    heard = hear(ASKED, answer, ToolMessage("sent", tool_call_id="call_1"))
    assert heard.record == answer.response_metadata[RECORD]
    assert (heard.has_new_text, heard.history) == (False, ())


def test_a_run_that_did_not_read_all_is_history():
    heard = hear(ASKED, ours("", tool_calls=[CALL]), ToolMessage(LETTER, tool_call_id="call_1"))
    assert (heard.record, heard.has_new_text) == (None, True)
    assert heard.history == (Turn(question=QUESTION, answer="It rose [1].", evidence=(CITATION,)),)


def test_a_text_known_before_is_not_new():
    heard = hear(ASKED, ours("", tool_calls=[CALL]), ToolMessage(REPORT, tool_call_id="call_1"))
    assert heard.record is not None


def test_the_latest_run_counts():
    again = ours("", tool_calls=[CALL])
    again.response_metadata[RECORD]["answer"] = "It fell."
    fetched = ToolMessage(LETTER, tool_call_id="call_1")
    heard = hear(ASKED, ours("", tool_calls=[CALL]), fetched, again, fetched)
    assert heard.record["answer"] == "It fell."


def test_a_run_for_an_earlier_question_is_not_gone_on_from():
    heard = hear(ASKED, ours(), HumanMessage("And 2022?"))
    assert (heard.record, heard.has_new_text) == (None, False)


@pytest.mark.parametrize("kept", [{}, {"status": "direct"}, {"question": 1}, "broken", None])
def test_what_is_no_record_of_a_run_is_not_gone_on_from(kept):
    answer = AIMessage("", tool_calls=[CALL], response_metadata={RECORD: kept})
    heard = hear(ASKED, answer, ToolMessage("sent", tool_call_id="call_1"))
    assert (heard.record, heard.has_new_text) == (None, False)


def test_given_messages_are_never_changed():
    said = [
        SystemMessage(f"Answer from this:\n\n{LETTER}"),
        HumanMessage(["Q?", {"type": "text-plain", "text": REPORT, "mime_type": "text/plain"}]),
        AIMessage(REPORT, tool_calls=[{**CALL, "args": {"body": REPORT}}]),
        ToolMessage([{"type": "text", "text": LETTER}], tool_call_id="call_1"),
    ]
    before = copy.deepcopy(said)
    hear(*said)
    assert said == before
