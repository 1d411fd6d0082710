"""Where a quote stands in a text, and whether it bears out an answer.

A quote is looked for as it is; then with case, accents, punctuation and white space folded away on
both sides; then in parts, around an ellipsis or the other figures of a table row; then with a few
slips of the pen. Whatever matched, the place found is one in the original text, and figures are
checked against what stands there, not against what the worker says stands there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice, pairwise

from minions_core.documents import Span
from minions_core.evidence.folding import Folded, fold
from minions_core.evidence.words import NEGATIONS

Range = tuple[int, int]
"""A half-open range of characters in a folded text."""

_MAX_TRIES = 50
_MAX_WORD_CHARS = 40
_WORD = re.compile(r"\S+")
_GLUED = re.compile(r"[\w.,]*")
_MAX_MARKS = 4
_OPENING = re.compile("[(\\[{\"'\u201c\u2018\u00ab$\u20ac\u00a3\u00a5]*")
_CLOSING = re.compile("[)\\]}\"'\u201d\u2019\u00bb%]*(?:[.!?](?!\\w)[)\"'\u201d\u2019\u00bb]*)?")


class Source:
    """A text to look quotes up in; it is folded once, when first needed."""

    def __init__(self, text: str) -> None:
        self.text = text

    def locate(self, quote: str, *, slips: bool = True) -> tuple[Span, ...]:
        """The spans a quote is made of, in order; none if it does not stand here.

        Args:
            quote: the words looked for.
            slips: whether a tenth of the quote's characters may differ; a figure or a "not" is
                neither added nor dropped.
        """
        if not quote.strip():
            return ()
        at = _search(quote, self.text)
        if at is not None:
            return (Span(at, at + len(quote)),)
        return self._spans(_match(quote, self._folded.text, slips=slips))

    def locate_words(self, quote: str) -> tuple[Span, ...]:
        """Like `locate`, for many quotes in a long text: no slips, and no word may be cut."""
        parts = _folded_parts(quote)
        runs = [_whole_words_of(part) for part in parts]
        if not all(self._knows(words, pairwise(_no_figures(words))) for words in runs):
            return ()
        if all(self._knows(pairwise(words)) for words in runs):
            return self.locate(quote, slips=False)
        return self._spans(_match_row(" ".join(parts), self._folded.text))

    def words_at(self, span: Span) -> str:
        """The text of `span`, widened so that no word or figure is cut."""
        before = self.text[max(0, span.start - _MAX_WORD_CHARS) : span.start]
        after = self.text[span.end : span.end + _MAX_WORD_CHARS]
        start = span.start - _length(_GLUED, before[::-1])
        return self.text[start : span.end + _length(_GLUED, after)]

    def has_word(self, word: str) -> bool:
        """Whether a folded word stands in the text, as a whole."""
        return next(_words(word, self._folded.text), None) is not None

    @cached_property
    def _folded(self) -> Folded:
        return Folded(self.text)

    @cached_property
    def _traces(self) -> frozenset[int]:
        """Every word and every two neighbours, also with figures left out as in part of a row."""
        words = self._folded.text.split()
        # As hashes, which take less room; a collision costs no more than a vain search.
        return frozenset(map(hash, chain(words, pairwise(words), pairwise(_no_figures(words)))))

    def _knows(self, *traces: Iterable[object]) -> bool:
        return self._traces.issuperset(map(hash, chain(*traces)))

    def _spans(self, ranges: Iterable[Range]) -> tuple[Span, ...]:
        """Ranges of the folded text as spans of the original."""
        spans: list[Span] = []
        for found in ranges:
            span = self._with_marks(self._folded.origin(*found))
            taken = spans[-1].end if spans else 0
            spans.append(Span(max(span.start, taken), span.end))
        return tuple(spans)

    def _with_marks(self, span: Span) -> Span:
        """`span` with the brackets, currency signs and full stop that stand close around it."""
        before = self.text[max(0, span.start - _MAX_MARKS) : span.start]
        after = self.text[span.end : span.end + _MAX_MARKS + 1]
        opening = _length(_OPENING, before[::-1])
        return Span(span.start - opening, span.end + _length(_CLOSING, after))


def _length(pattern: re.Pattern[str], text: str) -> int:
    """How many characters at the start of `text` are of a kind."""
    found = pattern.match(text)
    return found.end() if found else 0


_ELLIPSIS = re.compile(r"(?:\.\s?){3,}|\u2026")
_ELLIPSIS_CHARS = 1500
_ROW_CHARS = 400
_SHORTEST_LABEL = 4
_FUZZY_CHARS = range(20, 2001)
_CHARS_PER_SLIP = 10
_EDGE_CHARS = 4


def _match(quote: str, text: str, *, slips: bool) -> list[Range]:
    """The parts of `quote` in the folded `text`."""
    parts = _folded_parts(quote)
    if not parts:
        return []
    whole = " ".join(parts)
    at = _search(whole, text)
    if at is not None:
        return [(at, at + len(whole))]
    found = (_match_in_order(parts, text) if len(parts) > 1 else []) or _match_row(whole, text)
    return found or (_match_nearly(whole, text) if slips else [])


def _folded_parts(quote: str) -> list[str]:
    return [part for part in map(fold, _ELLIPSIS.split(quote)) if part]


def _no_figures(words: Iterable[str]) -> list[str]:
    return [word for word in words if not word[0].isdigit()]


def _whole_words_of(part: str) -> list[str]:
    """The words of a quote that are whole in the text, too."""
    words = part.split()
    # Without spaces, as other scripts than ASCII may be written, either end may cut a sentence.
    return words[not words[0].isascii() : len(words) - (not words[-1].isascii())]


def _match_in_order(parts: list[str], text: str) -> list[Range]:
    """The parts one after another, and as close together as they can be found."""
    starts = islice(_words(parts[0], text), _MAX_TRIES)
    chains = filter(None, (_chain(parts, text, start) for start in starts))
    return min(chains, key=lambda chain: chain[-1][1] - chain[0][0], default=list[Range]())


def _chain(parts: list[str], text: str, start: int) -> list[Range]:
    chain = [(start, start + len(parts[0]))]
    for part in parts[1:]:
        end = chain[-1][1]
        at = next(_words(part, text, end, end + _ELLIPSIS_CHARS + len(part)), None)
        if at is None:
            return []
        chain.append((at, at + len(part)))
    return chain


def _match_row(quote: str, text: str) -> list[Range]:
    """A row's label and some of its figures, where only other figures stand between them."""
    words = quote.split()
    size = next((n for n, word in enumerate(words) if word[0].isdigit()), len(words))
    label, cells = " ".join(words[:size]), words[size:]
    if len(label) < _SHORTEST_LABEL or not cells:
        return []
    for at in islice(_words(label, text), _MAX_TRIES):
        end = at + len(label)
        found = _cells(cells, text, end)
        if found:
            return [(at, end), *found]
    return []


