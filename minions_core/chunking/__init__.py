"""Text cut into spans at the places where a reader would cut it.

Every chunker keeps these promises. Its spans are in order, each begins and ends later than the one
before, and together they hold every character that is not white space. None is longer than the
size asked for. A word is cut only if it is longer than the size by itself. Time grows with the
length of the text and no faster, whatever the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise

from minions_core.chunking.arguments import checked_count, checked_language, checked_room
from minions_core.chunking.code import code_marks
from minions_core.chunking.cutter import Characters, Cutter, Lines, first_text, listed
from minions_core.chunking.markdown import markdown_spans
from minions_core.chunking.pages import page_breaks
from minions_core.chunking.sections import paragraph_spans, section_spans
from minions_core.chunking.tokens import Tokens
from minions_core.documents import PAGE_BREAK, Span
from minions_core.messages import TokenCounter, estimate_tokens

_PAGE_CHARS = 3000
_SENTENCE_CHARS = 200  # benchmarks/search_recall.py: more keeps hardly more evidence whole
_SMALL_SHARE = 5


def chunk_by_section(
    text: str, max_chunk_size: int = 3000, overlap: int | None = None
) -> list[Span]:
    """Cut at headings where possible, then at blank lines, line ends, sentence ends, white space.

    Args:
        text: what to cut.
        max_chunk_size: the longest chunk, in characters. Tables that fit are kept whole.
        overlap: how many characters of a chunk's end the next may repeat, at most half of it. It
            repeats whole lines, turns or sentences; single words only where a sentence had to be
            cut; nothing before a heading. None is room for a sentence or a short turn: 200, or a
            fifth of a small size.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    asked = 0 if overlap is None else overlap
    size, repeated = checked_room("chunk_by_section", text, max_chunk_size, asked)
    if overlap is None:
        repeated = min(_SENTENCE_CHARS, size // _SMALL_SHARE)
    return section_spans(text, Characters(size, repeated))


def chunk_by_paragraph(text: str, max_chunk_size: int = 1500, overlap: int = 0) -> list[Span]:
    """Merge paragraphs, parted by blank lines, up to a size; cut longer ones at sentence ends.

    Args and errors are those of `chunk_by_section`, but that nothing is repeated unless asked for.
    """
    room = checked_room("chunk_by_paragraph", text, max_chunk_size, overlap)
    return paragraph_spans(text, Characters(*room))


def chunk_by_tokens(
    text: str,
    max_chunk_tokens: int = 800,
    overlap: int = 0,
    *,
    count: TokenCounter = estimate_tokens,
) -> list[Span]:
    """Cut where `chunk_by_section` does, to at most so many tokens a chunk.

    Args:
        text: what to cut.
        max_chunk_tokens: the largest chunk, as `count` counts its text. A single character that
            counts more is a chunk of its own.
        overlap: how many tokens of a chunk's end the next may repeat, as whole sentences or lines,
            at most half of it.
        count: counts tokens; it is called a few times for each chunk.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    name = "chunk_by_tokens"
    most, repeated = checked_room(name, text, max_chunk_tokens, overlap, unit="tokens")
    return section_spans(text, Tokens(text, most, repeated, checked_count(name, count)))


def chunk_by_markdown(text: str, max_chunk_size: int = 3000, overlap: int = 0) -> list[Span]:
    """Cut Markdown before headings: a section that does not fit at those below its own.

    Small sections are merged while they fit, those of higher headings cut first. Code, tables and
    list items are kept whole where they fit. What is a heading CommonMark decides: not a comment in
    a block of code.

    Args and errors are those of `chunk_by_section`, but that nothing is repeated unless asked for.
    """
    room = checked_room("chunk_by_markdown", text, max_chunk_size, overlap)
    return markdown_spans(text, Characters(*room))


def chunk_by_page(text: str) -> list[Span]:
    """One span for each page that is not blank, however long.

    Pages are parted by form feeds; without any, by lines that are clearly page marks ("Page 12",
    "- 12 -", "12 of 90", or lone numbers that count up page by page); without those, they are
    sections of about a page (3,000 characters).

    Raises:
        UsageError: `text` is not a str.
    """
    room = checked_room("chunk_by_page", text, _PAGE_CHARS, 0)
    breaks = [mark.end() for mark in re.finditer(PAGE_BREAK, text)] or page_breaks(text)
    if not breaks:
        return section_spans(text, Characters(*room))
    pages = (_trimmed(text, start, end) for start, end in pairwise((0, *breaks, len(text))))
    return [page for page in pages if page]


def chunk_by_code(text: str, max_chunk_size: int = 3000, language: str | None = None) -> list[Span]:
    """Cut source code between definitions; nothing is dropped.

    Python is parsed: functions and classes, with their decorators and the comments right above,
    stay whole where they fit, and so do the methods of a class that does not. With the extra
    `minions-integrations[code]`, so are C, C++, C#, Go, Java, JavaScript, PHP, Ruby, Rust and
    TypeScript. Anything else, what does not parse, and text of more than 500,000 characters is cut
    at blank lines, those before the least indented lines first.

    Args:
        text: what to cut.
        max_chunk_size: the longest chunk, in characters.
        language: the name of the language or the suffix of its files ("javascript", "js", ".js").
            None to guess it from the text; one that is not known is cut at blank lines.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    size, _ = checked_room("chunk_by_code", text, max_chunk_size, 0)
    lines = Lines.of(text)
    blocks, definitions = code_marks(text, size, checked_language("chunk_by_code", language))
    ranks = (
        *(listed(starts, 0) for starts in definitions),
        listed(lines.after_blanks(outermost=True), 0.3),
        listed(lines.after_blanks(), 0.3),
        listed(lines.starts, 0.3),
    )
    return Cutter(text, lines.starts, Characters(size), ranks, blocks).spans()


def cut(text: str, max_size: int) -> list[Span]:
    """Cut any text to at most `max_size` characters a piece, where sections would be cut.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    return section_spans(text, Characters(*checked_room("cut", text, max_size, 0)))


CHUNKERS: Mapping[str, Callable[..., list[Span]]] = {
    "chunk_by_section": chunk_by_section,
    "chunk_by_page": chunk_by_page,
    "chunk_by_paragraph": chunk_by_paragraph,
    "chunk_by_tokens": chunk_by_tokens,
    "chunk_by_markdown": chunk_by_markdown,
    "chunk_by_code": chunk_by_code,
}
"""The chunkers by the names plans call them."""


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The lines of a range that are not blank, from first to last, or None."""
    last = start + len(text[start:end].rstrip())
    if last == start:
        return None
    return Span(max(start, text.rfind("\n", start, first_text(text, start)) + 1), last)
