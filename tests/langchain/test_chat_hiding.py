"""With a redactor, what is sensitive stays on the machine in direct calls and last words, too."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool

from langchain_minions._chat.hiding import Hiding
from minions_core import MinionsConfig
from minions_core.errors import RedactionError, UsageError
from minions_core.redaction import PatternRedactor
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT, ScriptedChat
from tests.langchain.scripted_tools import CallingChat, chat, reading_chat, supervises

ADDRESS = "ann@example.org"
HIDDEN = "[EMAIL_1]"
SETTINGS = MinionsConfig(redactor=PatternRedactor())
MEMO = f"{REPORT}\n\nAsk {ADDRESS} for more."


def echoes(messages):
    return f"You said: {messages[-1].text}"


@tool
def write(recipient: str) -> str:
    """Write a letter."""
    return f"wrote to {recipient}"


def hiding(**fields):
    return chat(**{"remote": ScriptedChat(script=echoes), "settings": SETTINGS, **fields})


def test_a_direct_call_is_hidden_and_its_reply_revealed():
    model = hiding()
    answer = model.invoke(f"Who is {ADDRESS}?")
    assert model.remote.asked[0][0].content == f"Who is {HIDDEN}?"
    assert answer.content == f"You said: Who is {ADDRESS}?"


async def test_a_direct_call_is_hidden_and_its_reply_revealed_without_blocking():
    model = hiding()
    answer = await model.ainvoke(f"Who is {ADDRESS}?")
    assert ADDRESS not in str(model.remote.asked)
    assert answer.content == f"You said: Who is {ADDRESS}?"


def test_a_revealed_reply_streams_in_one_piece():
    first, last = hiding().stream(f"Who is {ADDRESS}?")
    assert first.content == f"You said: Who is {ADDRESS}?"
    assert last.content == ""


async def test_a_revealed_reply_streams_in_one_piece_without_blocking():
    pieces = [piece async for piece in hiding().astream(f"Who is {ADDRESS}?")]
    assert pieces[0].content == f"You said: Who is {ADDRESS}?"
    assert len(pieces) == 2


def test_calls_of_tools_are_revealed():
    model = hiding(remote=CallingChat(script=supervises)).bind_tools([write])
    (call,) = model.invoke(f"Write to '{ADDRESS}'.").tool_calls
    assert call["args"] == {"recipient": ADDRESS}


def test_calls_of_tools_in_the_conversation_are_hidden():
    model = hiding()
    call = {"name": "write", "args": {"recipients": [{"to": ADDRESS}], "copies": 2}, "id": "1"}
    said = AIMessage(f"I write to {ADDRESS}.", tool_calls=[call])
    answered = ToolMessage(f"wrote to {ADDRESS}", tool_call_id="1")
    model.invoke([HumanMessage("Write."), said, answered])
    assert ADDRESS not in str(model.remote.asked)
    assert HIDDEN in str(model.remote.asked[0][1].tool_calls)


def test_the_messages_of_the_user_are_not_touched():
    said = [SystemMessage([{"type": "text", "text": ADDRESS}]), HumanMessage(ADDRESS, name="Ann")]
    before = [message.model_copy(deep=True) for message in said]
    hiding().invoke(said)
    assert said == before


def test_the_last_word_of_a_reading_is_hidden():
    model = reading_chat(settings=SETTINGS, context=MEMO)
    asked = f"{QUESTION} Tell {ADDRESS}."
    model.bind_tools([write]).invoke([SystemMessage(f"I am {ADDRESS}."), HumanMessage(asked)])
    assert ADDRESS not in str(model.remote.asked)
    assert HIDDEN in str(model.remote.asked[-1])


def test_the_same_value_has_one_placeholder_in_all_messages():
    model = hiding()
    model.invoke([SystemMessage(f"I am {ADDRESS}."), HumanMessage(f"Am I {ADDRESS}?")])
    assert str(model.remote.asked).count(HIDDEN) == 2


def test_what_stands_in_the_conversation_by_chance_is_not_revealed():
    answer = hiding().invoke(f"What is {HIDDEN} to {ADDRESS}?")
    assert answer.content == f"You said: What is {HIDDEN} to {ADDRESS}?"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "image", "url": "https://example.org/cat.png"},
        {"type": "image_url", "image_url": {"url": "https://example.org/cat.png"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    ],
)
def test_what_a_redactor_cannot_look_into_is_not_sent(block):
    model = hiding()
    with pytest.raises(UsageError, match="cannot look into"):
        model.invoke([HumanMessage([{"type": "text", "text": "Who is this?"}, block])])
    assert model.remote.asked == []


class Broken:
    """A redactor that fails."""

    def find(self, text):
        raise RuntimeError("no")


def test_nothing_is_sent_when_the_redactor_fails():
    model = hiding(settings=MinionsConfig(redactor=Broken()))
    with pytest.raises(RedactionError):
        model.invoke("Who is this?")
    assert model.remote.asked == []


def test_a_name_that_holds_a_secret_is_left_out():
    hides = Hiding.of(PatternRedactor())
    assert hides.hidden(HumanMessage("Hi", name=ADDRESS)).name is None
    assert hides.hidden(HumanMessage("Hi", name="Ann")).name == "Ann"


def test_calls_that_could_not_be_read_are_hidden_and_revealed():
    hides = Hiding.of(PatternRedactor())
    call = {"name": "write", "args": f'{{"to": "{ADDRESS}"', "id": "1", "error": None}
    said = AIMessage("", invalid_tool_calls=[{"type": "invalid_tool_call", **call}])
    hidden = hides.hidden(said)
    assert ADDRESS not in str(hidden)
    assert hides.revealed(hidden).invalid_tool_calls[0]["args"] == f'{{"to": "{ADDRESS}"'


def test_calls_in_a_providers_own_form_are_left_out():
    hides = Hiding.of(PatternRedactor())
    kept = {"tool_calls": [{"function": {"arguments": ADDRESS}}], "refusal": None}
    hidden = hides.hidden(AIMessage("", additional_kwargs=kept))
    assert hidden.additional_kwargs == {"refusal": None}


def test_without_a_redactor_messages_stay_as_they_are():
    said = HumanMessage(ADDRESS)
    assert Hiding.of(None).hidden(said) is said


def test_keys_of_arguments_are_hidden_and_revealed():
    hides = Hiding.of(PatternRedactor())
    call = {"name": "pay", "args": {"balances": {ADDRESS: 5}}, "id": "1", "type": "tool_call"}
    hidden = hides.hidden(AIMessage("", tool_calls=[call]))
    assert hidden.tool_calls[0]["args"] == {"balances": {HIDDEN: 5}}
    assert hides.revealed(hidden).tool_calls == [call]


@pytest.mark.parametrize(
    "said",
    [
        AIMessage("Hi", additional_kwargs={"reasoning_content": f"{ADDRESS} asks", "n": 1}),
        AIMessage("Hi", response_metadata={"x": ADDRESS, "minions": {"answer": ADDRESS}}),
        HumanMessage("Hi", id=ADDRESS),
        ToolMessage("Hi", tool_call_id="1", artifact=[ADDRESS]),
        ToolMessage([{"type": "custom", "rows": {ADDRESS: 1}}], tool_call_id="1"),
        ToolMessage([{"type": "custom", ADDRESS: 1}], tool_call_id="1"),
        HumanMessage([{"type": "custom", "id": ADDRESS, "name": ADDRESS}]),
        HumanMessage([{"type": "custom", "rows": ({"of": ADDRESS},)}]),
    ],
)
def test_nothing_else_of_a_message_shows_what_is_sensitive(said):
    before = said.model_copy(deep=True)
    assert ADDRESS not in repr(Hiding.of(PatternRedactor()).hidden(said))
    assert said == before


def test_what_a_message_needs_to_be_read_is_kept():
    block = {"type": "tool_use", "id": "toolu_1", "name": "pay", "input": {}}
    told = {"model_provider": "anthropic", "output_version": "v1"}
    said = AIMessage([block], id="msg_1", response_metadata=told)
    hidden = Hiding.of(PatternRedactor()).hidden(said)
    assert (hidden.content, hidden.id, hidden.response_metadata) == ([block], "msg_1", told)


def test_what_a_model_thought_is_revealed():
    hides = Hiding.of(PatternRedactor())
    thought = {"reasoning_content": f"{ADDRESS} asks"}
    hidden = hides.hidden(AIMessage("Hi", additional_kwargs=thought))
    assert hides.revealed(hidden).additional_kwargs == thought


@pytest.mark.parametrize("context", [MEMO, [f"What is {HIDDEN}?", MEMO]])
def test_what_stands_in_a_document_by_chance_is_not_revealed(context):
    """The reply says it, as the remote model saw it in what was found."""
    model = reading_chat(settings=SETTINGS, context=context)
    asked = HumanMessage(f"{QUESTION} Tell 'bob@example.org'.")
    (call,) = model.bind_tools([write]).invoke([asked]).tool_calls
    assert call["args"] == {"recipient": "bob@example.org"}
    sent = str(model.remote.asked[-1])
    assert (HIDDEN in sent) == (context == MEMO)
