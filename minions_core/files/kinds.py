"""What kind of file some bytes are: by what they begin with, then by the name."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath
from typing import Literal, TypeAlias

from minions_core.errors import UsageError

Kind: TypeAlias = Literal["pdf", "docx", "html", "csv", "json", "text"]

_BY_SUFFIX: dict[str, Kind] = {
    **dict.fromkeys((".htm", ".html", ".xhtml"), "html"),
    **dict.fromkeys((".csv", ".tsv"), "csv"),
    ".json": "json",
    ".pdf": "pdf",
    ".docx": "docx",
}
_WORD = "is an old Word file, or locked with a password: save it as .docx without one"
_SHEET = "is a spreadsheet: save its sheets as .csv"
_SLIDES = "is a presentation: save it as PDF"
_TEXT_FILE = "cannot be read in this form: save it as .docx, PDF or plain text"
_BOOK = "is an e-book: convert it to HTML or plain text, for instance with pandoc"
_PICTURE = "is a picture: put its text into a PDF with an OCR program (such as ocrmypdf)"
_RECORDING = "is a recording: pass a transcript of it as plain text"
_ARCHIVE = "is an archive: unpack it and pass the folder"
_ADVICE = {
    ".doc": _WORD,
    **dict.fromkeys((".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".numbers"), _SHEET),
    **dict.fromkeys((".ppt", ".pptx", ".odp", ".key"), _SLIDES),
    **dict.fromkeys((".odt", ".rtf", ".pages", ".wpd", ".msg"), _TEXT_FILE),
    **dict.fromkeys((".epub", ".mobi", ".azw3"), _BOOK),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp"), _PICTURE),
    **dict.fromkeys((".webp", ".heic", ".ico"), _PICTURE),
    **dict.fromkeys((".mp3", ".wav", ".m4a", ".ogg", ".flac", ".mp4", ".mov", ".mkv"), _RECORDING),
    **dict.fromkeys((".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz"), _ARCHIVE),
}
_MAGIC = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _WORD),
    (b"\x89PNG\r\n", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"{\\rtf", _TEXT_FILE),
    (b"\x1f\x8b", _ARCHIVE),
    (b"7z\xbc\xaf", _ARCHIVE),
)
_PDF_MARK, _HEAD_BYTES = b"%PDF-", 1024
_ZIP_MARK = b"PK\x03\x04"
_IN_ZIP = (("word/document.xml", "docx"), ("xl/", _SHEET), ("ppt/", _SLIDES))
_HTML_MARKS = (b"<!doctype html", b"<html")


def kind_of(name: str, data: bytes) -> Kind:
    """How a file is to be read.

    Args:
        name: what it is called; its suffix counts where its bytes leave open what it is.
        data: what it holds.

    Raises:
        UsageError: it is of a kind that cannot be read; says what to convert it to.
    """
    suffix = PurePath(name).suffix.lower()
    head = data[:_HEAD_BYTES]
    if _PDF_MARK in head if suffix == ".pdf" else head.lstrip().startswith(_PDF_MARK):
        return "pdf"
    if data.startswith(_ZIP_MARK):
        by_suffix = "docx" if suffix == ".docx" else _ADVICE.get(suffix, _ARCHIVE)
        found: str | None = _in_zip(data) or by_suffix
    elif suffix in _ADVICE:
        found = _ADVICE[suffix]
    else:
        found = next((advice for mark, advice in _MAGIC if data.startswith(mark)), None)
    if found == "docx":
        return "docx"
    if found:
        raise UsageError(f"{name} {found}")
    if not suffix and head.lstrip().lower().startswith(_HTML_MARKS):
        return "html"
    return _BY_SUFFIX.get(suffix, "text")


def _in_zip(data: bytes) -> str | None:
    """What the parts of an Office file show it to be; a damaged archive shows nothing."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    return next((kind for start, kind in _IN_ZIP if any(p.startswith(start) for p in parts)), None)
