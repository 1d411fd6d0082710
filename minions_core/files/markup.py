"""HTML and Word files as Markdown: headings, lists and tables kept, everything else plain text."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from minions_core.errors import UsageError
from minions_core.files.packages import needed
from minions_core.files.page_parts import drop_unread, main_part, set_apart

_CELLS = ("tbody", "tr", "td", "th")
_COLUMNS = ("td", "th")
_MOST_BLANK_LINES = re.compile(r"\n{3,}")
_MUCH_SPACE = re.compile(r"\s{100,}")  # markdownify takes the square of its length
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>")
_LARGEST = 40_000_000  # bytes of XML; reading them takes half a minute
_XML = (".xml", ".rels")
_PICTURES = ("word/media/", "word/embeddings/", "word/fonts/")
_WORD_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def markdown_of_html(text: str) -> str:
    """What a page says, as Markdown: its main part with its notes, where it marks one.

    Left out are scripts, styles, buttons, menus, what is hidden from readers, pictures, the
    addresses of links, and emphasis. Of forms, what was typed and chosen is read.

    Args:
        text: the HTML.

    Raises:
        MissingExtra: `markdownify`, which brings Beautiful Soup, is not installed.
    """
    soup = _parsed(_PROLOGUE.sub("", text))
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    drop_unread(soup)
    _without_layout_tables(soup)
    if title and not soup.h1:
        return f"# {title}\n\n{_markdown(main_part(soup))}".strip()
    return _markdown(main_part(soup))


def markdown_of_word(name: str, data: bytes) -> str:
    """A Word document as Markdown.

    Args:
        name: what it is called, for errors.
        data: the `.docx` file.

    Raises:
        UsageError: it is damaged, or too large.
        MissingExtra: `mammoth` or `markdownify` is not installed.
    """
    mammoth = needed("mammoth")
    try:
        _refuse_if_huge(name, data)
        html: str = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_WORD_STYLES, convert_image=_no_picture
        ).value
    except UsageError:
        raise
    except Exception as error:  # whatever zip, XML and mammoth make of garbage
        raise UsageError(
            f"{name} is damaged ({type(error).__name__}): open it in a word processor and save it "
            "anew"
        ) from error
    soup = _parsed(html)
    for link in soup.select("a[href^='#footnote-ref'], a[href^='#endnote-ref']"):
        link.extract()
    return _markdown(soup)


def _refuse_if_huge(name: str, data: bytes) -> None:
    """Look at how large the parts of a Word file say they are, pictures apart.

    Raises:
        UsageError: reading them would take minutes.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = sum(
            part.file_size
            for part in parts.infolist()
            if part.filename.endswith(_XML) or not part.filename.startswith(_PICTURES)
        )
    if size > _LARGEST:
        raise UsageError(
            f"{name} is {size // 1_000_000} MB of text when unpacked, and at most "
            f"{_LARGEST // 1_000_000} are read: split it, or save it as plain text"
        )


def _no_picture(_: object) -> list[Any]:
    return []


def _parsed(html: str) -> Any:
    needed("lxml")  # html.parser does not know that a cell or an item ends where the next begins
    html = _MUCH_SPACE.sub(lambda run: "\n" if "\n" in run[0] else " ", html)
    return needed("bs4", "beautifulsoup4").BeautifulSoup(f"<div>{html}</div>", "lxml")


def _without_layout_tables(soup: Any) -> None:
    """Turn tables that hold tables, and so lay out a page, into plain blocks."""
    layouts = {id(table) for table in soup("table") if table.table}
    if not layouts:
        return
    tables: dict[int, int] = {}  # of a tag: the innermost table that it is in, or that it is
    for tag in list(soup.descendants):
        around = tables.get(id(tag.parent), 0)
        tables[id(tag)] = id(tag) if tag.name == "table" else around
        if id(tag) in layouts or (tag.name in _CELLS and around in layouts):
            tag.name = "div"


def _escape_bars(soup: Any) -> None:
    """Escape the bars in cells, which would part them."""
    inside: set[int] = set()
    for node in list(soup.descendants):
        if node.name in _COLUMNS or id(node.parent) in inside:
            inside.add(id(node))
            if node.name is None and "|" in node:
                node.replace_with(node.replace("|", "\\|"))


def _markdown(soup: Any) -> str:
    markdownify = needed("markdownify")
    set_apart(soup)
    _escape_bars(soup)
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
