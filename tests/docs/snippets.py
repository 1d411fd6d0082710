"""The code blocks of the README and of the pages in docs/, and how they are run."""

from __future__ import annotations

import re
import shlex
import textwrap
import types
from dataclasses import dataclass
from itertools import pairwise, takewhile
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
PAGES = (ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w+)(?P<title>[^\n]*)\n(?P<code>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
_SERVER = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+")
_PROMPT = "$ "
_SHELL_MARKS = frozenset("|<>&;")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: the file it stands in.
        line: the number of its first line of code.
        language: what the fence says.
        code: its lines.
        output: what the page says that it prints, without white space at its end, or None.
    """

    page: Path
    line: int
    language: str
    code: str
    output: str | None = None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def run(self, names: dict[str, object], url: str) -> None:
        """Run it with `names`, in which it leaves its own; all servers it names are at `url`.

        Traces point into the page.
        """
        code = "\n" * (self.line - 1) + _SERVER.sub(url, self.code)
        types.FunctionType(compile(code, str(self.page), "exec"), names)()


def blocks(page: Path, language: str) -> list[Block]:
    """The blocks of a page in one language; what stands right below one as its output is that."""
    text = page.read_text("utf-8")
    fences = list(_FENCE.finditer(text))
    return [
        Block(
            page,
            line=text.count("\n", 0, fence.start()) + 2,
            language=language,
            code=textwrap.dedent(fence["code"]),
            output=_output_below(fence, following, text),
        )
        for fence, following in pairwise([*fences, None])
        if fence["language"] == language
    ]


def commands(page: Path, program: str) -> list[list[str]]:
    """The arguments of every call of a program in the console blocks of a page."""
    lines = (
        line
        for block in blocks(page, "console")
        for line in block.code.replace("\\\n", " ").splitlines()
    )
    told = (_own_words(line.removeprefix(_PROMPT)) for line in lines if line.startswith(_PROMPT))
    return [rest for first, *rest in told if first == program]


def _own_words(command: str) -> list[str]:
    """The words of a command, without what it is piped into."""
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    return list(takewhile(lambda word: not _SHELL_MARKS.issuperset(word), words))


def _output_below(fence: re.Match[str], following: re.Match[str] | None, text: str) -> str | None:
    if following is None or "Output" not in following["title"]:
        return None
    between = text[fence.end() : following.start()]
    return textwrap.dedent(following["code"]).rstrip() if not between.strip() else None
