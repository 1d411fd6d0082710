"""What of a web page is read: its main part with its notes, values of forms, raised figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

_UNREAD = (
    *("script", "style", "noscript", "template", "head", "title", "svg", "iframe", "canvas"),
    *("object", "nav", "dialog"),
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BESIDE = ("aside", "footer")  # in a part of the text they hold its notes, else they are the site's
_BLOCKS = ("section", "aside", "footer", "div", "ol", "ul")
_NOTES = re.compile(r"footnote|endnote", re.IGNORECASE)
_MAIN_SHARE = 0.5
_TICKED = frozenset({"checkbox", "radio"})
_UNTYPED = frozenset(
    {"hidden", "password", "submit", "button", "reset", "image", "file", "color", *_TICKED}
)
_INLINE = frozenset({"a", "b", "em", "font", "i", "span", "strong", "u", "ins"})
_FIGURE = re.compile(r"[^\W\d_]|(?!\[).*\d.*", re.DOTALL)  # or a letter alone: the `a` of a note
_SEVERAL = re.compile(r"[\s,;]")
_BEGINS_FIGURE = re.compile(r"[+\N{MINUS SIGN}-]?\d")


def drop_unread(soup: Any) -> None:
    """Take away what is no text of the page, and write the values of its forms as text."""
    for tag in _tags(soup, _is_unseen):
        tag.extract()
    for field in soup("input"):
        field.replace_with(f" {_value(field)} ")
    for field in soup("select"):
        chosen = [option.get_text(" ", strip=True) for option in field.select("option[selected]")]
        field.replace_with(f" {', '.join(chosen)} ")
    for field in soup("textarea"):
        field.insert_before(" ")
    buttons = [button for button in soup("button") if not button.find_parent(_HEADINGS)]
    beside = [tag for tag in soup(_BESIDE) if not (_holds_notes(tag) or tag.find_parent(_is_part))]
    for tag in (*soup(_UNREAD), *buttons, *beside):
        tag.extract()


def _tags(soup: Any, wanted: Callable[[Any], bool]) -> list[Any]:
    """Those of all tags, in one pass; selectors take five times as long."""
    return [tag for tag in soup.descendants if tag.name and wanted(tag)]


def _style(tag: Any) -> str:
    return str(tag.get("style", "")).replace(" ", "").lower()


def _is_unseen(tag: Any) -> bool:
    is_hidden: bool = tag.has_attr("hidden") or tag.get("aria-hidden") == "true"
    return is_hidden or "display:none" in _style(tag)


def _is_main(tag: Any) -> bool:
    return "main" in (tag.name, tag.get("role"))


def _is_part(tag: Any) -> bool:
    return tag.name in ("article", "section") or _is_main(tag)


def _holds_notes(tag: Any) -> bool:
    told = (tag.get("role"), tag.get("id"), tag.get("class"))
    return tag.name in _BLOCKS and any(_NOTES.search(str(mark)) for mark in told if mark)


def _is_raised(tag: Any) -> bool:
    return tag.name == "sup" or "vertical-align:super" in _style(tag)


def _is_lowered(tag: Any) -> bool:
    return tag.name == "sub" or "vertical-align:sub" in _style(tag)


def _value(field: Any) -> str:
    kind = str(field.get("type", "")).lower()
    if kind in _TICKED:
        return "[x]" if field.has_attr("checked") else ""
    return "" if kind in _UNTYPED else str(field.get("value", ""))


def main_part(soup: Any) -> Any:
    """The part marked as the main one with its notes, if it holds most of the text; else all of it.

    Several parts marked as such, and several articles, are parts of the text alike.
    """
    mains = [tag for tag in _tags(soup, _is_main) if not tag.find_parent(_is_main)]
    parts = mains if len(mains) == 1 else [*mains, *soup("article")]
    if not parts:
        return soup
    part = _around([*parts, *_tags(soup, _holds_notes)])
    return part if _length(part) >= _MAIN_SHARE * _length(soup) else soup


def _around(tags: Sequence[Any]) -> Any:
    """The smallest tag that holds all of these."""
    around = _path(tags[0])
    for tag in tags[1:]:
        pairs = zip(around, _path(tag), strict=False)
        around = [above for above, _ in takewhile(lambda pair: pair[0] is pair[1], pairs)]
    return around[-1]


def _path(tag: Any) -> list[Any]:
    return [tag, *tag.parents][::-1]


def _length(tag: Any) -> int:
    return len(tag.get_text())


def set_apart(soup: Any) -> None:
    """Write `330<sup>2</sup>` as `330^2` and `10<sub>2</sub>` as `10_2`, which else were 3302, 102.

    Words that are raised (`1<sup>st</sup>`) and marks in brackets (`[2]`) stay as they are.
    """
    for tag in _tags(soup, _is_raised):
        words = tag.get_text().strip()
        if _FIGURE.fullmatch(words) and not tag.find(_is_raised):
            words = f"({words})" if _SEVERAL.search(words) and words[0] != "(" else words
            gap = " " if words[-1].isalnum() and _after(tag).isalnum() else ""
            tag.string = f"^{words}{gap}"
    for tag in _tags(soup, _is_lowered):
        words = tag.get_text().strip()
        if words and not tag.find(_is_lowered):
            mark = "_" if _before(tag).isdigit() and _BEGINS_FIGURE.match(words) else ""
            gap = " " if words[-1].isdigit() and _after(tag).isdigit() else ""
            tag.string = f"{mark}{words}{gap}"


def _before(tag: Any) -> str:
    """The character before a tag."""
    return str(tag.find_previous(string=True) or "")[-1:]


def _after(tag: Any) -> str:
    """The character after a tag, in the same run of text."""
    while tag.next_sibling is None and tag.parent is not None and tag.parent.name in _INLINE:
        tag = tag.parent
    following = tag.next_sibling
    return following.get_text()[:1] if following is not None else ""
