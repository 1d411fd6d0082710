"""Source code: where its statements and definitions stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from minions_core.chunking.cutter import apart_within
from minions_core.documents import Span

_PYTHON_LINE_END = re.compile(r"\r\n?|\n")
_ESCAPE = re.compile(r"\\\\|\\[^\r\n'\"]")
_MOST_PARSED_CHARS = 500_000  # beyond that, a syntax tree takes seconds and gigabytes


def python_blocks(text: str, size: int) -> tuple[list[Span], tuple[list[int], list[int]]]:
    """Statements that fit, and where top-level and inner definitions begin; empty if not Python."""
    blocks: list[Span] = []
    definitions: tuple[list[int], list[int]] = ([], [])
    ends = [0, *(end.end() for end in _PYTHON_LINE_END.finditer(text)), len(text)]
    todo: list[tuple[ast.stmt | ast.excepthandler, int]] = [(node, 0) for node in _python(text)]
    while todo:
        node, depth = todo.pop()
        block = _statement(text, ends, node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            definitions[depth].append(block.start)
        if len(block) <= size:
            blocks.append(block)
            continue
        inner = (
            n for n in ast.iter_child_nodes(node) if isinstance(n, ast.stmt | ast.excepthandler)
        )
        todo.extend((child, 1) for child in inner)
    return apart_within(blocks, size), (sorted(definitions[0]), sorted(definitions[1]))


def _python(text: str) -> list[ast.stmt]:
    """The statements of a text, if it is Python and not too long to parse."""
    if len(text) > _MOST_PARSED_CHARS:
        return []
    try:
        # Only places matter. Without escapes, the parser has no odd ones to warn of.
        return ast.parse(_ESCAPE.sub("__", text)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _statement(text: str, starts: Sequence[int], node: ast.stmt | ast.excepthandler) -> Span:
    """A statement's lines, with its decorators and the comments right above it."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    first = min((node.lineno, *(decorator.lineno for decorator in decorators))) - 1
    while first and text[starts[first - 1] : starts[first]].lstrip().startswith("#"):
        first -= 1
    last = node.end_lineno or node.lineno
    return Span(starts[first], starts[first] + len(text[starts[first] : starts[last]].rstrip()))
