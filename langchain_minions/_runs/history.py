"""What was said before, as the core takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Literal, TypeAlias, cast

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    convert_to_messages,
)

from langchain_minions._runs.blocks import parts_of
from langchain_minions._runs.record import evidence_of
from minions_core.asking import told_apart
from minions_core.errors import UsageError
from minions_core.messages import estimate_tokens
from minions_core.result import MinionsResult, Turn

Earlier: TypeAlias = MinionsResult | Turn
Speaker: TypeAlias = Literal["system", "human", "ai", "other"]
IsLong: TypeAlias = Callable[[str], bool]
"""Whether a text is too long to be sent to the remote model whole."""

LONG_TEXT_TOKENS = 400

_CLASSES: tuple[tuple[type[BaseMessage], Speaker], ...] = (
    (SystemMessage, "system"),
    (HumanMessage, "human"),
    (AIMessage, "ai"),
)
_ROLES: Mapping[str, Speaker] = {
    "system": "system",
    "developer": "system",
    "user": "human",
    "human": "human",
    "assistant": "ai",
    "ai": "ai",
    "model": "ai",
}


def is_long_text(text: str) -> bool:
    """Whether a text is longer than 400 tokens, counted roughly and without a vocabulary."""
    return estimate_tokens(text) > LONG_TEXT_TOKENS


def speaker_of(message: BaseMessage) -> Speaker:
    """Who says a message; tools and functions are `other`."""
    if isinstance(message, ChatMessage):
        return _ROLES.get(message.role.lower(), "other")
    for cls, speaker in _CLASSES:
        if isinstance(message, cls):
            return speaker
    return "other"


def turns_of(chat_history: object, *, is_long: IsLong = is_long_text) -> tuple[Earlier, ...]:
    """A `chat_history` as turns, oldest first.

    Args:
        chat_history: messages in any form LangChain knows, or what chains answered before: their
            outputs, `MinionsResult`s, `Turn`s, also mixed. None and an empty string are none.
        is_long: tells which texts are documents and do not belong into a question.

    Raises:
        UsageError: it is something else.
    """
    turns: list[Earlier] = []
    for are_turns, items in groupby(map(_answered, _listed(chat_history)), _is_turn):
        if are_turns:
            turns.extend(cast("Iterable[Earlier]", items))
        else:
            turns.extend(exchanges(_asked(message, is_long) for message in _messages(items)))
    return tuple(turns)


def exchanges(messages: Iterable[BaseMessage]) -> Iterator[Turn]:
    """Questions and their answers; an answer that keeps citations brings them along.

    What one person says in several messages is one question, and the last of several answers
    counts. A question nobody answered is dropped, and so is all that is neither, such as calls of
    tools.
    """
    said: list[str] = []
    answers: list[BaseMessage] = []
    for message in messages:
        speaker = speaker_of(message)
        if speaker == "human":
            if answers:
                yield from _turn(said, answers)
                said, answers = [], []
            said.append(str(message.text).strip())
        elif speaker == "ai":
            answers.append(message)
    yield from _turn(said, answers)


def _turn(said: Sequence[str], answers: Sequence[BaseMessage]) -> Iterator[Turn]:
    """The turn, if there are both a question and an answer."""
    question = "\n\n".join(filter(None, said))
    told = [message for message in answers if str(message.text).strip()]
    if question and told:
        kept = (evidence for message in reversed(answers) if (evidence := evidence_of(message)))
        yield Turn(question=question, answer=str(told[-1].text), evidence=next(kept, ()))


def _asked(message: BaseMessage, is_long: IsLong) -> BaseMessage:
    """A message without the documents in it, if it is somebody's question."""
    if speaker_of(message) != "human":
        return message
    words = [part.text for part in parts_of(message) if part.kind == "words"]
    short = "\n\n".join(text for text in words if text.strip() and not is_long(text))
    if short and not is_long(short):
        return message.model_copy(update={"content": short})
    try:
        asked = told_apart("\n\n".join(words), is_short=lambda text: not is_long(text), surely=True)
    except UsageError:
        return message.model_copy(update={"content": ""})
    return message.model_copy(update={"content": asked.question})


def _listed(chat_history: object) -> Sequence[object]:
    if chat_history is None or (isinstance(chat_history, str) and not chat_history.strip()):
        return ()
    if isinstance(chat_history, Sequence) and not isinstance(chat_history, str | bytes):
        return cast("Sequence[object]", chat_history)
    answered = _answered(chat_history)
    if _is_turn(answered):
        return (answered,)
    raise _no_history(chat_history)


def _messages(items: Iterable[object]) -> list[BaseMessage]:
    listed = list(items)
    if any(isinstance(item, str) for item in listed):
        raise _no_history(listed, " of strings, which do not tell who said them")
    try:
        return convert_to_messages(cast("Any", listed))
    except (NotImplementedError, TypeError, ValueError) as error:
        raise _no_history(listed) from error


def _answered(item: object) -> object:
    """The result in a chain's output; anything else as it is."""
    if isinstance(item, Mapping):
        result = cast("Mapping[str, Any]", item).get("result")
        return result if isinstance(result, MinionsResult) else cast("object", item)
    return item


def _is_turn(item: object) -> bool:
    return isinstance(item, MinionsResult | Turn)


def _no_history(given: object, why: str = " that cannot be read") -> UsageError:
    return UsageError(
        f"chat_history is a {type(given).__name__}{why}: pass a list of messages, or of what the "
        "chain answered before"
    )
