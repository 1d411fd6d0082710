"""The replies to a job that was asked several times: what most of them agree on.

Replies that found nothing vote, too: one lucky answer among many that found nothing is no answer.
Replies that could not be read do not vote.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from minions_core.evidence.figures import figures
from minions_core.evidence.quotes import Source
from minions_core.jobs import Job
from minions_core.jobs.sameness import likeness, say_the_same
from minions_core.result import JobResult

_NEAR: Final = 0.4


@dataclass(frozen=True, slots=True)
class _Vote:
    """A reply that could be read.

    Attributes:
        result: what it says.
        quotes: whether its quote stands in the chunk.
        bears_out: whether that holds the figures of its answer.
    """

    result: JobResult
    quotes: bool
    bears_out: bool

    @property
    def answer(self) -> str | None:
        return self.result.answer


class Ballot:
    """The votes on what a job came to.

    The largest group of answers that say the same wins; of equal ones that which quotes its chunk,
    then the first. It speaks through the reply whose quote stands in the chunk and holds the
    figures of the answer, as far as there is one. No two summaries are worded alike, so of those
    the one most like the others is taken, and those near it agree.

    Args:
        job: the job.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._source = Source(job.chunk.text)
        self._groups: list[list[_Vote]] = []
        self._lost: JobResult | None = None
        self._asked = 0

    def cast(self, result: JobResult) -> None:
        """Count what one reply came to."""
        self._asked += 1
        if result.status not in {"answered", "abstained"}:
            self._lost = result
            return
        vote = self._checked(result)
        for group in self._groups:
            if all(self._agree(vote.answer, other.answer) for other in group):
                group.append(vote)
                return
        self._groups.append([vote])

    @property
    def decided(self) -> bool:
        """Whether no further reply can change who wins, nor give it the quote it lacks.

        `3 of 3` then means that three replies were read and agreed, not that five would have. What
        the replies yet to come would say is as open as it was, so this overstates nothing, and the
        local model is spared calls that could not matter. Summaries are compared with one another,
        so that every one counts.
        """
        left = self._job.samples - self._asked
        if not left or not self._groups:
            return not left
        winner = self._winner
        others = [len(group) for group in self._groups if group is not winner]
        if len(winner) - max(others, default=0) <= left:
            return False
        if winner[0].answer is None:
            return True
        return self._job.kind != "summary" and any(vote.quotes for vote in winner)

    def outcome(self) -> JobResult:
        """What the job came to; if no reply could be read, what the last one failed of.

        Raises:
            LookupError: no vote was cast.
        """
        if self._groups:
            winner = self._winner
            is_summary = self._job.kind == "summary" and winner[0].answer is not None
            chosen, agreed = (_most_alike if is_summary else _best_quoted)(winner)
            return replace(chosen, samples=sum(map(len, self._groups)), agreed=agreed)
        if self._lost:
            return self._lost
        raise LookupError("no vote was cast")

    @property
    def _winner(self) -> list[_Vote]:
        return max(self._groups, key=lambda group: (len(group), any(vote.quotes for vote in group)))

    def _checked(self, result: JobResult) -> _Vote:
        answer, quote = result.answer, result.citation
        quotes = bool(answer and quote and self._source.locate(quote))
        return _Vote(result, quotes, figures(answer or "") <= figures(quote or ""))

    def _agree(self, one: str | None, other: str | None) -> bool:
        if one is None or other is None or self._job.kind == "summary":
            return (one is None) == (other is None)
        return say_the_same(one, other, task=self._job.task, kind=self._job.kind)


def _best_quoted(votes: Sequence[_Vote]) -> tuple[JobResult, int]:
    return max(votes, key=lambda vote: (vote.quotes, vote.bears_out)).result, len(votes)


def _most_alike(votes: Sequence[_Vote]) -> tuple[JobResult, int]:
    """The summary that is most like all, and how many are near it, itself included."""
    texts = [vote.answer or "" for vote in votes]
    likenesses = [list(map(partial(likeness, text), texts)) for text in texts]
    best = max(range(len(texts)), key=lambda index: sum(likenesses[index]))
    return votes[best].result, sum(near >= _NEAR for near in likenesses[best])
