"""Makes docstrings ready for the reference: defaults of fields, and lists of arguments.

Loaded by mkdocstrings, before it reads them; see `extensions` in mkdocs.yml.
"""
# ruff: noqa: INP001 - loaded by its path

from __future__ import annotations

import ast
import re
from typing import Any

import griffe

_SECTION = re.compile(r"^Attributes:\n(?P<items>(?:(?: +.*)?\n?)*)", re.MULTILINE)
_ARGUMENTS = re.compile(r"^Key init args:\n(?P<items>(?:(?: +.*)?\n?)*)", re.MULTILINE)
_NAMES = re.compile(r"^ {4}(?P<names>\*{0,2}\w+(?:, \w+)*): ", re.MULTILINE)


class Reading(griffe.Extension):
    """Adds to docstrings what a reader of the page cannot see in the code."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Mend the docstring of a class or function."""
        if obj.docstring is None:
            return
        text = _ARGUMENTS.sub(_listed, obj.docstring.value)
        if isinstance(obj, griffe.Class):
            text = _SECTION.sub(lambda section: _with_defaults(section[0], obj), text)
        obj.docstring.value = text


def _listed(section: re.Match[str]) -> str:
    """Arguments as a Markdown list: they would run into one paragraph."""
    return "Key init args:\n" + _NAMES.sub(_item, section["items"])


def _item(argument: re.Match[str]) -> str:
    names = ", ".join(f"**`{name}`**" for name in argument["names"].split(", "))
    return f"    - {names}: "


def _with_defaults(section: str, owner: griffe.Class) -> str:
    """A list of attributes, each with its default where that is a plain value."""
    for name, member in owner.members.items():
        default = _default(member) if isinstance(member, griffe.Attribute) else None
        if default is not None:
            item = re.compile(rf"^ {{4}}{name}: .*(?:\n {{5,}}.*)*", re.MULTILINE)
            section = item.sub(
                lambda found, told=default: f"{found[0]} Default: `{told}`.", section
            )
    return section


def _default(attribute: griffe.Attribute) -> str | None:
    """The default of a field, as it is written; None if it has none, or one that is computed."""
    if attribute.value is None:
        return None
    value = ast.parse(str(attribute.value), mode="eval").body
    if isinstance(value, ast.Call) and ast.unparse(value.func) in {"Field", "field"}:
        given = {keyword.arg: keyword.value for keyword in value.keywords}
        if "default" not in given:
            return None
        value = given["default"]
    is_plain = isinstance(value, ast.Constant) or ast.unparse(value) in {"Budget()", "JobOutput"}
    return ast.unparse(value) if is_plain else None
