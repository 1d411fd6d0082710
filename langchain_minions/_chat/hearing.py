"""What is said in some messages: words to be told, texts to be read instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import Any, TypeAlias

from langchain_core.messages import BaseMessage

from langchain_minions._chat.showing import (
    Library,
    are_long,
    call_block,
    other_block,
    slim_block,
    with_content,
    without_long_values,
    words_block,
)
from langchain_minions._runs.blocks import Block, Part, parts_of
from langchain_minions._runs.history import Speaker, speaker_of
from langchain_minions._runs.record import record_of
from minions_core.asking import Asked
from minions_core.errors import UsageError

Apart: TypeAlias = Callable[[str], Asked]
"""Tells what may be shown of a long text from the text itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What somebody says before another does.

    Attributes:
        speaker: who.
        words: what may be told of it.
        messages: the messages as the remote model may see them.
        has_media: whether there are pictures, sound or film in them.
        record: what we told of ourselves, if this is an answer of ours.
        known: how many texts were to be read by then.
    """

    speaker: Speaker
    words: str
    messages: tuple[BaseMessage, ...]
    has_media: bool
    record: Mapping[str, Any] | None
    known: int


def hear(
    group: Sequence[BaseMessage], apart: Apart, library: Library, *, as_one: bool = False
) -> Heard:
    """Take in messages of one speaker that follow each other.

    An answer of ours stays as it is: it was the remote model that wrote it.

    Args:
        group: the messages.
        apart: tells what may be shown, where all that is said is one long text.
        library: takes up what is to be read.
        as_one: whether all words are told apart together, and are told whole where no text is in
            them, however long they are.

    Raises:
        UsageError: there is a file among them whose text is not there.
    """
    speaker = speaker_of(group[0])
    kept = record_of(group[0]) if speaker == "ai" else None
    contents = [parts_of(message) for message in group]
    parts = list(chain.from_iterable(contents))
    if kept is None:
        words, blocks = _told(parts, apart, library, is_call=speaker == "ai", as_one=as_one)
        told = iter(blocks)
        shown = [
            without_long_values(with_content(message, _next(told, len(content))), library)
            for message, content in zip(group, contents, strict=True)
        ]
    else:
        words, shown = str(group[0].text), list(group)
    return Heard(
        speaker=speaker,
        words=words,
        messages=tuple(shown),
        has_media=kept is None and any(part.kind == "media" for part in parts),
        record=kept,
        known=len(library.texts),
    )


def _told(
    parts: Sequence[Part], apart: Apart, library: Library, *, is_call: bool, as_one: bool
) -> tuple[str, list[str | Block | None]]:
    """The words that may be told, and each block as it may be shown; None for those that go."""
    asked, mixed = _words(parts, apart, library, as_one=as_one)
    show = partial(
        _shown, library=library, is_call=is_call, as_one=as_one, is_much=are_long(parts, library)
    )
    blocks: list[str | Block | None] = []
    for index, part in enumerate(parts):
        if index in mixed:
            first = index == mixed[0]
            blocks.append(words_block(part, _line(asked, library)) if first else None)
        else:
            blocks.append(show(part))
    return asked.question, blocks


def _words(
    parts: Sequence[Part], apart: Apart, library: Library, *, as_one: bool
) -> tuple[Asked, Sequence[int]]:
    """What may be told, and the blocks it has to be told from: none if whole blocks can be told.

    Those are the short ones together. Where they are too many, or there are none, they or the last
    one hold both words and text.
    """
    spoken = [
        index for index, part in enumerate(parts) if part.kind == "words" and part.text.strip()
    ]
    if as_one:
        asked = apart(_joined(parts, spoken))
        return asked, spoken if asked.text else ()
    short = [index for index in spoken if not library.is_long(parts[index].text)]
    words = _joined(parts, short)
    if not spoken or (short and not library.is_long(words)):
        return Asked(words, ""), ()
    mixed = short or spoken[-1:]
    return apart(_joined(parts, mixed)), mixed


def _joined(parts: Sequence[Part], indexes: Sequence[int]) -> str:
    return "\n\n".join(parts[index].text.strip() for index in indexes)


def _line(asked: Asked, library: Library) -> str:
    line = library.line_for(asked.text) if asked.text else ""
    return "\n\n".join(filter(None, (line, asked.question)))


def _shown(
    part: Part, library: Library, *, is_call: bool, as_one: bool, is_much: bool
) -> str | Block | None:
    given = part.given
    if part.kind == "file":
        raise UsageError(
            "a file in the messages cannot be read as text: extract the text, as pypdf or a "
            "document loader does, and give that; to show the file itself to the remote model, ask "
            "that directly"
        )
    if part.kind == "words" and library.is_long(part.text) and not as_one:
        return words_block(part, library.line_for(part.text))
    if part.kind == "document" and part.text.strip():
        return words_block(part, library.line_for(part.text, part.name))
    if isinstance(given, str) or part.kind == "media":
        return given
    if is_much:
        return slim_block(given, library, is_call=is_call)
    if part.kind == "words":
        return given
    return call_block(given, library) if is_call else other_block(given, library)


def _next(blocks: Iterator[str | Block | None], number: int) -> list[str | Block]:
    return [block for block in islice(blocks, number) if block is not None]
