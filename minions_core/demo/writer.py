"""Templates of prose made into a text with pages.

A template is blocks parted by empty lines. In it `{name}` is a slot, filled by `str.format` rules;
`[[one|other]]` is a choice; `<<fact: sentence>>` marks a sentence in which a fact stands; `# ` and
`## ` are headings; a block that begins with `@table` is a table with years in its columns, and
`@insert NAME` a ready-made block.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from minions_core.demo.figures import Series
from minions_core.demo.tables import YearTable

_CHOICE = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_MARK = re.compile(r"<<(\w+): (.*?)>>", re.DOTALL)
_PAGE_CHARS = 3300
_SMALL_WORDS = "a an and are as at by for from in is may of on or our than the to us"


class Slots(dict[str, Any]):
    """Values for a template; one that can be called is drawn anew at each mention."""

    def __getitem__(self, name: str) -> Any:
        value: Any = super().__getitem__(name)
        return value() if callable(value) else value


class Writer:
    """Collects the blocks of a report and remembers where its facts stand.

    Attributes:
        marked: by fact or `table.row`, the sentences and rows it stands in, verbatim.
    """

    def __init__(self, rng: random.Random, slots: Mapping[str, Any]) -> None:
        self.marked: defaultdict[str, list[str]] = defaultdict(list)
        self._rng = rng
        self._slots = Slots(slots)
        self._blocks: list[str] = []

    def write(self, template: str, **slots: Any) -> None:
        """Append a template, with `slots` beside the ones every template has."""
        values = Slots(self._slots | slots)
        for block in re.split(r"\n\s*\n", template.strip()):
            self._blocks.append(self._block(block, values))

    def pages(self) -> str:
        """The text so far; a chapter begins a page, a heading never ends one."""
        pages: list[list[str]] = [[]]
        for block in self._blocks:
            page = pages[-1]
            full = sum(map(len, page)) + len(block) > _PAGE_CHARS
            if page and (block.startswith("# ") or (full and not page[-1].startswith("#"))):
                pages.append([])
            pages[-1].append(block)
        return "\f".join("\n\n".join(map(_shown, page)) + "\n" for page in pages)

    def _block(self, block: str, values: Slots) -> str:
        if block.startswith("@insert "):
            return self._insert(block.removeprefix("@insert "), values)
        if block.startswith("@table "):
            return self._table(block, values)
        chosen = _CHOICE.sub(lambda choice: self._rng.choice(choice[1].split("|")), block)
        filled = re.sub(r"\s*\n\s*", " ", chosen).format_map(values)
        return _MARK.sub(self._remember, filled)

    def _insert(self, name: str, values: Slots) -> str:
        inserted: str = values[name]
        for row in inserted.splitlines():
            label = re.split(r"\s{2,}", row, maxsplit=1)[0]
            self.marked[f"{name}.{label}"].append(row)
        return inserted

    def _table(self, block: str, values: Slots) -> str:
        series = {name: value for name, value in values.items() if isinstance(value, Series)}
        first, rest = block.split("\n", 1)
        table = YearTable.read(f"{first.format_map(values)}\n{rest}", series)
        for name, row in table.rows.items():
            self.marked[f"{table.key}.{name}"].append(row)
        return table.text

    def _remember(self, mark: re.Match[str]) -> str:
        self.marked[mark[1]].append(mark[2])
        return mark[2]


def _shown(block: str) -> str:
    if block.startswith("# "):
        return block.removeprefix("# ").upper()
    if not block.startswith("## "):
        return block
    words, small = block.removeprefix("## ").split(), _SMALL_WORDS.split()
    return " ".join(word if word in small else word[0].upper() + word[1:] for word in words)


def template(name: str) -> str:
    """The template file `name`."""
    return files("minions_core.demo").joinpath("text", f"{name}.txt").read_text("utf-8")


def parts(name: str) -> list[str]:
    """The parts of a template file that `====` lines divide."""
    return [part.strip() for part in template(name).split("\n====\n")]
