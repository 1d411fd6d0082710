"""What of the documents the remote model may be told, and a record of what it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from minions_core.config import Privacy
from minions_core.evidence.fields import clean
from minions_core.evidence.library import Library
from minions_core.evidence.wording import without_copies
from minions_core.ledger import Disclosed


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
    """

    privacy: Privacy = "quotes"
    hide: Callable[[str], str] = _as_it_is
    library: Library | None = None

    @property
    def lets_wording_out(self) -> bool:
        """Whether text of documents may leave word for word."""
        return self.privacy == "quotes"

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


OPEN: Final = Discretion()
"""Nothing is held back."""
