"""The built site, page by page: what it links to, what it fetches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHING = {
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "img": ("src", "srcset"),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "script": ("src",),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
}
_STYLE_URL = re.compile(r"""(?:url\(|@import)\s*["']?([^"')\s]+)""")


@dataclass
class Page(HTMLParser):
    """A page of the site.

    Attributes:
        path: its file.
        ids: what anchors can point at.
        links: where its links go.
        fetched: what a browser fetches to show it.
        alts: the texts of its pictures, by their sources.
    """

    path: Path
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    alts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what a tag means to a reader or a browser."""
        given = {name: value or "" for name, value in attrs}
        self.ids.update(given[name] for name in ("id", "name") if name in given)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "img":
            self.alts[given["src"]] = given.get("alt", "")
        self.fetched += [given[name] for name in _FETCHING.get(tag, ()) if name in given]
        self.fetched += _STYLE_URL.findall(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        """Take down what a style sheet within the page fetches."""
        if self.cdata_elem == "style":
            self.fetched += _STYLE_URL.findall(data)

    def targets(self) -> list[tuple[Path, str]]:
        """The file and the anchor of every link that stays within the site."""
        parts = (urlsplit(link) for link in self.links)
        return [
            (
                (self.path.parent / unquote(part.path)).resolve() if part.path else self.path,
                unquote(part.fragment),
            )
            for part in parts
            if not part.scheme and not part.netloc
        ]


def leaves_the_site(url: str) -> bool:
    """Whether a browser has to ask another host for this."""
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme in {"http", "https"}


def style_urls(sheet: Path) -> list[str]:
    """What a style sheet fetches."""
    return _STYLE_URL.findall(sheet.read_text("utf-8"))
