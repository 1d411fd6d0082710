"""Which findings are one, and what becomes of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from minions_core.evidence.finding import Finding, Place, is_telling, rank, where
from minions_core.evidence.folding import fold


def merged(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings of a round, those that are one put together.

    Two are one if they give the same answer to the same task and their passages overlap or read
    the same.
    """
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.task, answer_key(finding.answer)), []).append(finding)
    for group in groups.values():
        alike: dict[str, list[Finding]] = {}
        for passage in _passages(sorted(group, key=where)):
            best = _joined(passage, places=1)
            alike.setdefault(fold(best.quote), []).append(best)
        yield from (_joined(found, places=len(found)) for found in alike.values())


def answer_key(answer: str) -> str:
    """The same for answers that differ in case, white space and trimmings alone."""
    return " ".join(answer.lower().split()).strip(" .\"'")


def _passages(ordered: list[Finding]) -> Iterator[list[Finding]]:
    """Findings whose passages overlap, together; one without a passage stays alone."""
    passage: list[Finding] = []
    document: int | None = None
    end = 0
    for finding in ordered:
        place = finding.places[0]
        if not place.span:
            yield [finding]
            continue
        if passage and (place.document != document or place.span.start >= end):
            yield passage
            passage, end = [], 0
        passage.append(finding)
        document, end = place.document, max(end, place.span.end)
    if passage:
        yield passage


def _joined(findings: Sequence[Finding], places: int) -> Finding:
    """The best of `findings` for all of them: the best checked, then the longest quote."""
    best = min(findings, key=lambda found: (rank(found), -len(found.quote)))
    if len(findings) == 1:
        return best
    others = [found.places[0] for found in findings if found is not best]
    return replace(
        best,
        places=(best.places[0], *others)[:places],
        jobs=tuple(sorted(job for found in findings for job in found.jobs)),
    )


class Known:
    """Findings that have a number, to tell which new ones they already are.

    Args:
        findings: the findings, by whatever round or earlier conversation.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_answer: dict[str, list[Finding]] = defaultdict(list)
        for finding in findings:
            self._by_answer[answer_key(finding.answer)].append(finding)

    def same(self, finding: Finding) -> Finding | None:
        """The known finding that `finding` repeats, or None.

        It gives the same answer, and its passage overlaps or reads the same. Its task may be worded
        differently, so a passage elsewhere must say more than a word.
        """
        alike = self._by_answer.get(answer_key(finding.answer), [])
        return next((known for known in alike if _is_same(finding, known)), None)


def _is_same(finding: Finding, known: Finding) -> bool:
    if fold(finding.quote) == fold(known.quote):
        return finding.task == known.task or is_telling(finding.quote) or _overlap(finding, known)
    return _overlap(finding, known)


def _overlap(finding: Finding, known: Finding) -> bool:
    return any(_are_one(place, other) for place in finding.places for other in known.places)


def _are_one(place: Place, other: Place) -> bool:
    if place.document != other.document or not place.span or not other.span:
        return False
    return bool(place.span.common(other.span))


def repeated(known: Finding, finding: Finding) -> Finding:
    """A known finding that was found again: under its number, with the places and jobs of both.

    It keeps its passage unless the new one is better checked.
    """
    is_better = rank(finding) < rank(known)
    best, other = (finding, known) if is_better else (known, finding)
    more = [place for place in other.places if not any(_are_one(place, old) for old in best.places)]
    return replace(
        best,
        number=known.number,
        task=finding.task,
        places=(*best.places, *more),
        jobs=tuple(sorted({*known.jobs, *finding.jobs})),
        samples=known.samples + finding.samples,
        agreed=known.agreed + finding.agreed,
        again=known.again and not is_better,
    )
