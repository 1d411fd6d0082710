"""Markup in which everything from elsewhere is escaped: documents, models and servers are not ours.

Streamlit's own Markdown would load the images that such a text names, and so tell another machine
what stands in it. Text from elsewhere goes through `tag` or `prose`, never through `st.markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINE_END = "&#10;"  # Streamlit strips the ends of lines it can see


class Html(str):
    """Markup of ours, to be taken as it is."""

    __slots__ = ()


def text(given: str) -> Html:
    """Text of any origin as markup that shows it, line breaks and all, and does nothing."""
    return Html(escape(_UNSEEN.sub(" ", given)).replace("\n", _LINE_END))


def joined(*parts: str, by: str = "") -> Html:
    """Several parts as one; what is not `Html` is escaped."""
    return Html(by.join(part if isinstance(part, Html) else text(part) for part in parts))


def tag(name: str, *content: str, **attributes: str) -> Html:
    """An element.

    Args:
        name: which.
        content: what is in it; what is not `Html` is escaped.
        attributes: `class_="card"`, `data_cite="1"`; those that are empty are left out.
    """
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value}
    opened = "".join(f' {key}="{text(value)}"' for key, value in given.items())
    return Html(f"<{name}{opened}>{joined(*content)}</{name}>")


def div(class_: str, *content: str, **attributes: str) -> Html:
    """A block."""
    return tag("div", *content, class_=class_, **attributes)


def span(class_: str, *content: str, **attributes: str) -> Html:
    """A piece of a line."""
    return tag("span", *content, class_=class_, **attributes)


def prose(given: str, pattern: re.Pattern[str], put: Callable[[re.Match[str]], Html]) -> Html:
    """A model's text with its paragraphs, lists, tables and emphasis, but no links and no images.

    Args:
        given: the text, as Markdown.
        pattern: what in its words is shown in another way.
        put: makes the markup for that.
    """
    reader = _reader()
    tokens = reader.parse(_UNSEEN.sub(" ", given))
    for token in tokens:
        token.children = [
            part for child in token.children or () for part in _put(child, pattern, put)
        ]
    rendered: str = reader.renderer.render(tokens, reader.options, {})
    return Html(rendered.replace("\n", _LINE_END))


def _put(
    token: Token, pattern: re.Pattern[str], put: Callable[[re.Match[str]], Html]
) -> Iterator[Token]:
    from markdown_it.token import Token as Made

    if token.type != "text":
        yield token
        return
    done = 0
    for match in pattern.finditer(token.content):
        yield Made("text", "", 0, content=token.content[done : match.start()])
        yield Made("html_inline", "", 0, content=put(match))
        done = match.end()
    yield Made("text", "", 0, content=token.content[done:])


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    return reader.disable(["image", "link", "autolink", "reference", "html_inline", "html_block"])


def counted(number: int, noun: str) -> str:
    """`1 job`, `2 jobs`, `1,000 jobs`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
