"""A benchmark told: a table, a JSON file, a Markdown file and a chart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from minions_core.bench.intervals import Comparison, Mean
from minions_core.bench.players import Name
from minions_core.bench.running import Bench
from minions_core.bench.summary import Row, Summary, rows, summaries
from minions_core.charts import Point, cost_quality, save
from minions_core.errors import UsageError

HEADERS = (
    "contender",
    "questions",
    "exact",
    "F1",
    "95 %",
    "contains",
    "evidence",
    "remote tokens",
    "$ a question",
    "of remote-only",
    "seconds",
)
UNKNOWN = "-"
_CERTAIN_ENOUGH = 0.05
_TITLES: Mapping[Name, str] = {
    "remote": "remote-only",
    "local": "local-only",
    "bm25": "BM25 to remote",
    "minion": "Minion",
    "minions": "MinionS",
}
_OFFLINE = "offline"
_MODELS = (
    "Local model `{local}`, remote model `{remote}`, {max_rounds} rounds at most, {top_k} chunks "
    "for BM25."
)
_MEASURED = """\
How it is measured: every contender is told to give the answer alone. Exact and F1 as SQuAD defines
them; contains: a right answer stands in the answer word for word; evidence: the share of gold
passages that what the remote model was shown overlaps (report.json tells the same of what was
cited). Intervals are Wilson's, at 95 %.
Means are over the questions a contender had its say on; seconds are medians, with {at_once} at
once. Dollars are for the remote model, at {priced}; the local model costs nothing.\
"""
_STAND_INS = (
    "The offline models are not language models: they compare words and quote. Their scores say "
    "nothing about what language models would answer; tokens, money and what the search finds do."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What was compared, for those who read the report.

    Attributes:
        dataset: the file of questions.
        local: the local model's spec.
        remote: the remote model's spec.
        top_k: chunks for the search's contender.
        max_rounds: rounds of the protocols.
        price_as: whose prices the remote calls have, if not the model's own.
        judge: the judge's spec, if there is one.
    """

    dataset: str
    local: str
    remote: str
    top_k: int
    max_rounds: int
    price_as: str | None = None
    judge: str | None = None


