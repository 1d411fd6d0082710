"""Bytes to text, whatever the encoding.

A byte order mark decides. Then what is valid UTF-8 is UTF-8, whatever the file says of itself: by
chance other encodings hardly ever look like it. Then what the file says, and last a guess.
"""

from __future__ import annotations

import codecs
import re

from minions_core.files.packages import needed

_MARKS = (  # UTF-32 before UTF-16, whose mark it begins with
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x01-\x07\x0e-\x1a\x1c-\x1f]")  # what no line of text or terminal needs
_MUCH_CONTROL = 0.1
_GUESSED_BYTES = 65_536
_SAMPLE_BYTES = 4_096
_MANY_ZEROS = 0.3
_FEW_ZEROS = 0.02
_LEGACY = [  # what texts are met in; with rarer ones allowed, short texts are guessed to be those
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949", "koi8_r"),
]


def decoded(data: bytes, declared: str | None = None) -> str | None:
    """The text of some bytes, or None if they are no text; a line feed ends each of its lines.

    Args:
        data: a whole file.
        declared: the encoding it says it has, if it says so.

    Raises:
        MissingExtra: the encoding must be guessed, and `charset-normalizer` is not installed.
    """
    text = _decoded(data, declared)
    if text is None or "\0" in text or _is_binary(text[:_SAMPLE_BYTES]):
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, declared: str | None) -> str | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    wide = _without_a_mark(data[:_SAMPLE_BYTES])
    if wide or b"\0" in data:
        return _strict(data, wide) if wide else None
    text = _strict(data, "utf-8")
    if text is None and declared:
        text = _strict(data, declared)
    return _guessed(data) if text is None else text


def _is_binary(sample: str) -> bool:
    return len(_CONTROL.findall(sample)) > _MUCH_CONTROL * len(sample)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _without_a_mark(sample: bytes) -> str | None:
    """Which UTF-16 it is, if every other byte of much of the text is zero."""
    half = len(sample) // 2
    if not half:
        return None
    even, odd = sample[::2].count(0) / half, sample[1::2].count(0) / half
    if odd > _MANY_ZEROS and even < _FEW_ZEROS:
        return "utf-16-le"
    return "utf-16-be" if even > _MANY_ZEROS and odd < _FEW_ZEROS else None


def _guessed(data: bytes) -> str | None:
    """By the lines that ASCII cannot write, and by the first of those, since a guess takes long."""
    telling = b"\n".join(line for line in data.split(b"\n") if not line.isascii())
    head = telling[:_GUESSED_BYTES]
    head = head[: head.rfind(b"\n") + 1] or head
    text = _strict(data, _likeliest(head))
    return _strict(data, _likeliest(telling)) if text is None else text


def _likeliest(data: bytes) -> str:
    normalizer = needed("charset_normalizer", "charset-normalizer")
    best = normalizer.from_bytes(data, cp_isolation=_LEGACY).best()
    return best.encoding if best else "none"
