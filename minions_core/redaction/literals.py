"""Placeholders inside the strings of a program, replaced so that it stays the same program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TypeAlias

from minions_core.redaction.placeholders import mentions

# Python's comments and strings. JSON has strings of one kind, and no number sign outside them.
_STRING = re.compile(
    r"""\#[^\n]*|(?:\b(?P<prefix>[rbfut]{1,2}))?"""
    r"""(?:(?P<three>'''|\""")(?P<long>(?:\\.|(?!(?P=three))[^\\])*)(?P<closed>(?P=three))?"""
    r"""|(?P<one>['"])(?P<short>(?:\\.|(?!(?P=one))[^\\\n])*)(?P<ended>(?P=one))?)""",
    re.IGNORECASE | re.DOTALL,
)
# The escapes are those that Python, its f-strings and JSON read alike.
_UNSAFE = re.compile(r"['\"\\{}\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BACKSLASH = re.compile(r"\\(?P<quote>['\"]?)")

_Place: TypeAlias = tuple[int, int, str]
"""Where a value belongs, from and to, and the value."""


def replaced_in_code(code: str, values: Mapping[str, str]) -> str:
    r"""A program with the placeholders in its strings replaced, and all others left.

    Lines stay where they are. A placeholder whose brackets are escaped, `\[EMAIL_1\]`, stands in a
    regular expression, and so its value is escaped for one. Where a value cannot be written (bytes,
    the format of a field) or not safely (special characters within an f-string's field) the
    placeholder stays.

    Args:
        code: Python or JSON.
        values: what the placeholders stand for, by name.
    """
    return _STRING.sub(partial(_mended, values, in_field=False), code)


def _mended(values: Mapping[str, str], match: re.Match[str], *, in_field: bool) -> str:
    prefix = (match["prefix"] or "").lower()
    quote, body = match["three"] or match["one"], match["long"] or match["short"]
    ended = match["closed"] or match["ended"]
    if not (body and ended) or "b" in prefix:
        return match.group()
    raw, formatted = "r" in prefix, "f" in prefix or "t" in prefix
    parts = list(_parts(body)) if formatted else [(body, True)]
    texts = [part for part, is_text in parts if is_text]
    special = any(
        _UNSAFE.search(value) for text in texts for _, _, value in _places(text, values, raw=raw)
    )
    if special and in_field:
        return match.group()
    if special and raw:
        raw, prefix = False, prefix.replace("r", "")
        parts = [(_cooked(part) if is_text else part, is_text) for part, is_text in parts]
    mended = (
        _revealed(part, values, raw=raw)
        if is_text
        else _STRING.sub(partial(_mended, values, in_field=True), part)
        for part, is_text in parts
    )
    return prefix + quote + "".join(mended) + quote


def _revealed(text: str, values: Mapping[str, str], *, raw: bool) -> str:
    parts: list[str] = []
    rest = 0
    for start, end, value in _places(text, values, raw=raw):
        parts += (text[rest:start], _UNSAFE.sub(_escaped, value))
        rest = end
    return "".join([*parts, text[rest:]])


def _escaped(char: re.Match[str]) -> str:
    return f"\\u{ord(char.group()):04x}"


def _places(text: str, values: Mapping[str, str], *, raw: bool) -> Iterator[_Place]:
    """Where in the inside of a string which value belongs."""
    for mention in mentions(text):
        if mention.name not in values:
            continue
        value, end = values[mention.name], mention.span.end
        start = mention.span.start + text.startswith("\\", mention.span.start)
        escapes = start - len(text[:start].rstrip("\\"))
        if text[end - 2] == "\\" and 0 < escapes <= (1 if raw else 2):
            yield start - escapes, end, re.escape(value)
        elif raw or escapes % 2 == 0:
            yield start, end, value


def _cooked(text: str) -> str:
    """The inside of a raw string, as it is written in one that is not raw."""
    return _BACKSLASH.sub(
        lambda found: r"\\" + (f"\\{found['quote']}" if found["quote"] else ""), text
    )


def _parts(body: str) -> Iterator[tuple[str, bool]]:
    """The inside of an f-string, cut into its texts (True) and its fields in braces (False)."""
    start = place = depth = 0
    while place < len(body):
        if not depth and body[place : place + 2] in {"{{", "}}"}:
            place += 1
        elif body[place] == "{":
            if not depth:
                yield body[start:place], True
                start = place
            depth += 1
        elif body[place] == "}" and depth:
            depth -= 1
            if not depth:
                yield body[start : place + 1], False
                start = place + 1
        place += 1
    yield body[start:], not depth
