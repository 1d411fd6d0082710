"""What of the documents the remote model may be told, and a record of what it was."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from minions_core.config import Privacy
from minions_core.evidence.fields import clean
from minions_core.evidence.library import Library
from minions_core.evidence.wording import without_copies
from minions_core.ledger import Disclosed

_WORD = re.compile(r"\w+")
_GAP = " ... "
# Less than that may be one of many pieces with which a plan spells a text out.
_FEWEST_CHARS = 3


@dataclass(frozen=True, slots=True)
class Told:
    """Text for the remote model, and the strings in it that come from documents, each once."""

    text: str
    disclosed: tuple[Disclosed, ...] = ()


def told_lines(lines: Iterable[Told]) -> Told:
    """Several texts as the lines of one."""
    listed = list(lines)
    return Told(
        text="\n".join(line.text for line in listed),
        disclosed=tuple(dict.fromkeys(item for line in listed for item in line.disclosed)),
    )


def _as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Discretion:
    """How what comes from documents is told.

    Attributes:
        privacy: `quotes` lets quotes and headings leave; with `answers` no text leaves word for
            word.
        hide: puts placeholders for sensitive values. It is given every string whole, on one line,
            before anything is cut.
        library: with `answers`, the documents no run of words of which may leave; without it,
            a text is held against the excerpt it was made from alone.
        trusts_plans: whether what a plan computed may leave. A program can spell a text in a way
            that nothing recognises, backwards say, so where something is held back it may not.
        program: the plan that computed the tasks, where it is one in Python.
    """

    privacy: Privacy = "quotes"
    hide: Callable[[str], str] = _as_it_is
    library: Library | None = None
    trusts_plans: bool = True
    program: str | None = None

    @property
    def lets_wording_out(self) -> bool:
        """Whether text of documents may leave word for word."""
        return self.privacy == "quotes"

    def task(self, text: str) -> str:
        """What of a task may be told: without trust in the plan, as far as it stands in it."""
        if self.trusts_plans or self.program is None:
            return text
        return _as_written(text, self.program)

    def told(self, text: str, source: str = "") -> str:
        """`text` as it may leave: on one line, sensitive values hidden, copies cut where due.

        Args:
            text: a string that comes from documents, whole.
            source: the excerpt it was made from.
        """
        hidden = self.hide(clean(text))
        if self.lets_wording_out:
            return hidden
        return without_copies(hidden, self.library.wording if self.library else source)


def _as_written(text: str, source: str) -> str:
    """What of `text` stands in `source`, by runs of whole words, with ` ... ` for the rest."""
    if _stands(text, source):
        return text
    words = list(_WORD.finditer(text))
    told = ""
    first = end = 0
    while first < len(words):
        run = _longest_run(text, words[first:], source)
        if run:
            between = _WORD.search(text, end, words[first].start())
            told += (_GAP if between else " ") + text[words[first].start() : run[-1].end()]
            end = run[-1].end()
        first += max(1, len(run))
    return told.strip()


def _longest_run(text: str, words: list[re.Match[str]], source: str) -> list[re.Match[str]]:
    """The first of the words that stand in the source together; none if that is next to nothing."""
    size = 0
    while size < len(words) and _stands(text[words[0].start() : words[size].end()], source):
        size += 1
    is_telling = size and words[size - 1].end() - words[0].start() >= _FEWEST_CHARS
    return words[:size] if is_telling else []


def _stands(text: str, source: str) -> bool:
    return bool(text) and bool(re.search(rf"(?<!\w){re.escape(text)}(?!\w)", source))


OPEN: Final = Discretion()
"""Nothing is held back."""
