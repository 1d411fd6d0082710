"""Messages as they may leave for the remote model, and its reply as it was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from minions_core.errors import UsageError
from minions_core.redaction import Redactor, Vault

M = TypeVar("M", bound=BaseMessage)

_NOT_TEXT = ("image", "audio", "video", "media", "document", "file", "input_", "text-plain")
"""How the types of content blocks begin that hold more than words of the speaker."""

_NO_WORDS = frozenset({"type", "index", "signature", "tool_use_id", "mime_type"})
_OF_MACHINES = ("tool", "server_tool", "function", "reasoning", "thinking")
"""How the types of blocks begin whose `id` and `name` a server or a program gave."""

_RAW_CALLS = frozenset({"tool_calls", "function_call"})


@dataclass(frozen=True, slots=True)
class Hiding:
    """Hides what is sensitive in the messages of one call, and reveals it in the reply.

    Attributes:
        vault: what was hidden, and behind which placeholder.
        hides: whether anything is looked for at all.
    """

    vault: Vault
    hides: bool

    @classmethod
    def of(cls, redactor: Redactor | None, texts: Iterable[str] = ()) -> Hiding:
        """For a redactor, or None; `texts` are all texts of the conversation."""
        vault = Vault(redactor, texts)
        return cls(vault, redactor is not None)

    def hidden(self, message: M) -> M:
        """A message as it may leave, on a copy; the message itself if nothing is looked for.

        Raises:
            UsageError: something in it is not text, so that nobody can look into it.
            RedactionError: the redactor failed.
        """
        if not self.hides:
            return message
        _refuse_what_is_not_text(message)
        hide = self.vault.hide
        changes: dict[str, Any] = {
            "content": _mapped(message.content, hide),
            "name": _unless_hidden(message.name, hide),
            "id": _unless_hidden(message.id, hide),
            "additional_kwargs": _each(_without_raw_calls(message), hide),
            "response_metadata": _words_of(message.response_metadata, hide),
        }
        if isinstance(message, AIMessage):
            changes |= _calls(message, hide, hide)
        if isinstance(message, ToolMessage):
            changes["artifact"] = None
        return message.model_copy(update=changes)

    def revealed(self, message: AIMessage) -> AIMessage:
        """A reply with values for the placeholders in its text and in the calls it makes."""
        if not self.hides:
            return message
        changes = _calls(message, self.vault.reveal, self.vault.reveal_in_code)
        changes["content"] = _mapped(message.content, self.vault.reveal)
        changes["additional_kwargs"] = _each(_without_raw_calls(message), self.vault.reveal)
        return message.model_copy(update=changes)


def _calls(
    message: AIMessage, words: Callable[[str], str], code: Callable[[str], str]
) -> dict[str, Any]:
    """The calls of tools in a message, changed.

    Args:
        message: what makes the calls.
        words: the change to a string.
        code: the change to arguments that could not be read.
    """
    return {
        "tool_calls": [{**call, "args": _each(call["args"], words)} for call in message.tool_calls],
        "invalid_tool_calls": [
            {**call, "args": code(call["args"] or "")} for call in message.invalid_tool_calls
        ],
    }


def _without_raw_calls(message: BaseMessage) -> dict[str, Any]:
    """What a provider added, but for what repeats the calls of tools in its own form."""
    kept: Mapping[str, Any] = message.additional_kwargs
    return {name: kept[name] for name in kept.keys() - _RAW_CALLS}


def _words_of(told: Mapping[str, Any], hide: Callable[[str], str]) -> dict[str, Any]:
    """What is short of a message's metadata: the names of its model, its form, its end."""
    return {name: hide(value) for name, value in told.items() if isinstance(value, str)}


def _unless_hidden(word: str | None, hide: Callable[[str], str]) -> str | None:
    return word if word and hide(word) == word else None


def _mapped(content: object, change: Callable[[str], str]) -> object:
    """The content of a message with `change` made to its words."""
    if isinstance(content, list):
        return [_mapped(block, change) for block in cast("list[object]", content)]
    if isinstance(content, dict):
        block = cast("dict[str, object]", content)
        is_of_machines = str(block.get("type")).startswith(_OF_MACHINES)
        kept = _NO_WORDS | {"id", "name"} if is_of_machines else _NO_WORDS
        return {
            change(key): value if key in kept else _each(value, change)
            for key, value in block.items()
        }
    return _each(content, change)


def _each(value: Any, change: Callable[[str], str]) -> Any:
    """`value` with `change` made to every string in it, keys included."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list | tuple):
        return [_each(item, change) for item in cast("Sequence[object]", value)]
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {
            change(key) if isinstance(key, str) else key: _each(item, change) for key, item in items
        }
    return value


def _refuse_what_is_not_text(message: BaseMessage) -> None:
    content: object = message.content
    for block in cast("list[object]", content) if isinstance(content, list) else []:
        kind = cast("dict[str, object]", block).get("type") if isinstance(block, dict) else "text"
        if str(kind).startswith(_NOT_TEXT):
            raise UsageError(
                f"a redactor cannot look into a content block of type {kind!r}, so it was not "
                "sent: pass what it says as text, or ask a model without a redactor"
            )
