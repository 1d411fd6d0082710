"""A small data set of our own making: made-up reports, and questions whose answers are known.

Three questions of each report have an answer; what the fourth asks for is not in it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minions_core.demo import Report, annual_report
from minions_core.errors import UsageError

SAMPLE = "demo"
"""What the sample is called where a file of questions is wanted."""

_ASKED = {
    7: ("capital_expenditure", "largest_customer", "acquisition_date"),
    11: ("employees", "settlement", "auditor"),
    23: ("revenue_2022", "discount_rate", "ceo"),
}
_NOT_TOLD = {
    7: "How much was spent on aircraft fuel in 2023?",
    11: "Who is the chief medical officer?",
    23: "When was the plant in Antwerp sold?",
}


def write_sample(folder: Path) -> Path:
    """Write the sample, its documents included; what is there of it already is written anew.

    Args:
        folder: where; made if it is not there.

    Returns:
        The file of questions, as `read_dataset` takes it.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        return _written(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written to: {error.strerror or error}") from error


def _written(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, Any]] = []
    for seed in _ASKED:
        report = annual_report(seed)
        path = folder / f"report_{seed}.txt"
        path.write_text(report.text, encoding="utf-8", newline="\n")
        lines += _lines(report, seed, path.name)
    questions = folder / "questions.jsonl"
    questions.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return questions


def _lines(report: Report, seed: int, path: str) -> Iterator[dict[str, Any]]:
    for name in _ASKED[seed]:
        fact = report.facts[name]
        yield {
            "id": f"{seed}-{name}",
            "path": path,
            "question": fact.question,
            "answer": list(dict.fromkeys([fact.answer, fact.figure])),
            "evidence": list(fact.evidence),
        }
    yield {"id": f"{seed}-not_told", "path": path, "question": _NOT_TOLD[seed], "answer": None}
