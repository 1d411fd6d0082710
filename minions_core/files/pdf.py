"""PDF files: their text, page by page, read by PDFium (the `pypdfium2` package)."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from minions_core.documents import PAGE_BREAK
from minions_core.errors import UsageError
from minions_core.files.packages import needed
from minions_core.files.pdf_layout import WIDE_GAP, Cell, Line, laid_out

_one_at_a_time = threading.Lock()  # PDFium must not be called from two threads at once

_PASSWORD_WANTED = 4  # FPDF_ERR_PASSWORD
_BROKEN_WORD = "\ufffe"  # what PDFium puts for a hyphen at the end of a line, and no line end
_WIDE = re.compile(r"[\U00010000-\U0010ffff]")
_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
_SPACES = re.compile(r"(?<=\S) +(?=\S)")
_BROKEN = re.compile(rf"([^\W_]{{0,64}}){_BROKEN_WORD}([^\W_]{{0,64}})")
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_UNSEEN = dict.fromkeys([*range(9), 0xAD, *range(14, 32)]) | dict.fromkeys((11, 12), " ")


def pdf_text(name: str, data: bytes) -> str:
    """The text of a PDF, its pages parted by form feeds; blank pages are kept.

    Args:
        name: what it is called, for errors.
        data: the file.

    Raises:
        UsageError: it wants a password, is damaged, or holds pictures of pages only.
        MissingExtra: `pypdfium2` is not installed.
    """
    pdfium = needed("pypdfium2")
    with _one_at_a_time:
        try:
            with closing(pdfium.PdfDocument(data)) as pdf:
                pages = [_page(pdfium.raw, page) for page in pdf]
        except pdfium.PdfiumError as error:
            raise UsageError(_advice(name, error)) from error
    if not any(map(str.strip, pages)):
        raise UsageError(
            f"{name} holds no text, only pictures of pages: put a layer of text under them with "
            "an OCR program (such as ocrmypdf), then try again"
        )
    return PAGE_BREAK.join(_with_whole_words(pages))


def _advice(name: str, error: Any) -> str:
    if error.err_code == _PASSWORD_WANTED:
        return f"{name} is locked with a password: save a copy without one (print it to PDF)"
    return (
        f"{name} is damaged, or is not a PDF: open it in a viewer and save it anew, or get it "
        "once more"
    )


def _page(raw: Any, page: Any) -> str:
    with closing(page), closing(page.get_textpage()) as text_page:
        return laid_out(list(_lines(raw, text_page)))


def _lines(raw: Any, text_page: Any) -> Iterator[Line]:
    text: str = text_page.get_text_range()
    wide = [mark.start() for mark in _WIDE.finditer(text)]
    box = raw.FS_RECTF()

    def place(index: int) -> tuple[float, float, float, float]:
        unit = index + bisect_left(wide, index)  # PDFium counts in UTF-16
        character = raw.FPDFText_GetCharIndexFromTextIndex(text_page, unit)
        raw.FPDFText_GetLooseCharBox(text_page, character, box)
        return box.left, box.right, box.top, box.bottom

    for found in _LINE.finditer(text):
        start, end = found.span()
        left, _, top, _ = place(start)
        cells: list[Cell] = []
        for gap in _SPACES.finditer(text, start, end):
            _, before, upper, lower = place(gap.start() - 1)
            after = place(gap.end())[0]
            if after - before > WIDE_GAP * (upper - lower):
                cells.append(_cell(text, start, gap.start(), left))
                start, left = gap.end(), after
        cells.append(_cell(text, start, end, left))
        yield Line(tuple(cells), top, place(end - 1)[3])


def _cell(text: str, start: int, end: int, left: float) -> Cell:
    return Cell(text[start:end].translate(_UNSEEN), left)


def _with_whole_words(pages: Sequence[str]) -> list[str]:
    """The pages with the words that were cut at the ends of lines in one piece again.

    Whether the hyphen belongs to the word is told by the rest of the document where it can be;
    else it does unless small letters stand on both sides of it.
    """
    if not any(_BROKEN_WORD in page for page in pages):
        return list(pages)
    known = {word.casefold() for page in pages for word in _WORDS.findall(page)}

    def whole(found: re.Match[str]) -> str:
        head, tail = found.groups()
        joined, compound = head + tail, f"{head}-{tail}"
        if joined.casefold() in known:
            return joined
        is_one = head[-1:].islower() and tail[:1].islower() and compound.casefold() not in known
        return joined if is_one else compound

    return [_BROKEN.sub(whole, page) for page in pages]
