"""What finds the passages that must not leave the machine as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from minions_core.documents import Span


@dataclass(frozen=True, slots=True)
class Sensitive:
    """A passage to replace by a placeholder before a text leaves the machine.

    Attributes:
        span: where it stands in the text that was searched.
        kind: what it is, as its placeholder says it: `EMAIL` becomes `[EMAIL_1]`.
    """

    span: Span
    kind: str


@runtime_checkable
class Redactor(Protocol):
    """Finds what must not leave the machine; the run itself replaces and restores it."""

    def find(self, text: str) -> Sequence[Sensitive]:
        """The sensitive passages of a text, in any order.

        Of those that overlap the longest tells the kind, and all they cover is hidden. Called from
        several threads at once, with every text that is about to leave.
        """
        ...
