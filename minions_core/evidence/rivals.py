"""Workers who read different figures out of the same words: at most one of them is right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from minions_core.evidence.figures import figures
from minions_core.evidence.finding import Finding, where


def with_rivals(findings: Sequence[Finding]) -> list[Finding]:
    """The findings in their order; each that has a rival bears the number of the best one.

    Rivals answer the same task from passages that overlap, each with a figure the other lacks.
    """
    tasks: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.places[0].span and figures(finding.answer):
            tasks.setdefault(finding.task, []).append(finding)
    rivals: dict[int, int] = {}
    for of_task in tasks.values():
        for one, other in _overlapping(sorted(of_task, key=where)):
            ours, theirs = figures(one.answer), figures(other.answer)
            if ours - theirs and theirs - ours:
                _note(rivals, one.number, other.number)
                _note(rivals, other.number, one.number)
    return [replace(finding, rival=rivals.get(finding.number)) for finding in findings]


def _note(rivals: dict[int, int], number: int, rival: int) -> None:
    rivals[number] = min(rival, rivals.get(number, rival))


def _overlapping(ordered: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Pairs of findings whose passages overlap; they come in the order of their places."""
    alive: list[Finding] = []
    for finding in ordered:
        place = finding.places[0]
        start = place.span.start if place.span else 0
        alive = [
            other
            for other in alive
            if (there := other.places[0]).document == place.document
            and there.span
            and there.span.end > start
        ]
        yield from ((other, finding) for other in alive)
        alive.append(finding)
