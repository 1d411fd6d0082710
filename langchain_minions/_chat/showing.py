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
from minions_core.briefing import stand_in
from minions_core.documents import Document

Change: TypeAlias = Callable[[str], str]

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


def slim_block(given: Block, library: Library) -> Block:
    """A block of short words, without all else if that is long, as passages it cites may be."""
    if not library.is_long(_written(given)):
        return given
    return {key: given[key] for key in ("type", "text") if key in given}


def call_block(given: Block, library: Library) -> Block | None:
    """A block a model wrote: lines for long texts in a call of a tool; None if it is to go.

    What else such blocks hold, as the model's thoughts, is nothing others read: it goes if it is
    long.
    """
    if given.get("type") in _CALLS:
        return cast("Block", _changed(given, library.shortened))
    return None if library.is_long(_written(given)) else given


def other_block(given: Block, library: Library) -> Block:
    """A block of a kind not known, with lines for the long texts in it, or for all of it."""
    shorter = cast("Block", _changed(given, library.shortened))
    written = _written(shorter)
    if not library.is_long(written):
        return shorter
    return {"type": "text", "text": library.line_for(written)}


def without_long_values(message: BaseMessage, library: Library) -> BaseMessage:
    """A message with lines for long texts in its calls of tools.

    What else of it is long and is not its content goes, too: metadata, what a tool keeps beside
    its answer. Models are not shown it, but it travels with a message.
    """
    changes: dict[str, Any] = {}
    for name in ("additional_kwargs", "response_metadata"):
        extras: Mapping[str, Any] = getattr(message, name)
        kept = {key: value for key, value in extras.items() if library.is_short(str(value))}
        if len(kept) < len(extras):
            changes[name] = kept
    if isinstance(message, AIMessage):
        for name in ("tool_calls", "invalid_tool_calls"):
            calls: list[Any] = getattr(message, name)
            shorter = _changed(calls, library.shortened)
            if shorter != calls:
                changes[name] = shorter
    if isinstance(message, ToolMessage) and library.is_long(str(message.artifact)):
        changes["artifact"] = None
    if not changes:
        return message
    whole = message_chunk_to_message(message) if isinstance(message, AIMessageChunk) else message
    return whole.model_copy(update=changes)


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