def _cells(cells: list[str], text: str, start: int) -> list[Range]:
    found: list[Range] = []
    for word in _WORD.finditer(text, start, start + _ROW_CHARS):
        if word[0] == cells[len(found)]:
            found.append(word.span())
            if len(found) == len(cells):
                return found
        elif not word[0][0].isdigit():
            break
    return []


def _match_nearly(quote: str, text: str) -> list[Range]:
    """The stretch of `text` that differs from `quote` in at most a tenth of its characters."""
    if len(quote) not in _FUZZY_CHARS:
        return []
    from rapidfuzz.distance.Levenshtein import distance
    from rapidfuzz.fuzz import partial_ratio_alignment

    # Each slip costs at most two of the 2 n insertions and deletions that make up this ratio.
    near = partial_ratio_alignment(quote, text, score_cutoff=100 - 100 / _CHARS_PER_SLIP)
    if not near:
        return []
    slips = len(quote) // _CHARS_PER_SLIP
    # The ratio compares stretches as long as the quote: the true ends are some slips away.
    starts = range(max(0, near.dest_start - slips), near.dest_start + slips + 1)
    ends = range(max(0, near.dest_end - slips), min(len(text), near.dest_end + slips) + 1)
    # Of places that cost the same, the one where the quote's own edge stands.
    first, last = quote[:_EDGE_CHARS], quote[-_EDGE_CHARS:]
    start = min(
        starts,
        key=lambda at: (distance(quote, text[at : near.dest_end]), not text.startswith(first, at)),
    )
    end = min(
        ends, key=lambda at: (distance(quote, text[start:at]), not text.endswith(last, start, at))
    )
    if distance(quote, text[start:end]) > slips:
        return []
    start, end = _whole_words(start, end, text)
    return [(start, end)] if _weighty(quote) == _weighty(text[start:end]) else []


_NOT = rf"cannot|{'|'.join(sorted(NEGATIONS))}"
_VERB = "is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should|must|need"
_WEIGHTY = re.compile(rf"\d[\d.]*|\b(?:{_NOT}|(?:{_VERB})n t)\b")


def _weighty(text: str) -> list[str]:
    """The negations of a folded text and whether figures stand between: no slip adds or drops one.

    A figure may differ, for an answer is held to that of the document.
    """
    return ["figure" if word[0].isdigit() else "not" for word in _WEIGHTY.findall(text)]


def _whole_words(start: int, end: int, text: str) -> Range:
    left = text.rfind(" ", max(0, start - _MAX_WORD_CHARS), start + 1)
    right = text.find(" ", end - 1, end + _MAX_WORD_CHARS)
    if right < 0:
        right = len(text) if len(text) - end < _MAX_WORD_CHARS else end
    return (left + 1 if left >= 0 else start), right


def _search(needle: str, text: str) -> int | None:
    """The first place of `needle` that begins and ends with a word, else its first place."""
    first = text.find(needle)
    return next(_words(needle, text), first) if first >= 0 else None


def _words(needle: str, text: str, start: int = 0, stop: int | None = None) -> Iterator[int]:
    """Where `needle` stands in `text` without cutting a word, among its first places."""
    for at in islice(_occurrences(needle, text, start, stop), _MAX_TRIES):
        end = at + len(needle)
        if not _are_joined(text[at - 1 : at + 1]) and not _are_joined(text[end - 1 : end + 1]):
            yield at


def _are_joined(pair: str) -> bool:
    # Other scripts than ASCII may write words without anything between them.
    return len(pair) > 1 and pair.isascii() and pair.isalnum()


def _occurrences(needle: str, text: str, start: int = 0, stop: int | None = None) -> Iterator[int]:
    at = text.find(needle, start, stop)
    while at >= 0:
        yield at
        at = text.find(needle, at + 1, stop)
