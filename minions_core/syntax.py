"""Python as text: read, never run."""

from __future__ import annotations

import ast
import re

_ESCAPE = re.compile(r"\\\\|\\[^\r\n'\"]")


def masked(code: str) -> str:
    """`code` with its escapes blanked out, character for character, so that places stay.

    The parser warns of odd escapes; without any, it has none to warn of.
    """
    return _ESCAPE.sub("__", code)


def parsed(code: str) -> ast.Module | None:
    """The syntax tree of `code`, or None if it is not Python; its strings lack their escapes.

    Columns in it count the bytes of the lines of `masked(code)`.
    """
    try:
        return ast.parse(masked(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
