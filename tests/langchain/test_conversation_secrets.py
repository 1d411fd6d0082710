"""Nothing of a text that is to be read gets into what the remote model is told."""

import base64
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from langchain_minions._chat.conversation import understood
from langchain_minions._runs.history import turns_of
from tests.langchain.conversing import ours, texts

SECRET = "XYZ\u00c4\u4e00\u00d6"
LONG = 200
long_texts = (
    st.text(alphabet=f"{SECRET} .,\n", min_size=3, max_size=12)
    .filter(str.strip)
    .map(lambda text: f"{text}X" * LONG)
)
HEADS = ("X", "XX: YY", "XX:", "XYZ ZYX: XX?", "XX YY\nZZ: YY", "- XX: YY", "{XX: {YY: ZZ}}")
realistic_texts = st.tuples(
    st.sampled_from(HEADS), long_texts, st.sampled_from(["XX.", "XX, YY 7700", "X Z: YY?"])
).map("\n\n".join)
requests = st.sampled_from(
    ["Summarise.", "List a, b.", "abc?", "Question: abc", "Give me a.\nAnswer in abc."]
)
open_texts = st.text(alphabet="abc .,", min_size=1, max_size=20).filter(str.strip)


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def words(text):
    return {"type": "text", "text": text}


documents = st.one_of(
    long_texts.map(words),
    long_texts.map(lambda text: {"type": "text-plain", "text": text, "mime_type": "text/plain"}),
    long_texts.map(
        lambda text: {"type": "file", "base64": encoded(text), "mime_type": "text/plain"}
    ),
    long_texts.map(
        lambda text: {"type": "document", "title": "t", "source": {"type": "text", "data": text}}
    ),
    long_texts.map(lambda text: {"type": "tool_result", "tool_use_id": "1", "content": [text]}),
)
questions = st.one_of(
    st.tuples(long_texts, open_texts).map(lambda said: f"{said[0]}\n\nQuestion: {said[1]}"),
    st.tuples(long_texts, open_texts).map(lambda said: f"{said[0]}\nWhat {said[1]}?"),
    st.tuples(realistic_texts, requests).map("\n\n".join),
    st.tuples(st.sampled_from(["Summarise it.", "abc abc abc:"]), realistic_texts).map("\n\n".join),
    st.tuples(st.lists(documents), open_texts).map(lambda said: [*said[0], words(said[1])]),
    open_texts,
)
humans = questions.map(HumanMessage)
arguments = long_texts.map(lambda text: [{"name": "f", "args": {"a": [text]}, "id": "1"}])
others = st.one_of(
    humans,
    long_texts.map(HumanMessage),
    long_texts.map(lambda text: SystemMessage(f"a. Context: {text}")),
    open_texts.map(SystemMessage),
    long_texts.map(AIMessage),
    open_texts.map(AIMessage),
    st.just(ours()),
    arguments.map(lambda calls: AIMessage("", tool_calls=calls)),
    long_texts.map(lambda text: AIMessage([{"type": "thinking", "thinking": text}])),
    long_texts.map(lambda text: AIMessage("a", additional_kwargs={"reasoning_content": text})),
    long_texts.map(lambda text: ToolMessage(text, tool_call_id="1")),
    st.lists(documents, min_size=1).map(lambda said: ToolMessage(said, tool_call_id="1")),
    long_texts.map(lambda text: ToolMessage("a", tool_call_id="1", artifact=text)),
)
conversations = st.tuples(st.lists(others), humans, st.lists(others), humans).map(
    lambda parts: [*parts[0], AIMessage("a"), parts[1], AIMessage("b"), *parts[2], parts[3]]
)


def is_long(text):
    return len(text) > LONG


def hear(messages):
    return understood(messages, context=None, is_long=is_long)


@settings(deadline=None)
@given(conversations)
def test_nothing_of_a_text_to_read_is_told(messages):
    heard = hear(messages)
    told = f"{heard.messages}{heard.instructions}{heard.history}{heard.task}"
    assert not set(told) & set(SECRET)


@settings(deadline=None)
@given(conversations)
def test_no_encoded_text_is_told(messages):
    told = str(hear(messages).messages)
    assert "base64" not in told


@settings(deadline=None)
@given(conversations)
def test_every_text_is_read_once(messages):
    read = [text.strip() for text in texts(hear(messages))]
    assert len(read) == len(set(read))


@settings(deadline=None)
@given(conversations)
def test_all_that_is_left_out_is_read(messages):
    heard = hear(messages)
    numbers = set(re.findall(r"\[document (\d+)", str(heard.messages)))
    assert numbers == {str(number) for number in range(1, len(heard.texts) + 1)}


@settings(deadline=None)
@given(st.lists(others))
def test_no_question_of_a_chat_history_has_a_text_to_read(messages):
    turns = turns_of(messages, is_long=is_long)
    assert not set("".join(turn.question for turn in turns)) & set(SECRET)
