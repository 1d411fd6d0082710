"""Source code: where its statements and definitions stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from minions_core.chunking.cutter import apart_within, first_text, source_lines
from minions_core.chunking.grammars import grammar_of, statements
from minions_core.documents import Span

Marks: TypeAlias = tuple[list[Span], tuple[list[int], list[int]]]
"""What stays whole, and where outer and inner definitions begin."""

_ESCAPE = re.compile(r"\\\\|\\[^\r\n'\"]")
_MOST_PARSED_CHARS = 500_000  # beyond that, a syntax tree takes seconds and gigabytes
_LONGEST_HEAD = 200  # of what stands in a line before a block begins in it
_PYTHON = frozenset({"python", "py", "pyi", "python3"})


def code_marks(text: str, size: int, language: str | None) -> Marks:
    """Statements that fit, with what is told of them, and where definitions begin.

    Empty if the language is not known, its parser not installed, or the text too long or not code.
    """
    if len(text) > _MOST_PARSED_CHARS:
        return [], ([], [])
    named = language is not None and language.strip().lower().lstrip(".") in _PYTHON
    tree = _python(text) if named or language is None else None
    if tree is not None:
        return _python_marks(text, size, tree)
    grammar = None if named else grammar_of(text, language)
    if grammar is None:
        return [], ([], [])
    return _marks(text, size, statements(text, grammar))


def _python(text: str) -> list[ast.stmt] | None:
    """The statements of a text, if it is Python."""
    try:
        # Only places matter. Without escapes, the parser has no odd ones to warn of.
        return ast.parse(_ESCAPE.sub("__", text)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _python_marks(text: str, size: int, tree: list[ast.stmt]) -> Marks:
    blocks: list[Span] = []
    definitions: tuple[list[int], list[int]] = ([], [])
    ends = [*source_lines(text), len(text)]
    todo: list[tuple[ast.stmt | ast.excepthandler, int]] = [(node, 0) for node in tree]
    while todo:
        node, depth = todo.pop()
        block = _python_statement(text, ends, node)
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


def _python_statement(text: str, starts: Sequence[int], node: ast.stmt | ast.excepthandler) -> Span:
    """A statement's lines, with its decorators and the comments right above it."""
    decorators: Sequence[ast.expr] = getattr(node, "decorator_list", ())
    first = min((node.lineno, *(decorator.lineno for decorator in decorators))) - 1
    while first and text[starts[first - 1] : starts[first]].lstrip().startswith("#"):
        first -= 1
    last = node.end_lineno or node.lineno
    return Span(starts[first], starts[first] + len(text[starts[first] : starts[last]].rstrip()))


def _marks(text: str, size: int, windows: Iterator[tuple[int, Sequence[Any]]]) -> Marks:
    blocks: list[Span] = []
    definitions: tuple[list[int], list[int]] = ([], [])
    for at, outermost in windows:  # one by one: a window's tree is let go before the next is read
        todo = [(outermost, 0)]
        while todo:
            nodes, depth = todo.pop()
            for node, block in _told(text, at, nodes):
                line = _line_start(text, block.start)
                if line == block.start:
                    definitions[depth].append(block.start)
                if len(block) > size:
                    todo.append((node.children, 1))
                elif line is not None:
                    blocks.append(Span(line, block.end))
    return apart_within(blocks, size), (sorted(definitions[0]), sorted(definitions[1]))


def _told(text: str, at: int, nodes: Sequence[Any]) -> Iterator[tuple[Any, Span]]:
    """The nodes of several lines, each with its place and the comments right above it."""
    comments = Span(at, at)
    for node in nodes:
        place = Span(at + node.start_byte, at + node.end_byte)
        follows = bool(comments) and text.count("\n", comments.end, place.start) <= 1
        start = comments.start if follows else place.start
        if "comment" in node.type and (follows or _line_start(text, place.start) == place.start):
            comments = Span(start, place.end)
            continue
        if node.start_point.row < node.end_point.row:
            yield node, Span(start, place.end)
        comments = Span(at, at)


def _line_start(text: str, place: int) -> int | None:
    """The first character that is not white space in the line of a place; None if far away."""
    line = text.rfind("\n", max(0, place - _LONGEST_HEAD), place) + 1
    return first_text(text, line) if line or place < _LONGEST_HEAD else None
