"""Messages as a remote model may see them: copies, with what must not be sent whole taken out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    ToolMessage,
    message_chunk_to_message,
)

from langchain_minions._runs.blocks import Block, Part
from langchain_minions._runs.history import IsLong
from langchain_minions._runs.reading import CoreText
from langchain_minions._runs.record import RECORD
from minions_core.briefing import stand_in
from minions_core.documents import Document

Change: TypeAlias = Callable[[str], str]

_TEXT_KEYS = ("type", "text")
_RESULT_KEYS = ("type", "tool_use_id", "is_error")
_ARGUMENTS = ("args", "arguments", "input", "partial_json")
_CALLS = frozenset(
    (
        "function_call",
        "invalid_tool_call",
        "server_tool_call",
        "server_tool_use",
        "tool_call",
        "tool_call_chunk",
        "tool_use",
    )
)


class Library:
    """What is to be read, gathered text by text.

    Args:
        given: the texts that are known already.
        is_long: tells which texts are to be read rather than sent.

    Attributes:
        texts: all texts so far, each once.
    """

    def __init__(self, given: Sequence[CoreText], is_long: IsLong) -> None:
        self.texts = list(given)
        self.is_long = is_long
        self._places = {_text(one).strip(): index for index, one in enumerate(self.texts)}

    def is_short(self, text: str) -> bool:
        """Whether a text may be sent."""
        return not self.is_long(text)

    def line_for(self, text: str, name: str = "") -> str:
        """The line that stands for a text, which is kept to be read.

        Args:
            text: the text.
            name: what people call it, if it has a name.
        """
        index = self._places.setdefault(text.strip(), len(self.texts))
        if index == len(self.texts):
            self.texts.append(Document(text, name or f"document {index + 1}"))
        known = self.texts[index]
        unnamed = f"document {index + 1}"
        document = known if isinstance(known, Document) else Document(known, unnamed)
        return stand_in(index + 1, document)

    def shortened(self, text: str) -> str:
        """The line that stands for a text, if it is long; else the text itself."""
        return self.line_for(text) if self.is_long(text) else text


def with_content(message: BaseMessage, content: Sequence[str | Block]) -> BaseMessage:
    """A copy of a message with other content; the message itself if it says that already.

    Args:
        message: the message.
        content: the blocks; strings alone for a message whose content is a string.
    """
    said = cast("object", message.content)
    told: object = "".join(map(str, content)) if isinstance(said, str) else list(content)
    return message if told == said else message.model_copy(update={"content": told})


def words_block(part: Part, text: str) -> str | Block:
    """Words in place of a part, with nothing of it but the type, if it was words, too."""
    if isinstance(part.given, str):
        return text
    kind = part.given.get("type", "text") if part.kind == "words" else "text"
    return {"type": kind, "text": text}


def call_block(given: Block, library: Library) -> Block | None:
    """A block a model wrote: lines for long texts in a call of a tool; None if it is to go.

    What else such blocks hold, as the model's thoughts, is nothing others read: it goes if it is
    long.
    """
    if given.get("type") in _CALLS:
        return _slim_call(given, library)
    return None if library.is_long(_written(given)) else given


def other_block(given: Block, library: Library) -> Block:
    """A block of a kind not known, with lines for the long texts in it, or for all of it."""
    shorter = cast("Block | None", _slim(given, library))
    return _line_block(given, library) if shorter is None else shorter


def are_long(parts: Sequence[Part], library: Library) -> bool:
    """Whether what a message holds beside words, pictures and long texts is long together."""
    return library.is_long("".join(_beside(part, library) for part in parts))


def slim_block(given: Block, library: Library, *, is_call: bool) -> Block | None:
    """A block of a message that holds too much together.

    Words lose all else, as passages they cite; there is a line for the rest, or for the arguments
    of a call. What else a model wrote goes.
    """
    if isinstance(given.get("text"), str):
        return {key: given[key] for key in _TEXT_KEYS if key in given}
    if given.get("type") in _CALLS:
        return _without_arguments(given, library)
    return None if is_call else _line_block(given, library)


def _beside(part: Part, library: Library) -> str:
    if isinstance(part.given, str) or part.kind not in {"words", "other"}:
        return ""
    if part.kind == "other":
        return _rest(part.given, library)
    extras = {key: value for key, value in part.given.items() if key not in _TEXT_KEYS}
    return _written(extras) if extras and library.is_short(part.text) else ""


def _line_block(given: Block, library: Library) -> Block:
    """A line for all of a block; what a tool returned is still known by its call."""
    if given.get("type") != "tool_result":
        return {"type": "text", "text": library.line_for(_written(given))}
    kept = {key: value for key, value in given.items() if key in _RESULT_KEYS}
    return {**kept, "content": library.line_for(_written(given.get("content")))}


def _slim(value: Any, library: Library) -> Any:
    """Plain data with lines for the long texts in it; None if it is long without them, too."""
    is_long = library.is_long(_rest(value, library))
    return None if is_long else _changed(value, library.shortened)


def _rest(value: Any, library: Library) -> str:
    """Plain data without the long texts in it."""
    return _written(_changed(value, lambda text: "" if library.is_long(text) else text))


def _slim_call(call: Block, library: Library) -> Block:
    shorter = cast("Block | None", _slim(call, library))
    return _without_arguments(call, library) if shorter is None else shorter


def _without_arguments(call: Block, library: Library) -> Block:
    """A call of a tool with a line for all its arguments."""
    slim = dict(call)
    for key in _ARGUMENTS:
        given = call.get(key)
        if given:
            line = library.line_for(_written(given))
            slim[key] = line if isinstance(given, str) else {"arguments": line}
    return slim


def _slim_calls(calls: Sequence[Block], library: Library) -> list[Block]:
    """Calls of tools with lines for what is long in them; for all, if they are long together."""
    if library.is_long("".join(_rest(call, library) for call in calls)):
        return [_without_arguments(call, library) for call in calls]
    return [_slim_call(call, library) for call in calls]


def without_record(message: BaseMessage) -> BaseMessage:
    """A message without what we told of ourselves, which is for the user alone."""
    told = cast("Mapping[str, Any]", message.response_metadata)
    if RECORD not in told:
        return message
    kept = {key: value for key, value in told.items() if key != RECORD}
    return message.model_copy(update={"response_metadata": kept})


def without_long_values(message: BaseMessage, library: Library) -> BaseMessage:
    """A message with lines for long texts in its calls of tools.

    What else of it is long and is not its content goes, too: metadata, what a tool keeps beside
    its answer. Models are not shown it, but it travels with a message.
    """
    changes: dict[str, Any] = {}
    for name in ("additional_kwargs", "response_metadata"):
        extras: Mapping[str, Any] = getattr(message, name)
        kept = _slim_extras(extras, library)
        if len(kept) < len(extras):
            changes[name] = kept
    if isinstance(message, AIMessage):
        for name in ("tool_calls", "invalid_tool_calls"):
            calls: list[Any] = getattr(message, name)
            shorter = _slim_calls(calls, library)
            if shorter != calls:
                changes[name] = shorter
    if isinstance(message, ToolMessage) and library.is_long(str(message.artifact)):
        changes["artifact"] = None
    if not changes:
        return message
    whole = message_chunk_to_message(message) if isinstance(message, AIMessageChunk) else message
    return whole.model_copy(update=changes)


def _slim_extras(extras: Mapping[str, Any], library: Library) -> Mapping[str, Any]:
    """What is short of some metadata; nothing, if it is long together all the same."""
    kept = {key: value for key, value in extras.items() if library.is_short(str(value))}
    return {} if library.is_long(str(kept)) else kept


def _changed(value: Any, change: Change) -> Any:
    """Plain data with a change made to each string in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        fields = cast("Mapping[str, Any]", value)
        return {key: _changed(inner, change) for key, inner in fields.items()}
    if isinstance(value, list | tuple):
        return [_changed(inner, change) for inner in cast("Sequence[Any]", value)]
    return value


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _text(given: CoreText) -> str:
    return given if isinstance(given, str) else given.text
