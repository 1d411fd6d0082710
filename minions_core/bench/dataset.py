"""Questions with known answers, read from a file of JSON lines.

A line holds `question`, `answer`, and `document` (a text) or `path` (of a file, from the folder of
the JSON lines; folders and globs too), or a list of either::

    {"path": "report.pdf", "question": "What was revenue in 2023?", "answer": ["$9 million", "9"]}

`answer` is a text or a number, or a list of those any of which is right; null or empty where the
right answer is that the documents do not tell. `evidence`, if given, is a list of where the answer
stands: the words themselves, or `[start, end)` in characters, or `[document, start, end)` where
there are several documents. `id` names the question in reports. Other fields are left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
)

from minions_core.documents import Document
from minions_core.door import as_documents
from minions_core.errors import UsageError
from minions_core.evidence.quotes import Source
from minions_core.files import read_files
from minions_core.models import well_formed

_Text: TypeAlias = Annotated[StrictStr, AfterValidator(well_formed)]
_Word: TypeAlias = _Text | StrictInt | StrictFloat
_Spot: TypeAlias = _Text | tuple[StrictInt, StrictInt] | tuple[StrictInt, StrictInt, StrictInt]

_WANTED = {
    "document": "a text, or a list of texts",
    "path": "the path of a file, or a list of such",
    "question": "a text",
    "answer": "a text, a number, a list of those, or null where the documents do not tell",
    "evidence": "a list of texts, of [start, end], or of [document, start, end]",
    "id": "a text or a number",
}


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A passage of the documents of a question.

    Attributes:
        document: which of them, from 0.
        start: its first character.
        end: one past its last.
    """

    document: int
    start: int
    end: int

    def overlaps(self, other: Place) -> bool:
        """Whether the two have a character in common."""
        same = self.document == other.document
        return same and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with a known answer.

    Attributes:
        id: what it is called in reports.
        text: the question.
        documents: what it is asked of.
        answers: each of them is right; none if the documents do not tell.
        evidence: what shows the answer: of each passage all the places where it stands. None if
            that is not known.
    """

    id: str
    text: str
    documents: tuple[Document, ...] = field(repr=False)
    answers: tuple[str, ...] = ()
    evidence: tuple[tuple[Place, ...], ...] | None = None

    @property
    def digest(self) -> str:
        """What tells it, with its documents, from every other; the key is no part of it."""
        told = [self.text]
        for document in self.documents:
            told += [document.name, str(document.first_page), _digest(document.text)]
        return _digest(json.dumps(told))


@lru_cache(maxsize=1024)
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


class _Line(BaseModel):
    """A line as it is written."""

    question: _Text
    answer: _Word | list[_Word] | None
    document: _Text | list[_Text] | None = None
    path: _Text | list[_Text] | None = None
    evidence: list[_Spot] | None = None
    id: _Text | StrictInt | None = None


def read_dataset(path: Path) -> list[Question]:
    """The questions of a file of JSON lines; each document is read once.

    Args:
        path: the file.

    Raises:
        UsageError: it cannot be read, has no questions, or a line is not as it should be: the
            message names line and field.
    """
    try:
        # Not splitlines(): it parts at characters that may stand in a JSON text, such as U+2028.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}") from error
    shelf = _Shelf(path.parent)
    questions: dict[str, Question] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        question = _question(line, f"{path}, line {number}", number, shelf)
        if question.id in questions:
            raise UsageError(f"{path}, line {number}: `id` {question.id!r} was given before")
        questions[question.id] = question
    if not questions:
        raise UsageError(f"{path} has no questions: see `minions bench --help` for its form")
    return list(questions.values())


def _question(text: str, where: str, number: int, shelf: _Shelf) -> Question:
    line = _parsed(text, where)
    if not line.question.strip():
        raise UsageError(f"{where}: `question` is empty")
    documents = shelf.documents(line, where)
    answers = line.answer if isinstance(line.answer, list) else [line.answer]
    told = (str(answer).strip() for answer in answers if answer is not None)
    evidence = None
    if line.evidence is not None:
        evidence = tuple(_places(spot, documents, where) for spot in line.evidence)
    return Question(
        id=f"q{number}" if line.id is None else str(line.id),
        text=line.question.strip(),
        documents=documents,
        answers=tuple(answer for answer in told if answer),
        evidence=evidence or None,
    )


def _parsed(text: str, where: str) -> _Line:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: it is not JSON: {error}") from error
    if not isinstance(data, dict):
        raise UsageError(f"{where}: it is not a JSON object")
    try:
        return _Line.model_validate(data)
    except ValidationError as error:
        field_name = str(error.errors()[0]["loc"][0])
        verb = "must be" if field_name in data else "is missing: it must be"
        raise UsageError(f"{where}: `{field_name}` {verb} {_WANTED[field_name]}") from error


class _Shelf:
    """Documents by what the lines call them, each read once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[Document, ...]] = {}
        self._texts: dict[tuple[str, ...], tuple[Document, ...]] = {}

    def documents(self, line: _Line, where: str) -> tuple[Document, ...]:
        """The documents of a line.

        Raises:
            UsageError: it names none, or both kinds, or one that cannot be read.
        """
        if (line.document is None) == (line.path is None):
            raise UsageError(f"{where}: it must have either `document` or `path`")
        field_name = "document" if line.path is None else "path"
        try:
            return self._given(line)
        except UsageError as error:
            raise UsageError(f"{where}: `{field_name}`: {error}") from error

    def _given(self, line: _Line) -> tuple[Document, ...]:
        if line.document is not None:
            texts = _listed(line.document)
            return self._texts.setdefault(texts, as_documents(texts))
        return as_documents([read for path in _listed(line.path or []) for read in self._at(path)])

    def _at(self, path: str) -> tuple[Document, ...]:
        if path not in self._read:
            here = str(self._folder / "_")[:-1]  # what the names of files begin with, and lines not
            read = read_files([self._folder / path])
            named = (replace(item, name=item.name.removeprefix(here)) for item in read)
            self._read[path] = tuple(named)
        return self._read[path]


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _places(spot: _Spot, documents: Sequence[Document], where: str) -> tuple[Place, ...]:
    if isinstance(spot, str):
        found = tuple(
            place
            for index, document in enumerate(documents)
            for place in _standing(spot, index, document)
        )
        if not found:
            raise UsageError(f"{where}: `evidence` {_shortened(spot)!r} stands in no document")
        return found
    index, start, end = spot if len(spot) == 3 else (0, *spot)  # noqa: PLR2004 - with its document
    if len(spot) == 2 and len(documents) > 1:  # noqa: PLR2004 - without it
        raise UsageError(
            f"{where}: `evidence` {list(spot)} does not say in which of {len(documents)} documents "
            "it is: write [document, start, end], the first document being 0"
        )
    if not (0 <= index < len(documents) and 0 <= start < end <= len(documents[index].text)):
        raise UsageError(f"{where}: `evidence` {list(spot)} is no stretch of the documents")
    return (Place(index, start, end),)


def _standing(words: str, index: int, document: Document) -> list[Place]:
    """Where words stand in a document: everywhere as they are, or else where they are found."""
    if not words.strip():
        return []
    places: list[Place] = []
    at = document.text.find(words)
    while at >= 0:
        places.append(Place(index, at, at + len(words)))
        at = document.text.find(words, at + len(words))
    if places:
        return places
    parts = _source(document.text).locate(words, slips=False)
    return [Place(index, parts[0].start, parts[-1].end)] if parts else []


@lru_cache(maxsize=8)
def _source(text: str) -> Source:
    return Source(text)


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 - enough to find it by
