"""What a model is told that has a protocol as its tool: what it is for, and what it found.

That model is usually a third one, and remote. So no more goes to it than may leave for the remote
model of the run: see `minions_core.config.Privacy` and `RunConfig.redactor`. Of errors it gets
nothing but words of ours, since theirs may hold what a model was reading.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Self

from minions_core.config import RunConfig
from minions_core.documents import Document
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RunCancelled,
)
from minions_core.evidence import Discretion, Library, in_place_of_answer, one_line
from minions_core.evidence.fields import clean, field
from minions_core.prompts import render
from minions_core.redaction import Vault
from minions_core.result import Citation, MinionsResult, Status

NOTHING_TO_READ = "No documents were found for this question, so nothing was read."
"""What it is told where a search for documents came back empty."""
NO_QUESTION = "Not answered: the question is empty. Ask it in full."
"""What it is told where it called the tool and asked nothing."""

_PURPOSE_CHARS = 1024  # the longest description of a tool that OpenAI takes
_MOST_NAMES = 12
_NAME_CHARS = 80
_MOST_SOURCES = 20
_ANSWER_CHARS = 400
_QUOTE_CHARS = 400
_NOTE_CHARS = 200
_UNNAMED = re.compile(r"document( \d+)?")

_UNANSWERED: dict[Status, str] = {
    "budget": "Not answered: a limit of the run was reached first.",
    "exhausted": "Not answered: the documents were read, and no answer was arrived at.",
    "failed": "Not answered: the run broke off.",
}
_SO_FAR = "A limit of the run was reached; this is the answer as far as it got."
_FOUND = "What was found, which may not tell what was asked:"
_NOTHING_FOUND = "Nothing was found."
_DOUBTS = {
    "verified": "",
    "partial": " (the quote does not hold all of this)",
    "unverified": " (quote not found in the text)",
}
_LATER = "The same question may be answered later."
_NARROWER = "A narrower question may be answered."
_IN_VAIN = "Asking again will not help: tell the user that this tool does not work."
_FAILURES: tuple[tuple[type[Exception], str, str], ...] = (
    (ModelTimedOut, "{who} gave no reply in time.", _LATER),
    (ModelUnavailable, "{who} cannot be reached, or not be used.", _IN_VAIN),
    (ContextWindowExceeded, "a prompt did not fit {who}.", _NARROWER),
    (ModelError, "a call of {who} failed.", _LATER),
    (BudgetExceeded, "a limit of the run was reached first.", _NARROWER),
    (RunCancelled, "the run was stopped.", ""),
    (Exception, "the tool failed, or is not set up as it must be.", _IN_VAIN),
)


def question() -> str:
    """What the tool's one argument is."""
    return render("tool_question")


def failure(error: Exception) -> str:
    """Whose fault it is that a run ended without a result, and whether to ask again.

    Args:
        error: what ended the run, one of ours or any other; nothing of its text is told.
    """
    role = error.role if isinstance(error, ModelError) else None
    is_fatal = isinstance(error, ModelError) and error.fatal
    what, advice = next(words for kind, *words in _FAILURES if isinstance(error, kind))
    told = what.format(who=f"the {role} model" if role else "a model")
    return f"Not answered: {told} {_IN_VAIN if is_fatal else advice}".strip()


