"""Where lines for people go: a terminal, laid out for its width, or plain text elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from minions_core.cli.screen.words import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_NARROW = 60
_NAME_WIDTH = 16
_NEXT_LINE = re.compile(r"\n(?=[^\n])")  # indented, so that none can pass for one with a name


@dataclass(frozen=True, slots=True)
class Line:
    """Something with a name: `Round 1: 6 jobs`.

    Attributes:
        name: what it is.
        text: what there is to say; foreign text may stand in it.
        style: how a terminal shows the text.
    """

    name: str
    text: str
    style: str = ""


class Paper:
    """Prints on a console what may hold foreign text.

    Args:
        console: where to print; no control code goes to one that is no terminal.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.is_terminal = console.is_terminal
        self.is_narrow = console.is_terminal and console.width < _NARROW

    def title(self, text: str, *, also_plain: bool = False) -> None:
        """Begin a part; plain text needs few titles, since most of its lines have a name."""
        if self.is_terminal:
            self.put(Text())
            self.put(Rule(Text(text, style="bold"), align="left", style="dim"))
        elif also_plain:
            self.put(Text(text))

    def say(self, line: Line) -> None:
        """Print a name and what there is to say."""
        text = Text(_NEXT_LINE.sub("\n  ", clean(line.text)), style=line.style)
        if not self.is_terminal or self.is_narrow:
            self.put(Text().append(f"{line.name}: ", "cyan").append_text(text))
            return
        grid = Table.grid(padding=(0, 2))
        grid.add_column(style="cyan", min_width=_NAME_WIDTH, no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(line.name, text)
        self.put(grid)

    def put(self, what: RenderableType, indent: int = 0) -> None:
        """Print what is safe; on a terminal within its width, elsewhere as long as it is."""
        shown = Padding(what, (0, 0, 0, indent), expand=False) if indent else what
        self.console.print(shown, markup=False, highlight=False, soft_wrap=not self.is_terminal)

    def put_whole(self, text: str, style: str = "", indent: int = 0) -> None:
        """Print a text to be copied: never broken, whatever the width."""
        line = Text(" " * indent + clean(text), style=style)
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)
