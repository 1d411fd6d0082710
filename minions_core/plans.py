"""The contract of a plan: what the remote model may reply, and what its code says of itself.

The contract is the paper's (arXiv 2502.15964, section 5): `prepare_jobs` returns manifests of one
task for one chunk, `transform_outputs` may sum up what came of them. The code itself runs in the
sandbox; what it may call there is in `plan_tools`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import dedent
from typing import Literal, TypeAlias

from minions_core.json_plans import holds_json_plan
from minions_core.loose_json import without_thoughts
from minions_core.syntax import parsed

_OPENING = re.compile(r"(?:[^`]*+(`{3,}+)|[ \t]*+(~{3,}+))[ \t]*+([^\s`]*+)[^`]*+")
_PREPARE = re.compile(r"^[ \t]*def prepare_jobs\b", re.MULTILINE)
_TRANSFORM = re.compile(r"^def transform_outputs\b", re.MULTILINE)
_BARE_CODE = re.compile(
    r"^(?:import [\w.]+(?: as \w+)?(?:,.*)?$|from [\w.]+ import |def |class |@|[A-Z_]+ = )",
    re.MULTILINE,
)
_ANSWERED = re.compile(r"<answer>(?:(?!<answer>).)*?</answer>", re.IGNORECASE | re.DOTALL)
OTHER_MOVES = ("```", "~~~", "<ask>", "def prepare_jobs", '"jobs"')
"""What begins a move that is no answer, in lower case."""

_CODE = (ast.Import, ast.ImportFrom, ast.Assign, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Answer:
    """The remote model's reply was an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class PlanCode:
    """The remote model's reply was a plan.

    Attributes:
        code: the plan as it was written.
        language: what it was written in.
    """

    code: str
    language: Literal["python", "json"] = "python"


@dataclass(frozen=True, slots=True)
class Neither:
    """The remote model's reply was no plan and no answer; `reason` tells it so."""

    reason: str


Move: TypeAlias = Answer | PlanCode | Neither


def read_move(reply: str, *, last: bool, answer_first: bool = False) -> Move:
    """What the remote model did: planned, answered, or neither.

    A plan with an answer beside it is a plan, since nothing had been read when the answer was
    written. With `answer_first`, for when something had been read, what comes first counts. On the
    last turn only an answer counts, and prose without the tags is taken for one.
    """
    text = without_thoughts(reply).replace("\r\n", "\n")
    if answer_first and (first := _answer_before_all(text)):
        return Answer(first)
    answer = tagged(text, "answer")
    blocks = [block.body for block in _blocks(text) if block.is_code]
    plan = _python_plan(text, blocks) or _json_plan(_ANSWERED.sub("", text))
    if plan and not (last and answer):
        return plan
    if answer:
        return Answer(answer)
    if answer == "":
        return Neither("The <answer> is empty.")
    if last and text.strip() and not blocks:
        return Answer(text.strip())
    return Neither(
        "There is neither a plan (a Python block with prepare_jobs, or JSON with jobs) "
        "nor an <answer>."
    )


def _answer_before_all(text: str) -> str:
    """The first answer that is closed, if no other move begins before it; else nothing."""
    found = _ANSWERED.search(text)
    before = text[: found.start()].lower() if found else text.lower()
    if found is None or any(mark in before for mark in OTHER_MOVES):
        return ""
    return tagged(found[0], "answer") or ""


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


def _python_plan(text: str, blocks: list[str]) -> PlanCode | None:
    if not blocks and _PREPARE.search(text):
        start = _BARE_CODE.search(text)
        blocks = [text[start.start() :]] if start else []
    code = "\n\n".join(blocks).strip()
    return PlanCode(code) if _PREPARE.search(code) else None


def _json_plan(text: str) -> PlanCode | None:
    blocks = list(_blocks(text))
    plans = [
        block.body.strip()
        for block in blocks
        if holds_json_plan(block.body, fenced=block.language.startswith("json"))
    ]
    if not blocks and holds_json_plan(text, fenced=False):
        start = min(at for at in (text.find("{"), text.find("[")) if at >= 0)
        plans = [text[start : max(text.rfind("}"), text.rfind("]")) + 1]]
    return PlanCode("\n\n".join(plans), "json") if plans else None


def has_transform(code: str) -> bool:
    """Whether a plan defines `transform_outputs`."""
    if parsed(code) is None:
        return bool(_TRANSFORM.search(code))
    return _function(code, "transform_outputs") is not None


def call_of(code: str, function: str, given: Mapping[str, str]) -> str:
    """How to call `function` as `code` defines it.

    Args:
        code: the plan.
        function: the name of a function in it.
        given: what the function may be passed, by the names the contract has for it, in order:
            expressions. Parameters with other names get theirs by position.

    Returns:
        The text of the call; with no more arguments than the function takes.
    """
    node = _function(code, function)
    if node is None or node.args.vararg or node.args.posonlyargs:
        return f"{function}({', '.join(given.values())})"
    names = [parameter.arg for parameter in node.args.args]
    by_name = [*names, *(parameter.arg for parameter in node.args.kwonlyargs)]
    passed = {
        name: given[name] for name in (given if node.args.kwarg else by_name) if name in given
    }
    for name, (contracts, value) in zip(names, given.items(), strict=False):
        if name not in given and contracts not in by_name:
            passed.pop(contracts, None)
            passed[name] = value
    return f"{function}({', '.join(f'{name}={value}' for name, value in passed.items())})"


def _function(code: str, name: str) -> ast.FunctionDef | None:
    tree = parsed(code)
    found = (node for node in (tree.body if tree else ()) if isinstance(node, ast.FunctionDef))
    return next((node for node in reversed(list(found)) if node.name == name), None)
