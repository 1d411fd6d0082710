"""What one text copies from others, word for word, and how to leave that out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from minions_core.evidence.folding import Folded

_LONGEST_RUN = 8
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]").match
_UNSPACED_SHARE = 2  # this many characters of a script without spaces count as one word
_KEPT = 2
_FIGURE = re.compile(r"\d")
_MARKS_BEFORE = re.compile(r"[^\w\s]{0,4}\Z")
_MARKS_AFTER = re.compile(r"[^\w\s]{0,4}")
_GAP = " ... "


class Wording:
    """The runs of more than eight words of some texts.

    Case, accents and punctuation make no difference. In scripts written without spaces two
    characters count as a word.

    Args:
        texts: what is not to be copied.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        # As hashes, which take less room; a collision costs no more than a needless gap.
        self._runs = frozenset(
            run for text in texts for _, _, run in _windows(_WORD.findall(Folded(text).text))
        )

    def without_copies(self, text: str) -> str:
        """`text` with gaps where it copies more than eight words: see `without_copies`."""
        folded = Folded(text)
        words = list(_WORD.finditer(folded.text))
        spans = [folded.origin(*word.span()) for word in words]
        told, reached = "", 0
        for first, last in self._copied([word[0] for word in words]):
            told += text[reached : spans[first + _KEPT - 1].end] + _GAP
            for span in spans[first + _KEPT : last - _KEPT]:
                if _FIGURE.search(text, span.start, span.end):
                    told += _with_marks(text, span.start, span.end) + _GAP
            reached = spans[last - _KEPT].start
        return told + text[reached:]

    def _copied(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """The stretches of `words` that stand here, as half-open ranges of their indices."""
        copied: list[tuple[int, int]] = []
        for first, last, run in _windows(words):
            if run not in self._runs:
                continue
            start = copied.pop()[0] if copied and first <= copied[-1][1] else first
            copied.append((start, last))
        return copied


def without_copies(text: str, source: str | Wording) -> str:
    """`text` without what it copies from `source` word for word.

    Of a run of more than eight words that stands in the source, the first two and the last two
    words stay, and the figures between them, each set off by ` ... `.

    Args:
        text: what is to leave the machine.
        source: what it may have been copied from.
    """
    wording = source if isinstance(source, Wording) else Wording([source])
    return wording.without_copies(text)


def _windows(words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Every shortest stretch that is longer than allowed: its range, and a hash of its words."""
    most = _LONGEST_RUN * _UNSPACED_SHARE
    weights = [1 if _IS_UNSPACED(word) else _UNSPACED_SHARE for word in words]
    last = weight = 0
    for first, lost in enumerate(weights):
        while weight <= most and last < len(words):
            weight += weights[last]
            last += 1
        if weight <= most:
            return
        yield first, last, hash(" ".join(words[first:last]))
        weight -= lost


def _with_marks(text: str, start: int, end: int) -> str:
    """A figure with the signs close around it: `(1,577)`, `$5`, `22.9%`."""
    before = _MARKS_BEFORE.search(text[max(0, start - 4) : start])
    after = _MARKS_AFTER.match(text, end)
    return (before[0] if before else "") + text[start:end] + (after[0] if after else "")
