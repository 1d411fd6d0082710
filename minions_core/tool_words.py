"""What a model is told that has a protocol as its tool: what it is for, and what it found.

That model is usually a third one, and remote. So no more goes to it than may leave for the remote
model of the run: see `minions_core.config.Privacy` and `RunConfig.redactor`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from minions_core.config import RunConfig
from minions_core.documents import Document
from minions_core.evidence import Discretion, Library, in_place_of_answer, one_line
from minions_core.evidence.fields import field
from minions_core.prompts import render
from minions_core.redaction import Vault
from minions_core.result import Citation, MinionsResult, Status

NOTHING_TO_READ = "No documents were found for this question, so nothing was read."
"""What it is told where a search for documents came back empty."""

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


def question() -> str:
    """What the tool's one argument is."""
    return render("tool_question")


def purpose(documents: Sequence[Document], config: RunConfig) -> str:
    """What the tool is for.

    Args:
        documents: what it reads, as far as that is known; only their names are told.
        config: the settings of its runs.
    """
    discretion = _discretion(documents, config)
    names = [
        one_line(discretion.told(document.name), _NAME_CHARS)
        for document in documents
        if not _UNNAMED.fullmatch(document.name)
    ]
    listed = list(dict.fromkeys(filter(None, names)))
    more = len(listed) - _MOST_NAMES
    shown = ", ".join(listed[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return render("tool_purpose", documents=f"these documents: {shown}" if shown else "documents")


def findings(result: MinionsResult, documents: Sequence[Document], config: RunConfig) -> str:
    """What a run found: its answer, or why there is none, and the sources with their numbers.

    Quotes are left out where the settings let none leave, and what a redactor finds is hidden, in
    the answer, too.

    Args:
        result: what the run came to.
        documents: what it read.
        config: its settings.
    """
    discretion = _discretion(documents, config, result.question)
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


def _discretion(documents: Sequence[Document], config: RunConfig, *others: str) -> Discretion:
    """What may be told, by a vault that knows all that is sensitive in these texts."""
    texts = [*others, *(each.name for each in documents), *(each.text for each in documents)]
    vault = Vault(config.redactor, texts)
    for text in texts:
        _ = vault.learn(text)
    return Discretion(privacy=config.privacy, hide=vault.hide, library=Library(documents))
