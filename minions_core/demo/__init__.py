"""A made-up annual report to try the protocols on, with questions whose answers are known.

    report = annual_report(seed=7)
    report.facts["capital_expenditure"].question

The company is drawn from the seed, figures and all; its statements add up, and the report is full
of near misses: other years, budgets, segments. `python -m minions_core.demo --out FILE` writes it.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minions_core.demo.compose import compose
from minions_core.documents import Document

if TYPE_CHECKING:
    from minions_core.demo.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A question about the report whose answer is known.

    Attributes:
        question: the question, in full.
        answer: the answer, as short as can be: `$1,412 million`.
        figure: what any right answer must hold, as the report prints it: `1,412`.
        evidence: the sentences and table rows that tell it, verbatim; each stands in the report
            exactly once.
    """

    question: str
    answer: str
    figure: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A made-up annual report.

    Attributes:
        company: whose it is.
        text: all of it, at least 100,000 characters, its pages parted by form feeds.
        facts: questions with known answers, by a short name.
    """

    company: str
    text: str
    facts: Mapping[str, Fact]

    @property
    def document(self) -> Document:
        """The report as a document to ask questions of."""
        return Document(self.text, name=f"{self.company} annual report 2023", first_page=1)


@dataclass(frozen=True, slots=True)
class _Asked:
    """How a fact is asked for: templates of its question, answer and figure, and where it stands.

    `rows` are tables' rows (`table.row`); the sentences marked with the fact's name are added.
    """

    question: str
    answer: str
    figure: str
    rows: tuple[str, ...] = ()


_ASKED = {
    "capital_expenditure": _Asked(
        "What was the group's capital expenditure in fiscal year 2023?",
        "${figure} million",
        "{capex[2023]:,}",
        ("cash_flow.capex", "summary.capex"),
    ),
    "segment_capital_expenditure": _Asked(
        "What was the capital expenditure of the Metering and Sensors segment in 2023?",
        "${figure} million",
        "{metering_capex[2023]:,}",
        ("segment_capex.Metering and Sensors",),
    ),
    "revenue_2022": _Asked(
        "What was {company}'s total revenue in 2022?",
        "${figure} million",
        "{revenue[2022]:,}",
        ("income.revenue", "summary.revenue"),
    ),
    "diluted_eps": _Asked(
        "What were diluted earnings per share in 2023?",
        "${figure}",
        "{eps[2023]:.2f}",
        ("income.eps", "summary.eps"),
    ),
    "employees": _Asked(
        "How many people did {company} employ on December 31, 2023?",
        "{figure}",
        "{employees[2023]:,}",
        ("glance.employees", "summary.employees"),
    ),
    "largest_customer": _Asked(
        "What share of revenue did the largest customer account for in 2023?",
        "{figure}%",
        "{customer_share[2023]}",
    ),
    "backlog": _Asked(
        "What was the order backlog of the whole company at the end of 2023?",
        "${figure} million",
        "{backlog[2023]:,}",
        ("summary.backlog",),
    ),
    "dividend": _Asked(
        "How much were dividends per share in 2023?",
        "${figure}",
        "{dps[2023]:.2f}",
        ("summary.dps",),
    ),
    "settlement": _Asked(
        "For how much was the Fenwick Reservoir litigation settled?",
        "${figure} million",
        "{settlement}",
    ),
    "restructuring": _Asked(
        "How large were restructuring charges in 2023?",
        "${figure} million",
        "{restructuring[2023]:,}",
        ("income.restructuring", "restructuring.restructuring"),
    ),
    "facility": _Asked(
        "How large is the revolving credit facility?",
        "${figure} million",
        "{facility:,}",
    ),
    "discount_rate": _Asked(
        "Which discount rate was used for the United States pension plan at the end of 2023?",
        "{figure}%",
        "{discount_us:.2f}",
    ),
    "acquisition_price": _Asked(
        "How much did the company agree to pay for {target}?",
        "${figure} million",
        "{deal_price}",
    ),
    "acquisition_date": _Asked(
        "On what date was the acquisition of {target} completed?",
        "{figure}",
        "{deal_closed}",
    ),
    "auditor": _Asked(
        "Which firm audited the consolidated balance sheets?",
        "{figure}",
        "{auditor}",
    ),
    "ceo": _Asked(
        "Who is the President and Chief Executive Officer?",
        "{figure}",
        "{ceo}",
    ),
}


def annual_report(seed: int = 7) -> Report:
    """The annual report for fiscal year 2023 of a made-up company.

    Args:
        seed: equal seeds give equal reports.
    """
    writer, slots = compose(random.Random(seed))  # noqa: S311 - a report to play with, no secret
    facts = {name: _fact(name, asked, writer, slots) for name, asked in _ASKED.items()}
    return Report(company=slots["company"], text=writer.pages(), facts=facts)


def _fact(name: str, asked: _Asked, writer: Writer, slots: Mapping[str, Any]) -> Fact:
    figure = asked.figure.format_map(slots)
    places = [place for key in (name, *asked.rows) for place in writer.marked[key]]
    return Fact(
        question=asked.question.format_map(slots),
        answer=asked.answer.format(figure=figure),
        figure=figure,
        evidence=tuple(places),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the report to a file.

    Args:
        arguments: the command line without the program's name; by default that of the process.
    """
    parser = argparse.ArgumentParser(description="Write a made-up annual report to a file.")
    parser.add_argument("--seed", type=int, default=7, help="which report (default: 7)")
    parser.add_argument("--out", type=Path, required=True, help="the file to write")
    chosen = parser.parse_args(arguments)
    chosen.out.write_text(annual_report(chosen.seed).text, encoding="utf-8")
