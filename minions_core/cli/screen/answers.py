"""An answer and its sources, as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from minions_core.cli.screen.words import clean, one_line
from minions_core.evidence.markers import MARKER, marked

if TYPE_CHECKING:
    from minions_core.cli.screen.paper import Paper
    from minions_core.result import Check, Citation

_CHECKS: Final[Mapping[Check, tuple[str, str]]] = {
    "verified": ("verified", "green"),
    "partial": ("quote found, but a figure of the answer is not in it", "yellow"),
    "unverified": ("not found in the document", "red"),
}
_BEST_FIRST: Final[Sequence[Check]] = tuple(_CHECKS)

_LONGEST_QUOTE = 300
_LINES_OF_QUOTE = 3
_INDENT = 4
_MOST_SOURCES = 12

_BULLET = re.compile(r"(\s*)[-*\u2022+][ \t]+(?=\S)")
_NUMBERED = re.compile(r"(\s*)(\d{1,3}[.)])[ \t]+(?=\S)")
_HEADING = re.compile(r"#{1,6}[ \t]+(?=\S)")
_FENCE = re.compile(r"\s*(```|~~~)")
_INLINE = re.compile(
    rf"\*\*(?P<bold>[^*\s](?:[^*\n]{{0,400}}[^*\s])?)\*\*|`(?P<code>[^`\n]{{1,400}})`"
    rf"|(?P<marker>{MARKER.pattern})",
    re.IGNORECASE,
)


def answer_shown(answer: str, citations: Sequence[Citation]) -> RenderableType:
    """An answer for a terminal: lists, headings and bold words shown, all else as it was written.

    Only these few marks of Markdown are read. No link is made and nothing is hidden, so a model
    can neither lead a reader astray nor lose a figure to a star or an underscore in it. Markers of
    evidence have the colour of its check.
    """
    checks: dict[int, Check] = {citation.number: citation.check for citation in citations}
    return Group(*_shown_lines(clean(answer), checks))


def print_sources(paper: Paper, citations: Sequence[Citation], *, with_answers: bool) -> None:
    """Print where each passage stands, how it was checked, and what it says.

    Args:
        paper: where to print.
        citations: the passages; of very many only the first.
        with_answers: whether to say what the local model concluded from each, where no answer does.
    """
    for citation in citations[:_MOST_SOURCES]:
        lines = list(_source(citation, paper, with_answers=with_answers))
        number = Text(f"[{citation.number}]", f"bold {_CHECKS[citation.check][1]}")
        if paper.is_terminal:
            paper.put(_hanging(0, number, Text("\n").join(lines)))
        else:
            paper.put(Text(" ").join([number, Text(f"\n{' ' * _INDENT}").join(lines)]))
    left = len(citations) - _MOST_SOURCES
    if left > 0:
        paper.put(Text(f"... and {left} more; --json lists them all", style="dim"))


def _source(citation: Citation, paper: Paper, *, with_answers: bool) -> Iterator[Text]:
    if with_answers and citation.answer:
        yield Text(one_line(citation.answer, _LONGEST_QUOTE), "bold")
    words, style = _CHECKS[citation.check]
    place = Text(f"{one_line(_place(citation, paper), _LONGEST_QUOTE)}: ")
    yield place.append(words, style).append(_agreement(citation))
    if citation.quote.strip():
        most = _LONGEST_QUOTE
        if paper.is_terminal:
            most = min(most, _LINES_OF_QUOTE * max(20, paper.console.width - 2 * _INDENT))
        yield Text(f'"{one_line(citation.quote, most)}"', "dim")


def _agreement(citation: Citation) -> str:
    if citation.samples == 1:
        return ""
    return f", {citation.agreed} of {citation.samples} readings agree"


def _place(citation: Citation, paper: Paper) -> str:
    """Where a passage stands; to the character, where that is not too much to read."""
    if paper.is_terminal or citation.page is None or citation.start is None:
        return citation.place
    return f"{citation.place}, characters {citation.start}-{citation.end}"


def _shown_lines(text: str, checks: Mapping[int, Check]) -> Iterator[RenderableType]:
    is_code = False
    for line in text.strip("\n").split("\n"):
        if _FENCE.match(line):
            is_code = not is_code
        if is_code or _FENCE.match(line):
            yield Text(line, style="dim")
        else:
            yield _shown_line(line, checks)


def _shown_line(line: str, checks: Mapping[int, Check]) -> RenderableType:
    if bullet := _BULLET.match(line):
        return _hanging(len(bullet[1]), Text("-", "cyan"), _inline(line[bullet.end() :], checks))
    if numbered := _NUMBERED.match(line):
        mark = Text(numbered[2], "cyan")
        return _hanging(len(numbered[1]), mark, _inline(line[numbered.end() :], checks))
    if heading := _HEADING.match(line):
        return _inline(line[heading.end() :], checks, "bold")
    return _inline(line, checks)


def _hanging(indent: int, mark: Text, text: Text) -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(mark, text)
    return Padding(grid, (0, 0, 0, min(indent, 2 * _INDENT)), expand=False)


def _inline(line: str, checks: Mapping[int, Check], style: str = "") -> Text:
    text, done = Text(), 0
    for found in _INLINE.finditer(line):
        text.append(line[done : found.start()], style)
        if found["bold"]:
            text.append_text(_inline(found["bold"], checks, "bold"))
        elif found["code"]:
            text.append(found["code"], f"{style} cyan".strip())
        else:
            text.append(found["marker"], _style_of(found["marker"], checks) or style)
        done = found.end()
    return text.append(line[done:], style)


def _style_of(marker: str, checks: Mapping[int, Check]) -> str:
    """The colour of a marker: that of the worst check among its evidence."""
    numbers = [number for found in MARKER.finditer(marker) for number in marked(found[1], checks)]
    held: list[Check] = [checks[number] for number in numbers if number in checks]
    return f"bold {_CHECKS[max(held, key=_BEST_FIRST.index)][1]}" if held else ""
