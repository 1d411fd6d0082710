"""What was said before, as the core takes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, convert_to_messages

from langchain_minions._record import evidence_of
from minions_core.errors import UsageError
from minions_core.result import MinionsResult, Turn

Earlier: TypeAlias = MinionsResult | Turn


def turns_of(chat_history: object) -> tuple[Earlier, ...]:
    """A `chat_history` as turns, oldest first.

    Args:
        chat_history: messages in any form LangChain knows, or what chains answered before: their
            outputs, `MinionsResult`s, `Turn`s. None is none.

    Raises:
        UsageError: it is something else.
    """
    if not chat_history:
        return ()
    if not isinstance(chat_history, Sequence) or isinstance(chat_history, str):
        raise _no_history(chat_history)
    items = [_answered(item) for item in cast("Sequence[object]", chat_history)]
    earlier = tuple(item for item in items if isinstance(item, MinionsResult | Turn))
    if len(earlier) == len(items):
        return earlier
    try:
        messages = convert_to_messages(cast("Any", items))
    except (NotImplementedError, ValueError) as error:
        raise _no_history(chat_history) from error
    return tuple(exchanges(messages))


def exchanges(messages: Iterable[BaseMessage]) -> Iterator[Turn]:
    """Questions and their answers; an answer that keeps citations brings them along.

    A question nobody answered is dropped, and so is all that is neither, such as calls of tools.
    """
    question = ""
    answer: AIMessage | None = None
    for message in messages:
        if isinstance(message, HumanMessage):
            if question and answer:
                yield _turn(question, answer)
            question, answer = str(message.text).strip(), None
        elif isinstance(message, AIMessage) and str(message.text).strip():
            answer = message
    if question and answer:
        yield _turn(question, answer)


def _turn(question: str, answer: AIMessage) -> Turn:
    return Turn(question=question, answer=str(answer.text), evidence=evidence_of(answer))


def _answered(item: object) -> object:
    """The result in a chain's output; anything else as it is."""
    if isinstance(item, Mapping):
        result = cast("Mapping[str, Any]", item).get("result")
        return result if isinstance(result, MinionsResult) else cast("object", item)
    return item


def _no_history(given: object) -> UsageError:
    return UsageError(
        f"chat_history is a {type(given).__name__} that cannot be read: pass a list of messages, "
        "or of what the chain answered before"
    )
