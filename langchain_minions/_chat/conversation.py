"""A conversation, understood: what is asked, what is to be read, what may be told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage

from langchain_minions._chains.inputs import texts_of
from langchain_minions._chat.hearing import Heard, hear
from langchain_minions._chat.showing import Library, without_record
from langchain_minions._runs.history import IsLong, Speaker, exchanges, speaker_of
from langchain_minions._runs.reading import CoreText, Reading
from langchain_minions._runs.record import has_read, is_of_a_run, record_of, turn_of
from minions_core.asking import Asked, IsShort, instructed, told_apart
from minions_core.errors import UsageError
from minions_core.result import Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What a chat model is given, understood.

    Attributes:
        task: the question: what the last human messages ask, those that follow each other taken
            together; without one, the last system message. Empty only where nothing is to be read.
        texts: what the local model reads, strings and core `Document`s: the context first, then
            the long texts and documents of the messages, each once.
        history: what was asked and answered before.
        instructions: what system messages say, without the context in them.
        messages: the conversation as the remote model may see it: lines in square brackets stand
            for long texts and documents, and no record of ours goes along. The user's own objects
            where nothing changed.
        record: what the last run for this question came to, if a message after the question
            keeps it and nothing more is to be read since; see `_record.record`.
        has_new_text: whether there was such a run, but more is to be read now. What it came to is
            the last turn of the history then.
    """

    task: str
    texts: tuple[CoreText, ...] = ()
    history: tuple[Turn, ...] = ()
    instructions: str = ""
    messages: tuple[BaseMessage, ...] = ()
    record: Mapping[str, Any] | None = None
    has_new_text: bool = False


def understood(
    messages: Sequence[BaseMessage], *, context: object, is_long: IsLong
) -> Conversation:
    """Understand a conversation with a chat model.

    Args:
        messages: the conversation; never changed.
        context: what is to be read besides: a string, a LangChain or core document, a list of
            them, or None.
        is_long: whether a text is too long to be sent to the remote model whole.

    Raises:
        UsageError: there are no messages, or text to read but no question, or something to be read
            is not text: a file whose text is not there, or pictures and sound beside text.
    """
    if not messages:
        raise UsageError("there are no messages: ask something")
    library = Library(Reading.of(texts_of(context)).texts, is_long)
    heard = _heard(messages, library)
    asking = _asking([said.speaker for said in heard])
    task = "" if asking is None else heard[asking].words
    if library.texts:
        _refuse_what_cannot_be_read(heard, task)
    before, after = (heard, heard) if asking is None else (heard[:asking], heard[asking + 1 :])
    runs = [said for said in after if said.record and _is_of(said.record, said.known, library)]
    record, known = (runs[-1].record, runs[-1].known) if runs else (None, len(library.texts))
    has_new_text = known < len(library.texts)
    latest = [turn_of(record)] if record and has_new_text else []
    return Conversation(
        task=task,
        texts=tuple(library.texts),
        history=(*_history(before), *latest),
        instructions=_instructions(heard, asking),
        messages=tuple(without_record(message) for said in heard for message in said.messages),
        record=None if has_new_text else record,
        has_new_text=has_new_text,
    )


def _heard(messages: Sequence[BaseMessage], library: Library) -> list[Heard]:
    """What each says in turn; the messages of a human that follow each other are one saying."""
    groups = _groups(messages)
    asking = _asking([speaker_of(group[0]) for group in groups])
    followers = (*groups[1:], ())
    heard: list[Heard] = []
    for index, (group, following) in enumerate(zip(groups, followers, strict=True)):
        was_ours = any(record_of(message) is not None for message in following)
        apart = told_apart if index == asking else _aparts(group[0], was_ours=was_ours)
        telling = partial(apart, is_short=library.is_short)
        heard.append(hear(group, telling, library, as_one=apart is instructed))
    return heard


def _is_of(record: Mapping[str, Any], known: int, library: Library) -> bool:
    """Whether a record is of a run that read what was known by then, and not other texts."""
    return is_of_a_run(record) and has_read(record, library.texts[:known])


def _groups(messages: Iterable[BaseMessage]) -> list[list[BaseMessage]]:
    groups: list[list[BaseMessage]] = []
    for message in messages:
        speaker = speaker_of(message)
        if groups and speaker == "human" == speaker_of(groups[-1][0]):
            groups[-1].append(message)
        else:
            groups.append([message])
    return groups


def _asking(speakers: Sequence[Speaker]) -> int | None:
    """Which of them asks: the last human; without one, the last of the system."""
    for speaker in ("human", "system"):
        if speaker in speakers:
            return len(speakers) - 1 - speakers[::-1].index(speaker)
    return None


def _aparts(message: BaseMessage, *, was_ours: bool) -> Callable[..., Asked]:
    """How what may be told of a message is told from a text to read.

    A question we answered is told apart as it was then. What others answered may be all text: of
    that only what is marked as a question is told.
    """
    speaker = speaker_of(message)
    if speaker == "human":
        return partial(_earlier, surely=not was_ours)
    return instructed if speaker == "system" else _all_text


def _earlier(said: str, *, is_short: IsShort, surely: bool) -> Asked:
    try:
        return told_apart(said, is_short=is_short, surely=surely)
    except UsageError:
        return Asked("", said)


def _all_text(said: str, **_: object) -> Asked:
    return Asked("", said)


def _history(before: Iterable[Heard]) -> Iterator[Turn]:
    spoken = (
        [HumanMessage(said.words)] if said.speaker == "human" else said.messages for said in before
    )
    return exchanges(chain.from_iterable(spoken))


def _instructions(heard: Sequence[Heard], asking: int | None) -> str:
    told = (
        said.words.strip()
        for index, said in enumerate(heard)
        if said.speaker == "system" and index != asking
    )
    return "\n\n".join(filter(None, told))


def _refuse_what_cannot_be_read(heard: Iterable[Heard], task: str) -> None:
    if any(said.has_media for said in heard):
        raise UsageError(
            "there are pictures, sound or video in the messages beside text to read, and only text "
            "can be read: say in words what they show, or ask the remote model directly"
        )
    if not task.strip():
        raise UsageError("there is text to read but no question: ask one in a human message")
