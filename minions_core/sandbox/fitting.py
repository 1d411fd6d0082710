"""Plan code fitted to the sandbox's Python, where that is safe and changes no meaning.

Models write imports by habit, repeat classes they were shown, and call `next` on a generator
expression. None of it matters to the plan, and the sandbox stumbles over all of it. Every line
stays in its place, so that errors name the lines of the plan as it was written.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from minions_core.chunking import CHUNKERS
from minions_core.plan_tools.reference import CHUNKER_NAMES
from minions_core.syntax import masked, parsed

_OTHER_LINE_ENDS = frozenset("\r\f\v\x1c\x1d\x1e\x85\u2028\u2029")


@cache
def prelude() -> str:
    """The text of what plan code finds defined."""
    return files("minions_core.sandbox").joinpath("prelude.py").read_text("utf-8")


def fitted(code: str) -> str:
    """`code` without what it does not need and the sandbox lacks; unchanged if it is not Python.

    - An import goes if nothing but an annotation uses its name, since the sandbox evaluates no
      annotations, or if the name is one that is defined already (`JobManifest`, `chunk_by_page`).
    - A class goes if it defines one of those again.
    - `next(x for x in y)` gets its `iter`: generator expressions are lists there.
    """
    tree = parsed(code)
    if tree is None or _OTHER_LINE_ENDS.intersection(code):
        return code
    lines = code.split("\n")
    for line, column, text in sorted(_insertions(code, tree), reverse=True):
        lines[line] = lines[line][:column] + text + lines[line][column:]
    for node, text in _replacements(tree):
        first, last = _first_line(node), (node.end_lineno or node.lineno)
        indent = " " * node.col_offset
        lines[first - 1 : last] = [indent + text, *[""] * (last - first)]
    changed = "\n".join(lines)
    return changed if parsed(changed) else code


def _replacements(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Statements that fill their lines, and what to write there instead."""
    there = _provided()
    again = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name in there]
    kept = ast.Module([node for node in tree.body if node not in again], [])
    statements = [node for node in ast.walk(kept) if isinstance(node, ast.stmt)]
    used, shared = _used(kept), _shared_lines([*statements, *again])
    yield from ((node, "pass") for node in again if node.lineno not in shared)
    for node in statements:
        if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno not in shared:
            needed = [name for name in node.names if _is_needed(node, name, used, there)]
            if len(needed) < len(node.names):
                yield node, ast.unparse(_with_names(node, needed)) if needed else "pass"


def _is_needed(
    node: ast.Import | ast.ImportFrom, name: ast.alias, used: frozenset[str], there: frozenset[str]
) -> bool:
    if isinstance(node, ast.ImportFrom) and name.asname in (None, name.name) and name.name in there:
        return False
    return name.name == "*" or (name.asname or name.name.partition(".")[0]) in used


def _with_names(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> ast.stmt:
    if isinstance(node, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(node.module, names, node.level)


def _used(tree: ast.Module) -> frozenset[str]:
    """Every name the code speaks of outside annotations."""
    notes = (
        note
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(note, ast.AST)
    )
    noted = {id(part) for note in notes for part in ast.walk(note)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return frozenset(name.id for name in names if id(name) not in noted)


def _shared_lines(statements: list[ast.stmt]) -> set[int]:
    """Lines on which more than one statement begins or ends."""
    seen: set[int] = set()
    shared: set[int] = set()
    for node in statements:
        simple = not hasattr(node, "body")
        for line in {node.lineno, (node.end_lineno or node.lineno) if simple else node.lineno}:
            (shared if line in seen else seen).add(line)
    return shared


def _first_line(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min((node.lineno, *(decorator.lineno for decorator in decorators)))


def _insertions(code: str, tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    """What to write at which line and column, counted from 0, around generator expressions."""
    lines = masked(code).split("\n")
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp() as made, *_]):
                # Alone, it has the parentheses of the call for its own.
                alone = (made.end_lineno, made.end_col_offset) == (
                    node.end_lineno,
                    node.end_col_offset,
                )
                yield _at(lines, made.lineno, made.col_offset, "(iter" if alone else "iter")
                if alone:
                    yield _at(lines, node.end_lineno or 0, node.end_col_offset or 0, ")")
            case _:
                pass


def _at(lines: list[str], line: int, column: int, text: str) -> tuple[int, int, str]:
    """A place the parser gives in bytes, in characters."""
    return line - 1, len(lines[line - 1].encode()[:column].decode()), text


@cache
def _provided() -> frozenset[str]:
    """Names that are defined before a plan runs and mean one thing only."""
    tree = ast.parse(prelude())
    made = (node.name for node in tree.body if isinstance(node, ast.ClassDef))
    typed = (
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "typing"
        for alias in node.names
    )
    return frozenset((*made, *typed, *CHUNKERS, *CHUNKER_NAMES))