class Teller:
    """Tells the model what it may know, over all calls of one tool and for several threads at once.

    A value that is hidden has one placeholder in all that it tells, so that the model can tell who
    is who, and ask again about somebody it knows by a placeholder alone. A deep copy is the teller
    itself, since a copied tool may be asked about placeholders that the first one told.

    Args:
        config: the settings of the tool's runs.
        known: what the tool reads, as far as that is known before the first question. It is
            searched for what is sensitive when something is to be told of it, and once.
    """

    def __init__(self, config: RunConfig, known: Sequence[Document] = ()) -> None:
        self._config = config
        self._known = tuple(known)
        self._lock = threading.Lock()
        self._vault = Vault(config.redactor, _texts(self._known))
        self._library = Library(())

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def purpose(self) -> str:
        """What the tool is for, in 1,024 characters at most; of what it reads only the names."""
        named = [each.name for each in self._known if not _UNNAMED.fullmatch(each.name)]
        with self._lock:
            hide = self._discretion(self._known if named else ()).hide
            names = [one_line(hide(clean(name)), _NAME_CHARS) for name in named]
        listed = list(dict.fromkeys(filter(None, names)))
        fewer = range(min(len(listed), _MOST_NAMES), -1, -1)
        purposes = (_purpose(listed[:count], len(listed)) for count in fewer)
        return next(each for each in purposes if len(each) <= _PURPOSE_CHARS)

    def findings(self, result: MinionsResult, documents: Sequence[Document]) -> str:
        """What a run found: its answer, or why there is none, and the sources with their numbers.

        Quotes are left out where the settings let none leave, and what a redactor finds is hidden,
        in the answer, too.

        Args:
            result: what the run came to.
            documents: what it read.

        Raises:
            RedactionError: the redactor failed.
        """
        with self._lock:
            discretion = self._discretion(documents)
            _ = self._vault.learn(result.question)
            return _findings(result, discretion)

    def reveal(self, text: str) -> str:
        """A text with the values of the placeholders in it: a question of the model's, say."""
        with self._lock:
            return self._vault.reveal(text)

    def _discretion(self, documents: Sequence[Document]) -> Discretion:
        """What may be told, by a vault that knows all that is sensitive in these documents."""
        if self._library.documents != tuple(documents):
            for text in _texts(documents):
                _ = self._vault.learn(text)
            self._library = Library(documents)
        return Discretion(
            privacy=self._config.privacy, hide=self._vault.hide, library=self._library
        )


def _purpose(shown: Sequence[str], of: int) -> str:
    more = f" and {of - len(shown)} more" if of > len(shown) else ""
    named = f"these documents: {', '.join(shown)}{more}" if shown else "documents"
    return render("tool_purpose", documents=named)


def _texts(documents: Sequence[Document]) -> list[str]:
    return [*(each.name for each in documents), *(each.text for each in documents)]


def _findings(result: MinionsResult, discretion: Discretion) -> str:
    sources = result.citations[:_MOST_SOURCES]
    more = len(result.citations) - len(sources)
    is_answered = not _is_stand_in(result)
    lines = [_source(citation, discretion, is_answered=is_answered) for citation in sources]
    if more > 0:
        lines.append(f"and {more} more")
    parts = [
        *_outcome(result, discretion, is_answered=is_answered),
        "\n".join([("Sources:" if is_answered else _FOUND), *lines]) if lines else "",
        *(f"Note: {field(discretion.told(note), _NOTE_CHARS)}" for note in result.notes),
    ]
    return "\n\n".join(filter(None, parts))


def _outcome(result: MinionsResult, discretion: Discretion, *, is_answered: bool) -> Iterator[str]:
    if is_answered:
        yield "" if result.status == "answered" else _SO_FAR
        yield _answer(result.answer, discretion)
    else:
        yield _UNANSWERED[result.status]
        yield "" if result.citations else _NOTHING_FOUND


def _answer(text: str, discretion: Discretion) -> str:
    """An answer as it may leave, in the shape it has."""
    hidden = discretion.hide(text)
    if discretion.lets_wording_out or discretion.library is None:
        return hidden
    return discretion.library.wording.without_copies(hidden)


def _is_stand_in(result: MinionsResult) -> bool:
    """Whether the answer is no answer, but the evidence in its place."""
    return result.status != "answered" and result.answer == in_place_of_answer(result.citations)


def _source(citation: Citation, discretion: Discretion, *, is_answered: bool) -> str:
    """`[1] report.pdf, p. 12: "Capital expenditure was $120 million."`, as far as it may leave."""
    is_open = discretion.lets_wording_out
    place = replace(
        citation,
        document=field(discretion.told(citation.document), _NAME_CHARS),
        heading=field(discretion.told(citation.heading or ""), _NAME_CHARS) if is_open else None,
        start=None,
    ).place
    answer = "" if is_answered else f"{field(discretion.told(citation.answer), _ANSWER_CHARS)} - "
    is_quoted = is_open and citation.check != "unverified"
    quote = f': "{field(discretion.told(citation.quote), _QUOTE_CHARS)}"' if is_quoted else ""
    return f"[{citation.number}] {answer}{place}{quote}{_DOUBTS[citation.check]}"
