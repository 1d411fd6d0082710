"""The values of filled forms in a PDF: PDFium counts them as no part of a page's text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from minions_core.files.pdf_layout import Cell, Line

_HEIGHT = 12.0  # points; a box may be high, its text begins at its top
_PASSWORD = 1 << 13
_UNSEEN = 1 << 1 | 1 << 5  # hidden, no view


@dataclass(frozen=True, slots=True)
class Value:
    """What stands in a field of a form.

    Attributes:
        text: the words; `[x]` or `[ ]` for a box to tick.
        left: where the field begins, in points from the left edge of the page.
        top: its upper edge, in points from the bottom of the page.
        bottom: its lower edge.
    """

    text: str
    left: float
    top: float
    bottom: float


@contextmanager
def form_of(raw: Any, pdf: Any) -> Generator[Any]:
    """What PDFium needs for reading the form of a document; None if it has none."""
    if raw.FPDF_GetFormType(pdf) == raw.FORMTYPE_NONE:
        yield None
        return
    settings = raw.FPDF_FORMFILLINFO(version=2)  # must live as long as the form
    form = raw.FPDFDOC_InitFormFillEnvironment(pdf, settings)
    try:
        yield form
    finally:
        raw.FPDFDOC_ExitFormFillEnvironment(form)


def values_on(raw: Any, form: Any, page: Any) -> Iterator[Value]:
    """The values that stand on a page, passwords apart."""
    raw.FORM_OnAfterLoadPage(page, form)  # else no box is ticked
    try:
        for index in range(raw.FPDFPage_GetAnnotCount(page)):
            field = raw.FPDFPage_GetAnnot(page, index)
            value = _value(raw, form, field)
            raw.FPDFPage_CloseAnnot(field)
            if value:
                yield value
    finally:
        raw.FORM_OnBeforeClosePage(page, form)


def _value(raw: Any, form: Any, field: Any) -> Value | None:
    if raw.FPDFAnnot_GetFlags(field) & _UNSEEN:
        return None
    box = raw.FS_RECTF()
    text = _text(raw, form, field)
    if not text or not raw.FPDFAnnot_GetRect(field, box):
        return None
    return Value(text, box.left, box.top, box.bottom)


def _text(raw: Any, form: Any, field: Any) -> str:
    kind = raw.FPDFAnnot_GetFormFieldType(form, field)
    if kind in (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON):
        return "[x]" if raw.FPDFAnnot_IsChecked(form, field) else "[ ]"
    if kind == raw.FPDF_FORMFIELD_TEXTFIELD:
        if raw.FPDFAnnot_GetFormFieldFlags(form, field) & _PASSWORD:
            return ""
    elif kind not in (raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX):
        return ""
    return _words(lambda *room: raw.FPDFAnnot_GetFormFieldValue(form, field, *room))


def _words(told: Callable[..., int]) -> str:
    length = told(None, 0)  # in bytes
    room = (ctypes.c_ushort * (length // 2))()
    told(room, length)
    return " ".join(bytes(room).decode("utf-16-le", "replace").replace("\0", "").split())


def filled_in(lines: Sequence[Line], values: Sequence[Value]) -> list[Line]:
    """The lines of a page with the values of its form where they stand."""
    filled = list(lines)
    for value in sorted(values, key=lambda value: (-value.top, value.left)):
        cell = Cell(value.text, value.left)
        index = _beside(filled, value)
        if index is None:
            line = Line((cell,), value.top, max(value.bottom, value.top - _HEIGHT))
            filled.insert(_below(filled, value), line)
        else:
            cells = sorted((*filled[index].cells, cell), key=lambda cell: cell.left)
            filled[index] = replace(filled[index], cells=tuple(cells))
    return filled


def _beside(lines: Sequence[Line], value: Value) -> int | None:
    """The line at the height of a value, the nearest to the left if there are several."""
    middle = (value.top + value.bottom) / 2
    level = [index for index, line in enumerate(lines) if line.bottom <= middle <= line.top]

    def far(index: int) -> tuple[bool, float]:
        distance = value.left - lines[index].cells[0].left
        return distance < 0, abs(distance)

    return min(level, key=far, default=None)


def _below(lines: Sequence[Line], value: Value) -> int:
    """The place after the line that is next above a value."""
    above = [index for index, line in enumerate(lines) if line.bottom >= value.bottom]
    return min(above, key=lambda index: lines[index].bottom - value.bottom, default=-1) + 1
