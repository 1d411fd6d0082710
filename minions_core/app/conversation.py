"""What happens in a run, as it happens: rounds, plans, jobs, evidence, and what the models say."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TypeAlias, assert_never

from minions_core.app.jobs import grid
from minions_core.app.markup import Html, counted, div, joined, span, tag
from minions_core.app.passages import evidence_card
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallRetried,
    Event,
    EvidenceGathered,
    MessageSent,
    PlanRejected,
    PlanWritten,
)
from minions_core.progress import Progress

Step: TypeAlias = PlanWritten | PlanRejected | EvidenceGathered | MessageSent

_SPEAKERS = {"remote": "Remote model", "local": "Local model"}


class Conversation:
    """The events of a run, put into words; told from one thread, shown from another.

    Args:
        progress: takes the events in as well.
        is_read_elsewhere: whether the local model runs on another machine.
    """

    def __init__(self, progress: Progress, *, is_read_elsewhere: bool = False) -> None:
        self._progress = progress
        self._where = "elsewhere" if is_read_elsewhere else "on this machine"
        self._steps: list[Step] = []
        self._failures: Counter[str] = Counter()
        self._trouble = ""
        self._is_over = False
        self._lock = threading.Lock()

    def add(self, event: Event) -> None:
        """Take in what an event tells."""
        with self._lock:
            self._progress.add(event)
            match event:
                case PlanWritten() | PlanRejected() | EvidenceGathered() | MessageSent():
                    self._steps.append(event)
                case CallRetried():
                    self._trouble = f"{event.error} Trying again in {event.wait:.0f} s."
                case CallFailed():
                    self._failures[event.error] += 1
                case CallFinished():
                    self._trouble = ""
                case _:
                    pass

    def end(self) -> None:
        """Note that nothing more will happen."""
        with self._lock:
            self._is_over = True

    @property
    def summary(self) -> str:
        """What was done, in one line."""
        with self._lock:
            jobs = sum(job.status is not None for job in self._progress.jobs.values())
            talked = sum(isinstance(step, MessageSent) for step in self._steps)
            done = counted(talked, "message") if talked else f"{counted(jobs, 'passage')} read"
            return f"{counted(self._progress.round, 'round')}, {done}"

    def steps(self) -> list[Html]:
        """What happened so far, piece by piece; one that was shown changes only if it is a grid.

        What a person opened in a piece stays open until the piece is drawn anew.
        """
        with self._lock:
            shown = [piece for step in self._steps for piece in self._shown(step)]
            failures = [_failure(error, times) for error, times in self._failures.items()]
            return [*shown, *failures]

    def doing(self) -> Html:
        """What goes on now: who is waited for, how far the reading is, the answer as it comes."""
        with self._lock:
            known = self._progress
            trouble = div("mn-note mn-warn", self._trouble) if self._trouble else Html()
            waiting = div("mn-doing", span("mn-spinner"), span("", self._waiting()))
            answer = div("mn-answer mn-arriving", known.answer) if known.answer else Html()
            return joined(trouble, answer, waiting)

    def spent(self) -> Html:
        """The bill so far, in a line."""
        with self._lock:
            ledger = self._progress.ledger
            seconds = self._progress.seconds
        about = "about " if ledger.remote.usage.estimated else ""
        tokens = f"{about}{ledger.remote.usage.total_tokens:,} remote tokens"
        money = f"${ledger.cost:.4f}" if ledger.cost is not None else "price unknown"
        return div("mn-spent", f"{seconds:.0f} s · {tokens} · {money}")

    def _waiting(self) -> str:
        known = self._progress
        if known.answer:
            return "The remote model is answering"
        if known.waiting["local"] > 0 and known.planned:
            left = known.seconds_left
            eta = f", about {left:.0f} s left" if left is not None and left >= 1 else ""
            return f"Reading {self._where}: {known.done} of {known.planned} done{eta}"
        if known.waiting["local"] > 0:
            return "The local model is reading"
        if known.waiting["remote"] > 0:
            said = "weighing the evidence" if self._steps else "thinking about the question"
            return f"The remote model is {said}"
        return "Starting"

    def _shown(self, step: Step) -> tuple[Html, ...]:
        match step:
            case PlanWritten():
                return self._plan(step), self._grid(step)
            case PlanRejected():
                said = tag("b", "Sent back to its author: "), step.reason
                return (div("mn-note mn-warn", *said),)
            case EvidenceGathered():
                return (_evidence(step),)
            case MessageSent():
                return (_message(step),)
            case _:
                assert_never(step)

    def _plan(self, step: PlanWritten) -> Html:
        tasks = [tag("li", task) for task in step.tasks]
        return div(
            "mn-step",
            _head(f"Round {step.round}", "The remote model made a plan"),
            div("mn-line", f"{counted(step.jobs, 'passage')} to read {self._where}, asking:"),
            tag("ul", *tasks, class_="mn-tasks"),
            tag("details", tag("summary", "The plan it wrote"), tag("pre", step.plan)),
        )

    def _grid(self, step: PlanWritten) -> Html:
        jobs = [job for job in self._progress.jobs.values() if job.round == step.round]
        return div("mn-step", grid(jobs, step.jobs, is_over=self._is_over))


def _head(label: str, said: str) -> Html:
    return div("mn-head", span("mn-chip", label), span("", said))


def _evidence(step: EvidenceGathered) -> Html:
    if not step.round:
        label, said = "Known", f"{counted(step.findings, 'finding')} from before"
    else:
        label, said = f"Round {step.round}", f"{counted(step.findings, 'finding')} for the answer"
    cards = map(evidence_card, step.evidence)
    return div("mn-step", _head(label, said), div("mn-cards", *cards))


def _message(step: MessageSent) -> Html:
    who = _SPEAKERS[step.sender]
    return div(f"mn-said mn-{step.sender}", div("mn-who", who), div("mn-text", step.text))


def _failure(error: str, times: int) -> Html:
    return div("mn-note mn-warn", tag("b", f"{counted(times, 'call')} failed: "), error)
