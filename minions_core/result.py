"""What a run gives back, and how it goes to JSON and returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from minions_core.as_html import result_html
from minions_core.documents import Span
from minions_core.effects import JobKind
from minions_core.ledger import Disclosure, Ledger
from minions_core.messages import Message

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Status: TypeAlias = Literal["answered", "exhausted", "budget", "failed"]
"""How a run ended.

`answered`: the remote model answered. `exhausted`: it did not, though told it must; `answer` holds
the best evidence found, or nothing. `budget`: a limit was reached first. `failed`: a model or the
sandbox broke (only on the `partial` of an error); an answer given before that is kept.
"""

JobStatus: TypeAlias = Literal["answered", "abstained", "truncated", "unparsable", "failed"]
"""What became of a job.

`answered`: it found something. `abstained`: the chunk does not tell. `truncated`: prompt or reply
was cut. `unparsable`: no reply could be read, even after one repair. `failed`: the call failed.
"""

Check: TypeAlias = Literal["verified", "partial", "unverified"]
"""How a quote stood up to its source.

`verified`: it stands in the document and holds every figure of the answer. `partial`: it stands
there, but a figure of the answer is not in it. `unverified`: it stands nowhere, or was not given.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """One job, and what became of it.

    Attributes:
        id: its number, unique in the run, counted from 1.
        task: what was asked of the chunk.
        advice: what the plan added to the task.
        document: the name of the chunk's document, or None if the plan composed the text.
        span: the chunk's place in it.
        status: what became of the job.
        answer: the worker's answer, if it gave one.
        citation: the words it quoted, verbatim as given.
        explanation: its reasons, if it gave any.
        detail: what went wrong, for jobs that are neither answered nor abstained.
        kind: what sort of answer was wanted.
        samples: how many times it was asked and a reply could be read.
        agreed: how many of those gave this answer (or abstained, if it abstained).
    """

    id: int
    task: str
    status: JobStatus
    advice: str = ""
    document: str | None = None
    span: Span | None = None
    answer: str | None = None
    citation: str | None = None
    explanation: str | None = None
    detail: str | None = None
    kind: JobKind = "look-up"
    samples: int = 1
    agreed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A passage an answer rests on.

    Attributes:
        number: the evidence number; `[3]` in the answer is the citation with number 3.
        document: the name of the document.
        document_index: its place in the list of documents the run was given, from 0; None for
            text that a plan put together itself and that stands in no document.
        start: first character of the passage in the document's text, or None if it was not found.
        end: one past its last character, or None.
        page: the page it is on, or None where pages are not known.
        heading: the nearest heading above it, or None.
        quote: the passage, in the document's own characters where it was found there.
        answer: what the local model concluded from it.
        check: how the quote stood up to its source.
        samples: how many times its jobs were asked.
        agreed: how many of those gave this answer.
    """

    number: int
    document: str
    document_index: int | None
    quote: str
    answer: str
    check: Check
    start: int | None = None
    end: int | None = None
    page: int | None = None
    heading: str | None = None
    samples: int = 1
    agreed: int = 1

    @property
    def verified(self) -> bool:
        """Whether the quote stands in the document and supports the figures of the answer."""
        return self.check == "verified"

    @property
    def place(self) -> str:
        """Where the passage is, for people: `report.txt, p. 12, "Cash flows"`."""
        parts = [self.document]
        if self.page is not None:
            parts.append(f"p. {self.page}")
        if self.heading:
            parts.append(f'"{self.heading}"')
        if self.page is None and self.start is not None:
            parts.append(f"characters {self.start}-{self.end}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRecord:
    """One round: what was planned, what every job came to, what the remote model was told.

    Attributes:
        number: counted from 1.
        plan: the plan as the remote model wrote it (for Minion: the question it asked).
        jobs: every job of the round, none left out.
        report: the evidence report sent to the remote model (for Minion: the local model's reply).
    """

    number: int
    plan: str
    report: str
    jobs: tuple[JobResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question that was answered before, for the question that follows it up.

    Attributes:
        question: what was asked.
        answer: what was answered, with `[n]` markers where it rests on evidence.
        evidence: the passages those markers point at; they can be cited again without being read
            again, where they still stand in the documents.
    """

    question: str
    answer: str
    evidence: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a protocol arrives at; the engine adds the bill and makes it a `MinionsResult`."""

    answer: str
    status: Status
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Citation, ...] = ()
    rounds: tuple[RoundRecord, ...] = ()
    transcript: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    output: dict[str, Any] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinionsResult:
    """The answer to a question, with all that led to it.

    Attributes:
        protocol: `minion` or `minions`.
        question: what was asked.
        answer: the answer, with `[n]` markers; see `status` for what it is when there is none.
        status: how the run ended.
        citations: the passages the answer points at, in the order of their first marker.
        evidence: every finding of the run, cited or not, by number.
        rounds: what happened, round by round.
        ledger: tokens, calls and money.
        disclosure: what of the documents left the machine.
        transcript: the conversation with the remote model: what was sent to it, and its replies.
        notes: what a careful reader should know: markers that point at nothing, a round left
            without a usable plan, why there is no answer, or no output.
        output: the answer put into `output_schema` of the settings, as plain JSON-safe data that
            the class validates as JSON: `Model.model_validate_json(json.dumps(output))` takes what
            a strict class wants of JSON too, as dates. None without such a schema, without an
            answer, or if the remote model could not do it.
    """

    protocol: Literal["minion", "minions"]
    question: str
    answer: str
    status: Status
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Citation, ...] = ()
    rounds: tuple[RoundRecord, ...] = ()
    ledger: Ledger = Ledger()
    disclosure: Disclosure = Disclosure()
    transcript: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    output: dict[str, Any] | None = field(default=None, hash=False)

    def __str__(self) -> str:
        return self.answer

    def _repr_html_(self) -> str:
        """The result as notebooks show it."""
        return result_html(self)

    def as_turn(self) -> Turn:
        """This question and its answer, as `history` of the next."""
        return Turn(question=self.question, answer=self.answer, evidence=self.citations)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON-safe data: dicts, lists, strings, numbers; money as strings."""
        data: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return data

    def to_json(self, indent: int | None = None) -> str:
        """The result as JSON text."""
        return _adapter().dump_json(self, indent=indent).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> MinionsResult:
        """The result that `to_json` wrote.

        Raises:
            pydantic.ValidationError: `text` is not such a result.
        """
        return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[MinionsResult]:
    from pydantic import TypeAdapter

    return TypeAdapter(MinionsResult)
