"""How right an answer is, by rule: no model is asked.

Exact match and F1 are those of SQuAD (Rajpurkar et al., arXiv 1606.05250; with questions that have
no answer, arXiv 1806.03822): before two answers are compared, capitals, punctuation, the articles
"a", "an" and "the", and surplus white space are taken out. SQuAD knows the punctuation of ASCII
alone; here that of all scripts goes, after Unicode's NFKC has made one of letters and figures that
differ in form alone. Exact match is 1 if they are the same then; F1 is the harmonic mean of the
shares of words each has in common with the other. Of several right answers the one that suits best
counts. Where the documents do not tell, an answer that says so has 1 in each, any other 0, and so
has none at all.

Every score is from 0 to 1, or None where there is nothing to score.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from unicodedata import category, normalize

from minions_core.bench.dataset import Place, Question
from minions_core.evidence.figures import figures
from minions_core.evidence.markers import renumbered
from minions_core.jobs.abstention import is_abstention

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_EVIDENCE = re.compile(r"\bevidence\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one answer.

    Attributes:
        exact: SQuAD's exact match.
        f1: SQuAD's F1 over words.
        contains: whether a right answer stands in it, word for word, normalised the same way.
        figures: whether every figure of a right answer stands in it, however written: `1,577` is
            `1577`. None if the right answers have no figures.
        evidence: the share of the gold passages that what the remote model was shown overlaps.
            None where those are not known, or it was shown everything.
        cited: the same for what the answer points at. None if the contender cites nothing at all.
        abstention: whether it rightly says that the documents do not tell, or rightly does not.
        judge: what a judge made of it; None without one.
    """

    exact: float | None = None
    f1: float | None = None
    contains: float | None = None
    figures: float | None = None
    evidence: float | None = None
    cited: float | None = None
    abstention: float | None = None
    judge: float | None = None


MEASURES = tuple(field.name for field in fields(Scores))
"""The names of the scores."""


def scores(
    question: Question,
    answer: str,
    *,
    found: Sequence[Place] | None = None,
    cited: Sequence[Place] | None = None,
    judge: float | None = None,
) -> Scores:
    """How right an answer is.

    Args:
        question: what was asked, and what is right.
        answer: what was answered; markers such as `[1]` are taken out first. Empty for none.
        found: the passages the remote model was shown; None where that is all there is.
        cited: the passages the answer points at; None if the contender does not tell.
        judge: what a judge made of it.
    """
    said = renumbered(answer, {}).strip()
    abstains = abstained(said)
    if not question.answers:
        right = float(bool(said) and abstains)
        return Scores(exact=right, f1=right, contains=right, abstention=right, judge=judge)
    return Scores(
        exact=max(float(_words(said) == _words(gold)) for gold in question.answers),
        f1=max(_f1(_words(said), _words(gold)) for gold in question.answers),
        contains=max(float(_holds(_words(said), _words(gold))) for gold in question.answers),
        figures=_figures(said, question.answers),
        evidence=_recall(question.evidence, found),
        cited=_recall(question.evidence, cited),
        abstention=float(not abstains),
        judge=judge,
    )


def abstained(answer: str) -> bool:
    """Whether an answer says that there is none, be it of the documents or of the evidence."""
    return is_abstention(_EVIDENCE.sub("text", answer))


def _words(text: str) -> list[str]:
    bare = "".join(letter for letter in normalize("NFKC", text) if not _is_punctuation(letter))
    return _ARTICLE.sub(" ", bare.lower()).split()


def _is_punctuation(letter: str) -> bool:
    return letter in string.punctuation or category(letter).startswith("P")


def _f1(said: list[str], gold: list[str]) -> float:
    common = sum((Counter(said) & Counter(gold)).values())
    if not common:
        return float(said == gold)
    return 2 * common / (len(said) + len(gold))


def _holds(said: list[str], gold: list[str]) -> bool:
    return f" {' '.join(gold)} " in f" {' '.join(said)} "


def _figures(said: str, answers: Iterable[str]) -> float | None:
    wanted = [held for held in map(figures, answers) if held]
    if not wanted:
        return None
    there = figures(said)
    return float(any(held <= there for held in wanted))


def _recall(
    evidence: Sequence[Sequence[Place]] | None, shown: Sequence[Place] | None
) -> float | None:
    if evidence is None or shown is None:
        return None
    overlapped = (
        any(place.overlaps(other) for place in places for other in shown) for places in evidence
    )
    return sum(overlapped) / len(evidence)
