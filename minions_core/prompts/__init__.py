"""Every sentence the models are told, one template file each, rendered strictly.

A template holds `{{name}}` marks. Rendering wants exactly the values the template names: one too
few or one too many is an error, so that nothing a protocol meant to say can silently get lost.
Values are put in as they are and never read as templates themselves.

A user's own text may take the place of a template: see `minions_core.prompts.own`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

_UNSEEN = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_HIDDEN = f"[{_UNSEEN}]*+"
_GAP = rf"[\s{_UNSEEN}]*+"
_TEXT = _HIDDEN.join(("[t\uff54]", "[e\uff45]", "[x\uff58]", "[t\uff54]"))
_TOKENS = (
    r"s|bos|eos|pad|unk|(?:start|end|begin)_of_\w+|end_turn|im_(?:start|end)|think"
    r"|tool_(?:call|response)s?|<?/?SYS>|unused\d+"
)
_AFTER_AN_OPENING_MARK = (
    rf"{_GAP}[/\uff0f]{_GAP}{_TEXT}\b",
    rf"{_GAP}{_TEXT}{_GAP}[>\uff1e\ufe65]",
    rf"{_HIDDEN}{_TEXT}\b",
    rf"{_HIDDEN}[|\uff5c][^\s|\uff5c<>]{{1,60}}[|\uff5c]>",
    rf"{_HIDDEN}/?(?:{_TOKENS})>",
)
_LIKE_OURS = re.compile(rf"[<\uff1c\ufe64](?={'|'.join(_AFTER_AN_OPENING_MARK)})", re.IGNORECASE)
_IN_BRACKETS = re.compile(
    r"\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_(?:CALLS|RESULTS|CONTENT)|IMG)\])"
)
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*+\n){3,}+")
_BLANKS = re.compile(r"(?<=\S)[^\S\r\n\f]{21,}+")  # not the indentation of code
_WIDEST_GAP = " " * 20
_MARK = re.compile(r"\{\{(\w+)\}\}")
_NOTHING: Mapping[str, str] = MappingProxyType({})


def render(name: str, own: Mapping[str, str] = _NOTHING, /, **values: object) -> str:
    """The text of the template `name` with its marks replaced.

    Args:
        name: which template.
        own: texts that take the place of templates, by their names.
        values: what to put in the place of each mark.

    Raises:
        LookupError: `values` are not exactly what the text names.
    """
    text = own.get(name) or template(name)
    wanted = marks(text).keys()
    if wanted != values.keys():
        raise LookupError(f"template {name} wants {sorted(wanted)}, was given {sorted(values)}")
    return _MARK.sub(lambda mark: str(values[mark[1]]), text)


def marks(text: str) -> Counter[str]:
    """The names of the `{{marks}}` of a text, and how often each stands in it."""
    return Counter(_MARK.findall(text))


@cache
def template(name: str) -> str:
    """The built-in text of a template.

    Raises:
        FileNotFoundError: there is none of this name.
    """
    return files(__name__).joinpath(f"{name}.md").read_text("utf-8").rstrip("\n")


def fenced(text: str) -> str:
    """A document's text for a place between `<text>` and `</text>`, which nothing in it ends.

    Nor does anything in it pass for a mark that models take for the end of a turn, as
    `<|im_start|>` and `[INST]`. Long runs of blank lines and of spaces are shortened.
    """
    shorter = _BLANKS.sub(_WIDEST_GAP, _BLANK_LINES.sub("\n\n\n", text))
    return _IN_BRACKETS.sub("(", _LIKE_OURS.sub("\u2039", shorter))
