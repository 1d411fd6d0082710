"""What went wrong with a plan, told to its author without a word of the documents.

A plan works on document text, and Python puts values into its messages. The author of the plan is
the remote model, which must not see what nobody chose to disclose.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Container, Sequence
from dataclasses import dataclass

from minions_core.syntax import parsed

WITHHELD = "(message withheld: it may hold document text)"

_QUOTED = re.compile(
    r"(?:(?<!\w)|(?<=\bb))(?:'((?:[^'\\]|\\.)*)(?:'|\Z)|\"((?:[^\"\\]|\\.)*)(?:\"|\Z))", re.DOTALL
)
_MAX_MESSAGE_CHARS = 400
_MAX_LINE_CHARS = 200
_MOST_CALLERS = 2
_LONGEST_OF_PYTHON = 10_000  # longer ones are full of values
_RAISING = re.compile(r"\b(?:raise|assert)\b")
_LONG_NUMBER = re.compile(r"\d{7,}")
_WORD = re.compile(r"[^\W_]{4,}")
_TELLING_CHARS = 8
_PYTHON_SAYS = """
    already argument arguments assigned assignment associated attribute base before between bytes
    call callable cannot character characters closing code column concatenate contain convert
    converted could data defined delimiter denied deque descriptor dictionary digits division does
    element elements empty enough enclosed error exceed exceeded exhausted expect expected
    expecting extra feed field format found from function given greater group hash have
    identifier implemented import index indices infinite input instance instances instead integer
    integers invalid isoformat item items iterable iteration iterator keyword keywords least
    length less limit line literal long mapping match matching maximum mean memory method missing
    modified modulo module month more multiple multiply must name named names negative number
    numeric object objects only opening operand operands operation operator order ordinal out
    outside overflow parameter parentheses parenthesis parse parser parsing path pattern
    permission position positional positive power property range readonly recursion reference
    referenced remain remains repeat required requires result return returned same separator
    sequence sequences shape should signature single size slice specified specifier start
    statement step string strings subscriptable substring such suspension supported support
    syntax take takes than that time token tuple type types unbound unclosed unconverted
    unexpected unhashable unknown unpack unsupported unterminated used value values variable were
    when where with without yield zero
"""
_OF_THE_CONTRACT = frozenset({"advice", "chunk", "kind", "manifest", "output", "samples", "task"})
_PYTHONS_WORDS = frozenset(_PYTHON_SAYS.split())


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the author of `code` what went wrong with it.

    Attributes:
        code: the plan.
        secrets: texts of which nothing may be told.
        ours: messages that are told as they are, since they hold no such text.
    """

    code: str
    secrets: Sequence[str]
    ours: Container[str]

    def told(self, kind: str, message: str, lines: Sequence[int] = (), allowance: str = "") -> str:
        """An error with its traceback, in one line.

        Args:
            kind: the name of the exception.
            message: what Python or a helper says about it.
            lines: the lines of the plan it passed through, the innermost first, counted from 1.
            allowance: said of errors that come of taking too much.
        """
        shown = list(dict.fromkeys(lines))[: _MOST_CALLERS + 1]
        where = ", called at ".join(f"line {line}: {self._source(line)}" for line in shown)
        limits = f" ({allowance})" if kind in {"TimeoutError", "MemoryError"} else ""
        told = f"{kind}: {self._safe(kind, message, next(iter(lines), None))}{limits}"
        return f"{told} at {where}" if where else told

    def _source(self, line: int) -> str:
        return "".join(self.code.split("\n")[line - 1 : line]).strip()[:_MAX_LINE_CHARS]

    def _safe(self, kind: str, message: str, line: int | None) -> str:
        if message in self.code:
            return message[:_MAX_MESSAGE_CHARS]
        if message in self.ours:
            return _LONG_NUMBER.sub("...", message)[:_MAX_MESSAGE_CHARS]
        overlong = len(message) > _LONGEST_OF_PYTHON
        if overlong or kind == "KeyError" or (line and self._raises(kind, line)):
            return WITHHELD
        unquoted = without_quotes(message, self.code)[:_MAX_MESSAGE_CHARS]
        return _WORD.sub(self._word, unquoted)

    def _raises(self, kind: str, line: int) -> bool:
        """Whether the plan itself may have raised an error there, and so chosen its message."""
        tree = parsed(self.code)
        if tree is None:  # then it never ran, or the sandbox knows a later Python than this one
            return kind != "SyntaxError" and bool(_RAISING.search(self.code))
        return any(_raises_at(node, line) for node in ast.walk(tree))

    def _word(self, found: re.Match[str]) -> str:
        """A word, unless a part of it that tells something stands in the secrets."""
        word = found[0]
        if word.lower() in _PYTHONS_WORDS or word in self.code or word in dir(builtins):
            return word
        last = max(0, len(word) - _TELLING_CHARS)
        parts = (word[at : at + _TELLING_CHARS] for at in range(last + 1))
        return "..." if any(part in text for part in parts for text in self.secrets) else word


def _raises_at(node: ast.AST, line: int) -> bool:
    if isinstance(node, ast.Raise | ast.Assert):
        return node.lineno <= line <= (node.end_lineno or line)
    # Here the sandbox places some errors that are raised anew.
    return isinstance(node, ast.ExceptHandler) and line == node.lineno


def without_quotes(message: str, code: str) -> str:
    """A message up to the first value it quotes that is not in `code` and no common name.

    What follows the last quotation mark stays. What lies between may be the same value, for a
    value may hold quotation marks itself.
    """
    for quoted in _QUOTED.finditer(message):
        content = quoted[1] or quoted[2] or ""
        known = content in code or content in dir(builtins) or content in _OF_THE_CONTRACT
        if not known:
            last = max(message.rfind("'"), message.rfind('"'), quoted.start())
            ended = message[last + 1 :] if last > quoted.start() else ""
            return f"{message[: quoted.start()]}'...'{ended}"
    return message
