"""Tables in plain text: a header row, right-aligned columns, parentheses for what flows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from minions_core.demo.figures import LATEST, Figures, Series

_LABEL_WIDTH = 46
_COLUMN_WIDTH = 11


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with a wide first column and right-aligned others, each as wide as it must be."""
    lines = [header, *rows]
    label = max(_LABEL_WIDTH, *(len(line[0]) + 2 for line in lines))
    widths = [
        max(_COLUMN_WIDTH, *(len(line[column]) + 2 for line in lines if column < len(line)))
        for column in range(1, len(header))
    ]
    return "\n".join(
        (line[0].ljust(label) + "".join(map(str.rjust, line[1:], widths))).rstrip()
        for line in lines
    )


@dataclass(frozen=True, slots=True)
class YearTable:
    """A table with years in its columns, read from a template.

    The first line of the template is `@table KEY YEAR YEAR ... | what the label column says`; a row
    is `label = name`, `label = -name` for an outflow, `label = name .2f` with a format of its own;
    a line without `=` is a subheading.

    Attributes:
        key: what facts call the table.
        text: the table.
        rows: its rows, by the name of the figure in them.
    """

    key: str
    text: str
    rows: dict[str, str]

    @classmethod
    def read(cls, template: str, series: Mapping[str, Series]) -> YearTable:
        """The table of a template, with figures looked up in `series`."""
        first, *lines = template.splitlines()
        start, label = first.split(" | ")
        _, key, *years = start.split()
        cells: list[list[str]] = []
        names: list[str] = []
        for line in lines:
            words, _, source = line.partition(" = ")
            name, _, form = source.lstrip("-").partition(" ")
            figures = [series[name][int(year)] for year in years] if source else []
            out = source.startswith("-")
            cells.append([words, *(amount(figure, form or ",", out=out) for figure in figures)])
            names.append(name)
        text = grid([label, *years], cells)
        rows = dict(zip(names, text.splitlines()[1:], strict=True))
        return cls(key, text, rows)


def amount(figure: float, form: str = ",", *, out: bool = False) -> str:
    """A figure as accountants print it; what flows out stands in parentheses."""
    figure = -figure if out else figure
    return f"({abs(figure):{form}})" if figure < 0 else f"{figure:{form}}"


def segment_grid(figures: Figures, name: str, years: Sequence[int], rest: str | None) -> str:
    """One figure for every segment, the corporate rest if there is one, and the total.

    Args:
        figures: whose segments.
        name: the attribute of a segment.
        years: the columns, from the left.
        rest: the group line that belongs to no segment.
    """
    parts = {part.profile.name: getattr(part, name) for part in figures.segments}
    if rest:
        parts["Corporate and other"] = figures.lines[rest]
    parts["Total"] = Series({year: sum(part[year] for part in parts.values()) for year in years})
    rows = [[label, *(amount(part[year]) for year in years)] for label, part in parts.items()]
    return grid(["In millions of dollars", *map(str, years)], rows)


def region_grid(figures: Figures) -> str:
    """Revenue by region for three years."""
    years = (LATEST, LATEST - 1, LATEST - 2)
    rows = [
        [region, *(amount(part[year]) for year in years)]
        for region, part in (figures.regions | {"Total revenue": figures.lines["revenue"]}).items()
    ]
    return grid(["In millions of dollars", *map(str, years)], rows)
