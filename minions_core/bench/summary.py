"""What the answers of each contender add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from statistics import median
from typing import Any

from minions_core.bench.dataset import Question
from minions_core.bench.intervals import Comparison, Mean, compared, mean_of
from minions_core.bench.money import Prices
from minions_core.bench.players import Contender, Name
from minions_core.bench.records import Record
from minions_core.bench.running import Bench
from minions_core.bench.scoring import MEASURES, Scores, scores
from minions_core.messages import Role

REMOTE: Name = "remote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An answer with its scores and its price.

    Attributes:
        record: what was answered and used.
        scores: how right it is; nothing but None if the contender did not have its say.
        dollars: what the remote calls cost; None if the price is unknown.
        in_all: the same with attempts that failed before.
        alone: what the remote model alone would cost for this answer, estimated; likewise.
    """

    record: Record
    scores: Scores
    dollars: Decimal | None
    in_all: Decimal | None
    alone: Decimal | None

    @property
    def is_settled(self) -> bool:
        """Whether the contender had its say."""
        return self.record.is_settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A contender's answers, added up. All means are over those where it had its say.

    Attributes:
        contender: its name.
        asked: how many questions are done.
        settled: on how many it had its say.
        too_long: how many had documents that do not fit its model.
        failed: how many failed.
        cut: how many replies ended where their room did.
        measures: the mean of each score, by its name; None where it is not known.
        remote_input: tokens the remote model read for a question, on average.
        remote_output: tokens it wrote.
        local_input: tokens the local model read.
        local_output: tokens it wrote.
        estimated: whether some of these were counted on this side.
        remote_calls: calls of the remote model for a question, on average.
        local_calls: calls of the local one.
        dollars: what a question cost on average; None if a price is unknown.
        dollars_in_all: what all calls cost, those for failed questions and attempts included.
        against_remote: cost as a share of what the remote model alone cost on the same questions;
            where it answered none of them, of what it would cost, estimated by their tokens.
        is_against_estimate: whether that is an estimate.
        seconds: the median time for an answer.
        disclosed: the share of the documents that left for the remote model, on average.
        comparison: its quality against that of the remote model alone.
    """

    contender: Name
    asked: int
    settled: int
    too_long: int
    failed: int
    cut: int
    measures: Mapping[str, Mean | None]
    remote_input: float | None
    remote_output: float | None
    local_input: float | None
    local_output: float | None
    estimated: bool
    remote_calls: float | None
    local_calls: float | None
    dollars: float | None
    dollars_in_all: float | None
    against_remote: float | None
    is_against_estimate: bool
    seconds: float | None
    disclosed: float | None
    comparison: Comparison | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return asdict(self)


def rows(bench: Bench) -> dict[Name, dict[str, Row]]:
    """What is known of each contender, by question."""
    return {
        contender.name: {
            question.id: row
            for question in bench.questions
            if (row := _row(bench, contender, question)) is not None
        }
        for contender in bench.contenders
    }


def _row(bench: Bench, contender: Contender, question: Question) -> Row | None:
    record = bench.record_of(contender, question)
    if record is None:
        return None
    marks = Scores()
    if record.is_settled:
        judged = bench.score_of(question, record)
        marks = scores(
            question, record.answer, found=record.found, cited=record.cited, judge=judged
        )
    record = replace(record, question=question.id)  # which it may have had no id for before
    prices: Prices = bench.prices
    return Row(
        record=record,
        scores=marks,
        dollars=prices.of_record(record),
        in_all=prices.in_all(record),
        alone=prices.alone(record),
    )


def summaries(known: Mapping[Name, Mapping[str, Row]], quality: str) -> list[Summary]:
    """The answers of each contender, added up.

    Args:
        known: what is known of each, by question.
        quality: the score by which contenders are compared.
    """
    return [_summary(name, by_question, known, quality) for name, by_question in known.items()]


def on_common_ground(
    known: Mapping[Name, Mapping[str, Row]], quality: str
) -> dict[Name, dict[str, Row]]:
    """The same, on the questions alone on which all were scored, so that means can be compared.

    Who was scored on no question at all is given none, and takes none from the others.
    """
    scored = {
        name: {key for key, row in by_question.items() if _score(row, quality) is not None}
        for name, by_question in known.items()
    }
    told = [keys for keys in scored.values() if keys]
    common = set[str]().union(*told).intersection(*told)
    return {
        name: {key: row for key, row in by_question.items() if key in common & scored[name]}
        for name, by_question in known.items()
    }


def _summary(
    name: Name,
    by_question: Mapping[str, Row],
    known: Mapping[Name, Mapping[str, Row]],
    quality: str,
) -> Summary:
    done = list(by_question.values())
    settled = [row for row in done if row.is_settled]
    records = [row.record for row in settled]
    alone = known.get(REMOTE, {})
    share, is_estimate = _share(by_question, alone)
    endings = [row.record.ending for row in done]
    return Summary(
        contender=name,
        asked=len(done),
        settled=len(settled),
        too_long=endings.count("too_long"),
        failed=endings.count("failed"),
        cut=sum(record.cut for record in records),
        measures={each: mean_of(getattr(row.scores, each) for row in settled) for each in MEASURES},
        remote_input=_tokens(records, "remote", of_input=True),
        remote_output=_tokens(records, "remote", of_input=False),
        local_input=_tokens(records, "local", of_input=True),
        local_output=_tokens(records, "local", of_input=False),
        estimated=any(call.usage.estimated for record in records for call in record.calls),
        remote_calls=_mean(record.calls_of("remote") for record in records),
        local_calls=_mean(record.calls_of("local") for record in records),
        dollars=_mean(row.dollars for row in settled),
        dollars_in_all=_sum(row.in_all for row in done),
        against_remote=share,
        is_against_estimate=is_estimate,
        seconds=median(record.seconds for record in records) if records else None,
        disclosed=_mean(record.disclosed_share for record in records),
        comparison=_comparison(by_question, alone, quality) if name != REMOTE else None,
    )


def _tokens(records: Iterable[Record], role: Role, *, of_input: bool) -> float | None:
    used = (record.used(role) for record in records)
    return _mean(usage.input_tokens if of_input else usage.output_tokens for usage in used)


def _mean(values: Iterable[float | Decimal | None]) -> float | None:
    """The mean; None if there is nothing, or something is not known."""
    known = list(values)
    total = _sum(known)
    return None if total is None or not known else total / len(known)


def _sum(values: Iterable[float | Decimal | None]) -> float | None:
    given = list(values)
    known = [float(value) for value in given if value is not None]
    return sum(known) if len(known) == len(given) else None


def _share(by_question: Mapping[str, Row], alone: Mapping[str, Row]) -> tuple[float | None, bool]:
    """The cost as a share of the remote model's alone, and whether that had to be estimated."""
    measured = [(mine.dollars, other.dollars) for mine, other in _pairs(by_question, alone)]
    settled = (row for row in by_question.values() if row.is_settled)
    pairs = measured or [(row.dollars, row.alone) for row in settled]
    mine, others = _sum(pair[0] for pair in pairs), _sum(pair[1] for pair in pairs)
    if mine is None or not others:
        return None, False
    return mine / others, not measured


def _comparison(
    by_question: Mapping[str, Row], alone: Mapping[str, Row], quality: str
) -> Comparison | None:
    both = _pairs(by_question, alone)
    scored = ((_score(mine, quality), _score(other, quality)) for mine, other in both)
    pairs = [(mine, other) for mine, other in scored if mine is not None and other is not None]
    return compared(pairs) if pairs else None


def _score(row: Row, quality: str) -> float | None:
    score: float | None = getattr(row.scores, quality)
    return score


def _pairs(mine: Mapping[str, Row], others: Mapping[str, Row]) -> list[tuple[Row, Row]]:
    """The rows of the questions on which both had their say."""
    both = ((row, others[name]) for name, row in mine.items() if name in others)
    return [(row, other) for row, other in both if row.is_settled and other.is_settled]
