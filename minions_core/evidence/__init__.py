"""What workers found, checked against the documents and reported to the remote model."""

from minions_core.evidence.citations import cited, in_order, in_place_of_answer, to_citation
from minions_core.evidence.coverage import Coverage, coverage
from minions_core.evidence.discretion import OPEN, Discretion, Told
from minions_core.evidence.fields import one_line
from minions_core.evidence.finding import Finding, Place
from minions_core.evidence.findings import HeadingOf, gather_findings
from minions_core.evidence.history import recalled
from minions_core.evidence.library import Library
from minions_core.evidence.lines import report_line
from minions_core.evidence.markers import InOrder
from minions_core.evidence.passages import passages_report, quoted
from minions_core.evidence.report import report
from minions_core.evidence.wording import Wording, without_copies

__all__ = [
    "OPEN",
    "Coverage",
    "Discretion",
    "Finding",
    "HeadingOf",
    "InOrder",
    "Library",
    "Place",
    "Told",
    "Wording",
    "cited",
    "coverage",
    "gather_findings",
    "in_order",
    "in_place_of_answer",
    "one_line",
    "passages_report",
    "quoted",
    "recalled",
    "report",
    "report_line",
    "to_citation",
    "without_copies",
]
