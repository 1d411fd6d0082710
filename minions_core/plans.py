"""The contract of a plan: what the remote model may reply, and what its code says of itself.

The contract is the paper's (arXiv 2502.15964, section 5): `prepare_jobs` returns manifests of one
task for one chunk, `transform_outputs` may sum up what came of them. The code itself runs in the
sandbox; what it may call there is in `plan_tools`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent
from typing import TypeAlias

from minions_core.loose_json import without_thoughts

_OPENING = re.compile(r"(?:[^`]*+(`{3,}+)|[ \t]*+(~{3,}+))[ \t]*+([^\s`]*+)[^`]*+")
_PREPARE = re.compile(r"^[ \t]*def prepare_jobs\b", re.MULTILINE)
_TRANSFORM = re.compile(r"^def transform_outputs\b", re.MULTILINE)
_BARE_CODE = re.compile(
    r"^(?:import [\w.]+(?: as \w+)?(?:,.*)?$|from [\w.]+ import |def |class |@|[A-Z_]+ = )",
    re.MULTILINE,
)
_ESCAPE = re.compile(r"\\\\|\\[^\r\n'\"]")
_CODE = (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Answer:
    """The remote model's reply was an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class PlanCode:
    """The remote model's reply was a plan."""

    code: str


@dataclass(frozen=True, slots=True)
class Neither:
    """The remote model's reply was no plan and no answer; `reason` tells it so."""

    reason: str


Move: TypeAlias = Answer | PlanCode | Neither


def read_move(reply: str, *, last: bool) -> Move:
    """What the remote model did: planned, answered, or neither.

    A plan with an answer beside it is a plan, since nothing had been read when the answer was
    written. On the last turn only an answer counts, and prose without the tags is taken for one.
    """
    text = without_thoughts(reply).replace("\r\n", "\n")
    answer = tagged(text, "answer")
    blocks = [block.body for block in _blocks(text) if block.is_code]
    code = _plan_code(text, blocks)
    if code and not (last and answer):
        return PlanCode(code)
    if answer:
        return Answer(answer)
    if answer == "":
        return Neither("The <answer> is empty.")
    if last and text.strip() and not blocks:
        return Answer(text.strip())
    return Neither("There is neither a Python block with prepare_jobs nor an <answer>.")


def tagged(text: str, tag: str) -> str | None:
    """What stands between `<tag>` and `</tag>` (or the end), or None if the tag is missing.

    Of several, the last that is closed and not empty: those before it only speak of the tag.
    """
    opened = re.split(f"<{tag}>", text, flags=re.IGNORECASE)[1:]
    if not opened:
        return None
    halves = [re.split(f"</{tag}>", part, maxsplit=1, flags=re.IGNORECASE) for part in opened]
    closed = [body.strip() for body, *after in halves if after]
    return next(filter(None, reversed(closed)), halves[-1][0].strip())


@dataclass(frozen=True, slots=True)
class _Block:
    """What stood between two fences, and the language its opening fence names."""

    language: str
    body: str

    @property
    def is_code(self) -> bool:
        """Whether it is Python: by its name, or without one (or a wrong one) by what it holds."""
        if self.language.startswith("py") or _PREPARE.search(self.body):
            return True
        tree = None if self.language else parsed(self.body)
        return tree is not None and any(isinstance(node, _CODE) for node in tree.body)


def _blocks(text: str) -> Iterator[_Block]:
    """The fenced blocks of a reply; the last may lack its closing fence."""
    lines = iter(text.split("\n"))
    for line in lines:
        opening = _OPENING.fullmatch(line)
        while opening:
            body: list[str] = []
            fence, language = opening[1] or opening[2], opening[3].strip("{.}").lower()
            opening = None
            for inner in lines:
                if inner.lstrip().startswith(fence):
                    again = _OPENING.fullmatch(inner)
                    opening = again if again and again[3].lower().startswith("py") else None
                    break
                before, closing, after = inner.rpartition(fence)
                if closing and not after.strip() and fence not in before:
                    body.append(before)
                    break
                body.append(inner)
            yield _Block(language, dedent("\n".join(body)))


def _plan_code(text: str, blocks: list[str]) -> str | None:
    if not blocks and _PREPARE.search(text):
        start = _BARE_CODE.search(text)
        blocks = [text[start.start() :]] if start else []
    code = "\n\n".join(blocks).strip()
    return code if _PREPARE.search(code) else None


def parsed(code: str) -> ast.Module | None:
    """The syntax tree of plan code, or None if it is not Python; strings in it lose escapes."""
    try:
        # Without escapes, the parser has no odd ones to warn of; places stay the same.
        return ast.parse(_ESCAPE.sub("__", code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def has_transform(code: str) -> bool:
    """Whether a plan defines `transform_outputs`."""
    if parsed(code) is None:
        return bool(_TRANSFORM.search(code))
    return _function(code, "transform_outputs") is not None


def accepted_arguments(code: str, function: str) -> int:
    """How many positional arguments `function` takes in `code` (3 if that cannot be told)."""
    node = _function(code, function)
    if node is None or node.args.vararg:
        return 3
    return len(node.args.posonlyargs) + len(node.args.args)


def _function(code: str, name: str) -> ast.FunctionDef | None:
    tree = parsed(code)
    found = (node for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef))
    return next((node for node in reversed(list(found)) if node.name == name), None)
