"""One file as a document."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.files.encodings import decoded
from minions_core.files.finding import PassedOver
from minions_core.files.kinds import Kind, kind_of
from minions_core.files.markup import markdown_of_html, markdown_of_word
from minions_core.files.pdf import pdf_text
from minions_core.files.records import lines_of_json, tables_of_csv

OnPassedOver: TypeAlias = Callable[[PassedOver], None]

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]*?(?:charset|encoding)\s*=\s*[\"']?([\w-]+)", re.IGNORECASE
)
_DECLARED_WITHIN = 2048


def document_from_bytes(
    name: str, data: bytes, *, on_passed_over: OnPassedOver | None = None
) -> Document:
    """A file, such as an upload, as a document.

    Plain text of any encoding, Markdown and source code are read as they are. PDF becomes text with
    a form feed between pages and `first_page=1`, so that every place in it has a page; Word and
    HTML become Markdown; CSV becomes short Markdown tables that repeat the header; JSON in one
    long line is spread over lines. What a file is its bytes tell before its name does.

    Args:
        name: what people call it: the document's name; its suffix helps to tell what it is.
        data: what it holds.
        on_passed_over: told of parts that could not be read: pages of a PDF that are pictures.

    Returns:
        The document, with `name` and without metadata.

    Raises:
        UsageError: it is empty, damaged, locked, or of a kind that cannot be read; one line, with
            what to do about it.
        MissingExtra: the package that reads such files is not installed.
    """
    if not data:
        raise UsageError(f"{name} is empty")
    kind = kind_of(name, data)
    if kind == "pdf":
        text, unread = pdf_text(name, data)
        if unread and on_passed_over:
            on_passed_over(PassedOver(name, unread))
        return Document(text, name, first_page=1)
    text = markdown_of_word(name, data) if kind == "docx" else _plain(name, data, kind)
    if not text.strip():
        raise UsageError(f"{name} holds no text")
    return Document(text, name)


def _plain(name: str, data: bytes, kind: Kind) -> str:
    declared = _DECLARED.search(data[:_DECLARED_WITHIN]) if kind == "html" else None
    text = decoded(data, declared[1].decode() if declared else None)
    if text is None:
        raise UsageError(f"{name} is not text: convert it to text, Markdown, PDF or .docx first")
    match kind:
        case "html":
            return markdown_of_html(text)
        case "csv":
            return tables_of_csv(text)
        case "json":
            return lines_of_json(text)
        case _:
            return text
