"""HTML and Word files as Markdown: headings, lists and tables kept, everything else plain text."""

from __future__ import annotations

import io
import re
from typing import Any

from minions_core.errors import UsageError
from minions_core.files.packages import needed

_UNREAD = (
    *(
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "svg",
        "iframe",
        "canvas",
        "object",
    ),
    *("nav", "aside", "footer", "dialog", "button", "select", "input", "textarea"),
)
_UNSEEN = "[hidden], [aria-hidden=true], [style*='display:none'], [style*='display: none']"
_CELLS = ("tbody", "tr", "td", "th")
_MAIN = "main, article, [role=main]"
_MAIN_SHARE = 0.5
_MOST_BLANK_LINES = re.compile(r"\n{3,}")
_BAR = re.compile(r"\|")
_MUCH_SPACE = re.compile(r"\s{100,}")  # markdownify takes the square of its length
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>")
_WORD_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def markdown_of_html(text: str) -> str:
    """What a page says, as Markdown: its main part, where it marks one.

    Left out are scripts, styles, forms, menus, what is hidden from readers, pictures, the
    addresses of links, and emphasis.

    Args:
        text: the HTML.

    Raises:
        MissingExtra: `markdownify`, which brings Beautiful Soup, is not installed.
    """
    soup = _parsed(_PROLOGUE.sub("", text))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    for tag in (*soup(_UNREAD), *soup.select(_UNSEEN)):
        tag.extract()
    _without_layout_tables(soup)
    if title and not soup.h1:
        return f"# {title}\n\n{_markdown(_main_part(soup))}".strip()
    return _markdown(_main_part(soup))


def markdown_of_word(name: str, data: bytes) -> str:
    """A Word document as Markdown.

    Args:
        name: what it is called, for errors.
        data: the `.docx` file.

    Raises:
        UsageError: it is damaged.
        MissingExtra: `mammoth` or `markdownify` is not installed.
    """
    mammoth = needed("mammoth")
    try:
        html: str = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_WORD_STYLES, convert_image=_no_picture
        ).value
    except Exception as error:  # whatever zip, XML and mammoth make of garbage
        raise UsageError(
            f"{name} is damaged ({type(error).__name__}): open it in a word processor and save it "
            "anew"
        ) from error
    soup = _parsed(html)
    for link in soup.select("a[href^='#footnote-ref'], a[href^='#endnote-ref']"):
        link.extract()
    return _markdown(soup)


def _no_picture(_: object) -> list[Any]:
    return []


def _parsed(html: str) -> Any:
    needed("lxml")  # html.parser does not know that a cell or an item ends where the next begins
    html = _MUCH_SPACE.sub(lambda run: "\n" if "\n" in run[0] else " ", html)
    return needed("bs4", "beautifulsoup4").BeautifulSoup(f"<div>{html}</div>", "lxml")


def _main_part(soup: Any) -> Any:
    """The part marked as the main one, if it holds most of the text; else all of it."""
    parts = soup.select(_MAIN)
    largest = max(parts, key=_length, default=None)
    return largest if largest and _length(largest) >= _MAIN_SHARE * _length(soup) else soup


def _length(tag: Any) -> int:
    return len(tag.get_text())


def _without_layout_tables(soup: Any) -> None:
    """Turn tables that hold tables, and so lay out a page, into plain blocks."""
    layouts = [table for table in soup("table") if table.table]
    known = set(map(id, layouts))
    cells = [cell for cell in soup(_CELLS) if id(cell.find_parent("table")) in known]
    for tag in (*layouts, *cells):
        tag.name = "div"


def _markdown(soup: Any) -> str:
    markdownify = needed("markdownify")
    for words in soup.find_all(string=_BAR):
        if words.find_parent(("td", "th")):
            words.replace_with(words.replace("|", "\\|"))
    converter = markdownify.MarkdownConverter(
        heading_style="ATX",
        bullets="-",
        strip=["a", "img", "b", "strong", "i", "em"],
        escape_asterisks=False,
        escape_underscores=False,
        table_infer_header=True,
    )
    try:
        text: str = converter.convert_soup(soup)
    except RecursionError:  # thousands of tags within one another
        text = soup.get_text("\n")
    trimmed = "\n".join(map(str.rstrip, text.split("\n")))
    return _MOST_BLANK_LINES.sub("\n\n", trimmed).strip()
