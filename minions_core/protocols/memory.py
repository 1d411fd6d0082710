"""What a run carries from turn to turn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from minions_core.evidence import Discretion, Finding, cited, in_place_of_answer, to_citation
from minions_core.ledger import Disclosed
from minions_core.messages import Message
from minions_core.protocols.purse import Purse
from minions_core.redaction import Vault
from minions_core.result import Citation, Outcome, RoundRecord, Status

if TYPE_CHECKING:
    from minions_core.config import RunConfig
    from minions_core.documents import Document
    from minions_core.messages import TokenCounter, Usage
    from minions_core.protocols.task import Task

_AROUND_MESSAGE_TOKENS = 4


def _no_vault() -> Vault:
    return Vault(None)


@dataclass(slots=True)
class Memory:
    """All a run has seen so far; whoever holds it knows the outcome even if the run breaks off.

    Attributes:
        purse: what is left to pay the remote model with.
        vault: hides what must not leave the machine, and restores it.
        discretion: how evidence is told to the remote model.
        conversation: the messages with the remote model, only ever appended to, so that a
            provider's prompt cache serves every later turn.
        findings: the evidence so far, by number.
        rounds: the rounds so far.
        notes: what the reader of the result should know.
        stopped: the budget left no room to go on, only to answer.
        reached: what the run has arrived at, while its last turn is still to come.
    """

    purse: Purse = field(default_factory=Purse)
    vault: Vault = field(default_factory=_no_vault)
    discretion: Discretion = field(default_factory=Discretion)
    conversation: list[Message] = field(default_factory=list[Message])
    findings: dict[int, Finding] = field(default_factory=dict[int, Finding])
    rounds: list[RoundRecord] = field(default_factory=list[RoundRecord])
    notes: list[str] = field(default_factory=list[str])
    stopped: bool = False
    reached: Outcome | None = None
    _unsent: list[Disclosed] = field(default_factory=list["Disclosed"])
    _sent: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, task: Task[RunConfig]) -> Memory:
        """The memory of a run that has not begun."""
        config = task.config
        return cls(
            purse=Purse(config.budget, task.cost_of),
            vault=task.vault,
            discretion=Discretion(
                privacy=config.privacy,
                hide=task.vault.hide,
                library=task.library,
                trusts_plans=config.privacy == "quotes" and config.redactor is None,
            ),
        )

    def hear(self, text: str, disclosed: Iterable[Disclosed] = ()) -> None:
        """Append what the remote model will be told next, and what of the documents is in it."""
        self.conversation.append(Message("user", self.vault.hide(text)))
        hidden = (replace(item, text=self.vault.hide(item.text)) for item in disclosed)
        fresh = {item.text: item for item in hidden if item.text not in self._sent}
        self._unsent.extend(fresh.values())
        self._sent.update(fresh)

    def told(self, text: str) -> str:
        """A text of workers' words as the remote model may see it."""
        return self.discretion.told(text)

    def leaving(self) -> tuple[Disclosed, ...]:
        """What leaves with the next call and had not left before."""
        leaving = tuple(self._unsent)
        self._unsent.clear()
        return leaving

    def prompt_tokens(self, count: TokenCounter) -> int:
        """The tokens of the conversation as it stands."""
        return sum(count(said.content) + _AROUND_MESSAGE_TOKENS for said in self.conversation)

    def affords(self, calls: Usage) -> bool:
        """Whether the budget has room for calls to come; the run is `stopped` if it has not."""
        room = self.purse.room(calls)
        self.stopped = self.stopped or (room is not None and room < 0)
        return not self.stopped

    def learn(
        self, findings: Iterable[Finding], documents: Sequence[Document]
    ) -> tuple[Citation, ...]:
        """Keep findings; one with a number that is known takes the place of the earlier one.

        Returns:
            Those whose numbers were not known, as they can be cited.
        """
        known = set(self.findings)
        self.findings.update({finding.number: finding for finding in findings})
        return tuple(item for item in self.evidence(documents) if item.number not in known)

    def answered(self, answer: str, documents: Sequence[Document]) -> Outcome:
        """The outcome once the remote model has answered."""
        citations, dangling = cited(answer, self.evidence(documents))
        if dangling:
            listed = ", ".join(f"[{number}]" for number in dangling)
            self.notes.append(f"The answer points at evidence that does not exist: {listed}.")
        if self.stopped:
            self.notes.append("The budget left no room for more rounds; this is the answer so far.")
        status: Status = "budget" if self.stopped else "answered"
        return self._outcome(answer, status, documents, citations)

    def unanswered(self, status: Status, documents: Sequence[Document]) -> Outcome:
        """The outcome without an answer: the best evidence stands in for it."""
        evidence = self.evidence(documents)
        best = [item for item in evidence if item.check == "verified"] or evidence
        return self._outcome(in_place_of_answer(best), status, documents, tuple(best))

    def broken_off(self, documents: Sequence[Document]) -> Outcome:
        """The outcome of a run that an error ended; an answer that was given before stays."""
        if self.reached is None:
            return self.unanswered("failed", documents)
        return replace(self.so_far(self.reached), status="failed")

    def so_far(self, outcome: Outcome) -> Outcome:
        """An outcome of before, with what was noted and said since then."""
        return replace(outcome, notes=tuple(self.notes), transcript=tuple(self.conversation))

    def evidence(self, documents: Sequence[Document]) -> tuple[Citation, ...]:
        """All findings so far, as they can be cited, by number."""
        ordered = sorted(self.findings.values(), key=lambda finding: finding.number)
        return tuple(to_citation(finding, documents) for finding in ordered)

    def _outcome(
        self, answer: str, status: Status, documents: Sequence[Document], cites: Sequence[Citation]
    ) -> Outcome:
        return Outcome(
            answer=answer,
            status=status,
            citations=tuple(cites),
            evidence=self.evidence(documents),
            rounds=tuple(self.rounds),
            transcript=tuple(self.conversation),
            notes=tuple(self.notes),
        )
