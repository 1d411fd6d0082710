"""What a protocol is given, and what it carries from round to round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from minions_core.evidence import Finding, Library, cited, one_line, to_citation
from minions_core.ledger import Disclosed
from minions_core.messages import Message
from minions_core.outline import Heading, heading_at, headings, outline
from minions_core.result import Citation, Outcome, RoundRecord, Status

if TYPE_CHECKING:
    from minions_core.config import RunConfig
    from minions_core.documents import Document
    from minions_core.messages import TokenCounter

_SAMPLES = 8
_SAMPLE_CHARS = 500
_MOST_CHARS_PER_TOKEN = 3.0
_MOST_NAME_CHARS = 80
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
    """

    question: str
    documents: tuple[Document, ...]
    config: C_co
    count: TokenCounter
    notes: str = ""
    window: int | None = None

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

    def inventory(self, outline_tokens: int) -> tuple[str, tuple[Disclosed, ...]]:
        """The documents, a line each, for the remote model, and what that discloses."""
        lines: list[str] = []
        disclosed: list[Disclosed] = []
        for index, document in enumerate(self.documents):
            room = outline_tokens // len(self.documents)
            contents = one_line(outline(document, room, self.count))
            pages = _pages(document)
            size = f"{len(document.text):,} characters" + (f", {pages} pages" if pages else "")
            lines.append(f"{index}: {one_line(document.name, _MOST_NAME_CHARS)}, {size}")
            disclosed.append(Disclosed(kind="name", text=document.name, document=document.name))
            if contents:
                lines.append(f"  Outline: {contents}")
                disclosed.append(Disclosed(kind="outline", text=contents, document=document.name))
        return "\n".join(lines), tuple(disclosed)


@dataclass(slots=True)
class Memory:
    """All a run has seen so far; whoever holds it knows the outcome even if the run breaks off.

    Attributes:
        conversation: the messages with the remote model, only ever appended to, so that a
            provider's prompt cache serves every later turn.
        findings: the evidence so far, by number.
        rounds: the rounds so far.
        notes: what the reader of the result should know.
    """

    conversation: list[Message] = field(default_factory=list[Message])
    findings: list[Finding] = field(default_factory=list[Finding])
    rounds: list[RoundRecord] = field(default_factory=list[RoundRecord])
    notes: list[str] = field(default_factory=list[str])
    _unsent: list[Disclosed] = field(default_factory=list["Disclosed"])
    _sent: set[str] = field(default_factory=set[str])

    def hear(self, text: str, disclosed: Sequence[Disclosed] = ()) -> None:
        """Append what the remote model will be told next, and what of the documents is in it."""
        self.conversation.append(Message("user", text))
        fresh = {item.text: item for item in disclosed if item.text not in self._sent}
        self._unsent.extend(fresh.values())
        self._sent.update(fresh)

    def leaving(self) -> tuple[Disclosed, ...]:
        """What leaves with the next call and had not left before."""
        leaving = tuple(self._unsent)
        self._unsent.clear()
        return leaving

    def answered(self, answer: str, documents: Sequence[Document]) -> Outcome:
        """The outcome once the remote model has answered."""
        citations, dangling = cited(answer, self._evidence(documents))
        if dangling:
            listed = ", ".join(f"[{number}]" for number in dangling)
            self.notes.append(f"The answer points at evidence that does not exist: {listed}.")
        return self._outcome(answer, "answered", documents, citations)

    def unanswered(self, status: Status, documents: Sequence[Document]) -> Outcome:
        """The outcome without an answer: the best evidence stands in for it."""
        evidence = self._evidence(documents)
        best = [item for item in evidence if item.check == "verified"] or evidence
        text = "\n".join(f"[{item.number}] {item.answer} ({item.place})" for item in best)
        return self._outcome(text, status, documents, tuple(best))

    def _evidence(self, documents: Sequence[Document]) -> tuple[Citation, ...]:
        return tuple(to_citation(finding, documents) for finding in self.findings)

    def _outcome(
        self, answer: str, status: Status, documents: Sequence[Document], cites: Sequence[Citation]
    ) -> Outcome:
        return Outcome(
            answer=answer,
            status=status,
            citations=tuple(cites),
            evidence=self._evidence(documents),
            rounds=tuple(self.rounds),
            transcript=tuple(self.conversation),
            notes=tuple(self.notes),
        )


def remote_tokens_needed(config: RunConfig) -> int:
    """Tokens the remote model's conversation may come to: the contract, and every round of it."""
    evidence = getattr(config, "max_evidence_tokens", config.max_reply_tokens)
    return _OPENING_TOKENS + (config.max_rounds + 1) * (evidence + _TURN_TOKENS)


def _pages(document: Document) -> int | None:
    first, last = document.page_at(0), document.page_at(len(document.text))
    return last - first + 1 if first is not None and last is not None else None
