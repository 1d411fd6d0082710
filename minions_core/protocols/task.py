"""What a protocol is given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from minions_core.evidence import Library
from minions_core.outline import Heading, heading_at, headings
from minions_core.protocols.purse import CostOf, unknown_cost

if TYPE_CHECKING:
    from minions_core.config import RunConfig
    from minions_core.documents import Chunk, Document
    from minions_core.messages import TokenCounter
    from minions_core.result import Turn

_SAMPLES = 8
_SAMPLE_CHARS = 500
_MOST_CHARS_PER_TOKEN = 3.0
_OPENING_TOKENS = 2000
_TURN_TOKENS = 1000

C_co = TypeVar("C_co", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Task(Generic[C_co]):
    """A question, the documents that hold the answer, and how to go about it.

    Attributes:
        question: what the user wants to know.
        documents: where to look, at least one.
        config: the protocol's settings.
        count: counts tokens.
        notes: what the user says about the documents, passed to the remote model.
        window: tokens of prompt and reply the local model holds, where that is known and matters.
        history: what was asked and answered before.
        passages: what of the documents suits the question best, to show in the very first turn.
        cost_of: prices the remote model.
    """

    question: str
    documents: tuple[Document, ...]
    config: C_co
    count: TokenCounter
    notes: str = ""
    window: int | None = None
    history: tuple[Turn, ...] = ()
    passages: tuple[Chunk, ...] = ()
    cost_of: CostOf = unknown_cost

    @property
    def texts(self) -> list[str]:
        """All that is known before the run begins."""
        written = [(document.text, document.name) for document in self.documents]
        said = [(turn.question, turn.answer) for turn in self.history]
        return [self.question, self.notes, *chain.from_iterable((*written, *said))]

    @cached_property
    def library(self) -> Library:
        """The documents, folded at most once for all rounds, to look quotes up in."""
        return Library(self.documents)

    @cached_property
    def _headings(self) -> tuple[list[Heading], ...]:
        return tuple(headings(document.text) for document in self.documents)

    @cached_property
    def chars_per_token(self) -> float:
        """How many characters of the documents make a token, at the least, by samples.

        Rows of figures run to about three, some scripts to less than one.
        """
        samples = [
            document.text[start : start + _SAMPLE_CHARS]
            for document in self.documents
            for start in range(0, len(document.text), len(document.text) // _SAMPLES + 1)
        ]
        written = filter(str.strip, samples)
        return min([_MOST_CHARS_PER_TOKEN, *(len(text) / self.count(text) for text in written)])

    def heading_at(self, document: int, offset: int) -> str | None:
        """The nearest heading above a character of a document, or None."""
        heading = heading_at(self._headings[document], offset)
        return heading.text if heading else None


def remote_tokens_needed(config: RunConfig) -> int:
    """Tokens the remote model's conversation may come to: the contract, and every round of it."""
    evidence = getattr(config, "max_evidence_tokens", config.max_reply_tokens)
    preview = getattr(config, "preview", 0)
    return _OPENING_TOKENS + preview + (config.max_rounds + 1) * (evidence + _TURN_TOKENS)
