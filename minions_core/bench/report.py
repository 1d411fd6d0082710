"""A benchmark told: a table, a JSON file, a Markdown file and a chart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from minions_core.bench.intervals import Mean
from minions_core.bench.players import Name
from minions_core.bench.remarks import OFFLINE, STAND_INS, TITLES, of_all, of_contender
from minions_core.bench.running import Bench
from minions_core.bench.summary import Row, Summary, on_common_ground, rows, summaries
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
_MODELS = (
    "Local model `{local}`, remote model `{remote}`, {max_rounds} rounds at most, {top_k} chunks "
    "for BM25."
)
_MEASURED = """\
How it is measured: every contender is told to give the answer alone. Exact and F1 as SQuAD defines
them, but that the punctuation of all scripts is left aside, and forms of a letter that Unicode's
NFKC makes one; contains: a right answer stands in the answer word for word; evidence: the share of
gold passages that what the remote model was shown overlaps (report.json tells the same of what was
cited). Intervals are Wilson's, at 95 %.
Means are over the questions a contender had its say on; seconds are medians, with {at_once} at
once. Dollars are for the remote model, at {priced}; the local model costs nothing.\
"""


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
        self._drawn = summaries(on_common_ground(self._rows, self.quality), self.quality)

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
        told = [remark for summary in self.summaries for remark in of_contender(summary)]
        unpriced = self._bench.prices.unknown()
        told += of_all(self.summaries, self.quality, self._common, unpriced)
        if skipped := self._bench.records.skipped:
            told.append(f"Lines of the file of records that could not be read: {skipped}.")
        if OFFLINE in {self._setup.local, self._setup.remote}:
            told.append(STAND_INS)
        return told

    @property
    def _common(self) -> int:
        """On how many questions all were scored that were scored at all."""
        return max((summary.settled for summary in self._drawn), default=0)

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain JSON data, each answer included."""
        return {
            "setup": asdict(self._setup),
            "quality": self.quality,
            "contenders": [summary.to_dict() for summary in self.summaries],
            "drawn_on": self._common,
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
        """Write `cost_quality.png` and `cost_quality.html`, of the questions all were scored on.

        Raises:
            MissingExtra: the packages that draw are not installed.
            UsageError: they cannot be written.
        """
        points = [_point(summary, self.quality) for summary in self._drawn]
        counted = "1 question" if self._common == 1 else f"{self._common} questions"
        chart = cost_quality(points, quality_name=f"{self.quality.upper()} on {counted}")
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
            TITLES[summary.contender],
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
            "cut": record.cut,
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
        calls = [call for one in made for call in (*one.earlier, *one.calls)]
        costs = [self._bench.prices.judged_in_all(judgement) for judgement in made]
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
    title = TITLES[summary.contender]
    if mean is None:
        return Point(title, summary.dollars, None)
    return Point(title, summary.dollars, mean.mean, mean.low, mean.high)


def _percent(mean: Mean | None) -> str:
    return UNKNOWN if mean is None else f"{mean.mean:.0%}"


def _ranged(mean: Mean | None) -> tuple[str, str]:
    """A mean and its interval."""
    if mean is None:
        return UNKNOWN, UNKNOWN
    return f"{mean.mean:.2f}", f"{mean.low:.2f}-{mean.high:.2f}"


def _added(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other
