"""What workers found, checked against the documents and reported to the remote model."""

from minions_core.evidence.citations import cited, to_citation
from minions_core.evidence.coverage import Coverage, coverage
from minions_core.evidence.findings import Finding, HeadingOf, Place, gather_findings
from minions_core.evidence.library import Library
from minions_core.evidence.report import Told, one_line, report, report_line

__all__ = [
    "Coverage",
    "Finding",
    "HeadingOf",
    "Library",
    "Place",
    "Told",
    "cited",
    "coverage",
    "gather_findings",
    "one_line",
    "report",
    "report_line",
    "to_citation",
]
