"""PDF files: their text, page by page, read by PDFium (the `pypdfium2` package)."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any, NamedTuple

from minions_core.documents import PAGE_BREAK
from minions_core.errors import UsageError
from minions_core.files.packages import needed
from minions_core.files.pdf_forms import filled_in, form_of, values_on
from minions_core.files.pdf_layout import WIDE_GAP, Cell, Line, laid_out
from minions_core.files.pdf_raised import marks_within

_one_at_a_time = threading.Lock()  # PDFium must not be called from two threads at once

_PASSWORD_WANTED = 4  # FPDF_ERR_PASSWORD
_BROKEN_WORD = "\ufffe"  # what PDFium puts for a hyphen at the end of a line, and no line end
_WIDE = re.compile(r"[\U00010000-\U0010ffff]")
_LINE = re.compile(r"\S(?:[^\r\n]*\S)?")
_SPACES = re.compile(r"(?<=\S) +(?=\S)")
_BROKEN = re.compile(rf"([^\W_]{{0,64}}){_BROKEN_WORD}([^\W_]{{0,64}})")
_WORDS = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PICTURES = "holds no text on {} (pictures?): run an OCR program on it (such as ocrmypdf)"
_UNSEEN = dict.fromkeys([*range(9), 0xAD, *range(14, 32)]) | dict.fromkeys((11, 12), " ")


class PdfText(NamedTuple):
    """What a PDF says.

    Attributes:
        text: its pages, parted by form feeds; blank pages are kept.
        unread: what was not read, if there is any; ends a sentence that begins with the name.
    """

    text: str
    unread: str | None


def pdf_text(name: str, data: bytes) -> PdfText:
    """The text of a PDF, with the values of its form.

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
                pages, pictures = _pages(pdfium.raw, pdf)
        except pdfium.PdfiumError as error:
            raise UsageError(_advice(name, error)) from error
    if not any(map(str.strip, pages)):
        raise UsageError(
            f"{name} holds no text, only pictures of pages: put a layer of text under them with "
            "an OCR program (such as ocrmypdf), then try again"
        )
    unread = _PICTURES.format(_numbers(pictures)) if pictures else None
    return PdfText(PAGE_BREAK.join(_with_whole_words(pages)), unread)


def _numbers(pages: Sequence[int]) -> str:
    """Numbers of pages as people write them: `page 3`, `pages 2-4, 7`."""
    runs = [
        [page for _, page in run]
        for _, run in groupby(enumerate(pages), lambda place: place[1] - place[0])
    ]
    told = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
    return f"page {told}" if len(pages) == 1 else f"pages {told}"


def _advice(name: str, error: Any) -> str:
    if error.err_code == _PASSWORD_WANTED:
        return f"{name} is locked with a password: save a copy without one (print it to PDF)"
    return (
        f"{name} is damaged, or is not a PDF: open it in a viewer and save it anew, or get it "
        "once more"
    )


def _pages(raw: Any, pdf: Any) -> tuple[list[str], list[int]]:
    """The texts of the pages, and the numbers of those that show something, but no text."""
    texts: list[str] = []
    pictures: list[int] = []
    with form_of(raw, pdf) as form:
        for number, page in enumerate(pdf, 1):
            with closing(page):
                texts.append(_page(raw, page, form))
                if not texts[-1].strip() and raw.FPDFPage_CountObjects(page):
                    pictures.append(number)
    return texts, pictures


def _page(raw: Any, page: Any, form: Any) -> str:
    with closing(page.get_textpage()) as text_page:
        lines = list(_lines(raw, text_page))
    return laid_out(filled_in(lines, list(values_on(raw, form, page))) if form else lines)


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
        marks = marks_within(text, start, end, place)
        left, _, top, _ = place(start)
        cells: list[Cell] = []
        for gap in _SPACES.finditer(text, start, end):
            _, before, upper, lower = place(gap.start() - 1)
            after = place(gap.end())[0]
            if after - before > WIDE_GAP * (upper - lower):
                cells.append(_cell(text, start, gap.start(), left, marks))
                start, left = gap.end(), after
        cells.append(_cell(text, start, end, left, marks))
        yield Line(tuple(cells), top, place(end - 1)[3])


def _cell(text: str, start: int, end: int, left: float, marks: Mapping[int, str]) -> Cell:
    words = "".join(marks.get(index, "") + text[index] for index in range(start, end))
    return Cell(words.translate(_UNSEEN), left)


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