class Report:
    """A benchmark as far as it has come.

    Args:
        bench: the benchmark.
        setup: what was compared.
    """

    def __init__(self, bench: Bench, setup: Setup) -> None:
        self._bench = bench
        self._setup = setup
        self.quality = "f1" if bench.judge is None else "judge"
        self._rows = rows(bench)
        self.summaries = summaries(self._rows, self.quality)

    @property
    def headers(self) -> tuple[str, ...]:
        """The heads of the table's columns."""
        if self._bench.judge is None:
            return HEADERS
        return (*HEADERS[:6], "judge", "95 %", *HEADERS[6:])

    @property
    def table(self) -> list[tuple[str, ...]]:
        """The table, a row for each contender; `-` is what is not known."""
        return [self._cells(summary) for summary in self.summaries]

    @property
    def remarks(self) -> list[str]:
        """What a reader of the table should know, one sentence or two each."""
        told = [remark for summary in self.summaries for remark in _remarks(summary)]
        if any(summary.is_against_estimate for summary in self.summaries):
            told.append("Remote-only was not asked: what it would cost is estimated.")
        unpriced = self._bench.prices.unknown()
        if unpriced and any(summary.dollars is None for summary in self.summaries):
            told.append(f"The price of {unpriced} is not known: name another with --price-as.")
        if any(summary.estimated for summary in self.summaries):
            told.append("Some token counts are estimates: not every server reports its own.")
        if _OFFLINE in {self._setup.local, self._setup.remote}:
            told.append(_STAND_INS)
        return told

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON data, each answer included."""
        return {
            "setup": asdict(self._setup),
            "quality": self.quality,
            "contenders": [summary.to_dict() for summary in self.summaries],
            "judge": self._judges_bill(),
            "remarks": self.remarks,
            "answers": [
                self._answer(name, question.id)
                for question in self._bench.questions
                for name in self._rows
                if question.id in self._rows[name]
            ],
        }

    def to_json(self) -> str:
        """All of it as JSON text."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False)

    def to_markdown(self) -> str:
        """Table, remarks and how it was measured."""
        setup = self._setup
        priced = f"the prices of {setup.price_as}" if setup.price_as else "its own prices"
        lines = [
            f"# {_cell(Path(setup.dataset).name)}",
            "",
            _MODELS.format_map(asdict(setup)),
            "",
            *markdown_table(self.headers, self.table),
            "",
            *(f"- {_cell(remark)}" for remark in self.remarks),
            "",
            _MEASURED.format(at_once=self._bench.at_once, priced=priced),
            "",
        ]
        return "\n".join(lines)

    def write(self, folder: Path) -> None:
        """Write `report.json` and `report.md`.

        Raises:
            UsageError: they cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "report.json").write_text(self.to_json() + "\n", encoding="utf-8")
            (folder / "report.md").write_text(self.to_markdown(), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{folder} cannot be written to: {error.strerror or error}") from error

    def draw(self, folder: Path) -> None:
        """Write `cost_quality.png` and `cost_quality.html`.

        Raises:
            MissingExtra: the packages that draw are not installed.
            UsageError: they cannot be written.
        """
        points = [_point(summary, self.quality) for summary in self.summaries]
        chart = cost_quality(points, quality_name=self.quality.upper())
        for ending in ("png", "html"):
            try:
                save(chart, folder / f"cost_quality.{ending}")
            except OSError as error:
                raise UsageError(f"{folder} cannot be written to: {error}") from error

    def _cells(self, summary: Summary) -> tuple[str, ...]:
        measures = summary.measures
        judged = () if self._bench.judge is None else _ranged(measures["judge"])
        tokens = _added(summary.remote_input, summary.remote_output)
        about = "about " if summary.is_against_estimate else ""
        return (
            _TITLES[summary.contender],
            f"{summary.settled}",
            _percent(measures["exact"]),
            *_ranged(measures["f1"]),
            _percent(measures["contains"]),
            *judged,
            _percent(measures["evidence"]),
            UNKNOWN if tokens is None else f"{tokens:,.0f}",
            UNKNOWN if summary.dollars is None else f"{summary.dollars:.4f}",
            UNKNOWN if summary.against_remote is None else f"{about}{summary.against_remote:.1%}",
            UNKNOWN if summary.seconds is None else f"{summary.seconds:.1f}",
        )

    def _answer(self, name: Name, question: str) -> dict[str, Any]:
        row: Row = self._rows[name][question]
        record = row.record
        return {
            "question": question,
            "contender": name,
            "ending": record.ending,
            "answer": record.answer,
            "error": record.error,
            "scores": asdict(row.scores),
            "dollars": None if row.dollars is None else float(row.dollars),
            "remote_tokens": record.used("remote").total_tokens,
            "local_tokens": record.used("local").total_tokens,
            "seconds": record.seconds,
        }

    def _judges_bill(self) -> dict[str, Any] | None:
        made = self._bench.judgements()
        if self._bench.judge is None:
            return None
        calls = [call for judgement in made for call in judgement.calls]
        costs = [self._bench.prices.of_judgement(judgement) for judgement in made]
        known = [float(cost) for cost in costs if cost is not None]
        return {
            "model": self._bench.judge.spec,
            "judged": len(made),
            "without_verdict": sum(judgement.verdict is None for judgement in made),
            "input_tokens": sum(call.usage.input_tokens for call in calls),
            "output_tokens": sum(call.usage.output_tokens for call in calls),
            "dollars": sum(known) if len(known) == len(costs) else None,
        }


def markdown_table(headers: Sequence[str], lines: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown: the first column to the left, figures to the right."""
    rule = ["---", *("---:" for _ in headers[1:])]
    return [f"| {' | '.join(map(_cell, line))} |" for line in (headers, rule, *lines)]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _point(summary: Summary, quality: str) -> Point:
    mean = summary.measures[quality]
    title = _TITLES[summary.contender]
    if mean is None:
        return Point(title, summary.dollars, None)
    return Point(title, summary.dollars, mean.mean, mean.low, mean.high)


def _remarks(summary: Summary) -> list[str]:
    told: list[str] = []
    title = _TITLES[summary.contender]
    if summary.too_long:
        told.append(f"{title}: on {summary.too_long} the documents do not fit the model.")
    if summary.failed:
        told.append(f"{title}: {summary.failed} failed; run the command again to try them again.")
    comparison = summary.comparison
    if comparison is None:
        return told
    return [*told, f"{title} against remote-only: {_compared(comparison)}."]


def _compared(comparison: Comparison) -> str:
    better, worse, same = comparison.better, comparison.worse, comparison.same
    if not better + worse:
        return f"alike on all questions ({same})"
    counts = f"better on {better}, worse on {worse}, alike on {same}"
    doubt = "" if comparison.chance < _CERTAIN_ENOUGH else ": too few to tell from chance"
    return f"{counts} (sign test p = {comparison.chance:.2g}){doubt}"


def _percent(mean: Mean | None) -> str:
    return UNKNOWN if mean is None else f"{mean.mean:.0%}"


def _ranged(mean: Mean | None) -> tuple[str, str]:
    """A mean and its interval."""
    if mean is None:
        return UNKNOWN, UNKNOWN
    return f"{mean.mean:.2f}", f"{mean.low:.2f}-{mean.high:.2f}"


def _added(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
