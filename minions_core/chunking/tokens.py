"""Room counted in tokens, by whatever counts them.

The tokens of a text are not the sum of those of its parts, so what a chunk holds is counted whole.
How far it goes is found by proportion: a few counts of about a chunk's length for each chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from minions_core.documents import Span
from minions_core.messages import TokenCounter

_CHARS_PER_TOKEN = 4  # to begin with
_FULL = 15 / 16  # of the tokens a chunk may hold: full enough to stop counting
_AIM = 31 / 32
_MOST_GROWTH = 4
_GUESSES = 8  # by proportion; then the interval is halved
_WORD_AROUND = re.compile(r"\S{2,}(?=\s|$)")
_LITTLE = 8  # less than one part in so many is left: perhaps all of it fits


class Tokens:
    """The room of the chunks of one text, in tokens.

    Args:
        text: the text.
        most: how many tokens a chunk may hold.
        overlap: how many of them the next may repeat.
        count: counts tokens.
    """

    def __init__(self, text: str, most: int, overlap: int, count: TokenCounter) -> None:
        self._text = text
        self._length = len(text.rstrip())
        self._most = most
        self._overlap = overlap
        self._count = count
        self._width = self.longest
        self._reached = (-1, 0)

    @property
    def longest(self) -> int:
        """How many characters a chunk may hold, roughly."""
        return max(1, min(_CHARS_PER_TOKEN * self._most, self._length))

    def reach(self, start: int) -> int:
        """How far a chunk that begins at `start` may go, or nearly; at least one character."""
        if self._reached[0] != start:
            counted = partial(self._tokens_from, start)
            width = _widest(counted, self._width, self._length - start, self._most)
            self._width = max(1, width)
            self._reached = (start, self._whole_word(start, start + self._width))
        return self._reached[1]

    def _whole_word(self, start: int, limit: int) -> int:
        """The end of the word around a limit if that fits, too."""
        word = _WORD_AROUND.match(self._text, limit - 1, limit + (limit - start) // _LITTLE + 1)
        return word.end() if word and self.fits(start, word.end()) else limit

    def fits(self, start: int, end: int) -> bool:
        """Whether a chunk can hold that range."""
        return self._count(self._text[start:end]) <= self._most

    def holds(self, block: Span) -> bool:
        """Whether a chunk that begins with a block is sure to reach its end."""
        return self._count(self._text[block.start : block.end]) <= int(_FULL * self._most)

    def tail(self, chunk: Span) -> int:
        """How early in a chunk its repetition may begin: at half of it, at the earliest."""
        if not self._overlap:
            return chunk.end
        half = len(chunk) // 2
        return chunk.end - _widest(partial(self._tokens_to, chunk.end), half, half, self._overlap)

    def repeats(self, start: int, end: int) -> bool:
        """Whether that range is short enough to be repeated."""
        return self._count(self._text[start:end]) <= self._overlap

    def _tokens_from(self, start: int, width: int) -> int:
        return self._count(self._text[start : start + width].rstrip())

    def _tokens_to(self, end: int, width: int) -> int:
        return self._count(self._text[end - width : end])


def _widest(counted: Callable[[int], int], guess: int, longest: int, most: int) -> int:
    """A width up to `longest` that counts at most `most`, and nearly as much unless it is all.

    Returns:
        0 if not even one character counts so little.
    """
    low, high, full, guesses = 0, longest + 1, False, 0
    while high - low > 1 and not (full and (high <= longest or _LITTLE * (longest - low) > low)):
        width = min(max(guess, low + 1), high - 1)
        tokens = counted(width)
        guesses += 1
        if tokens > most:
            high = width
        else:
            low, full = width, tokens >= _FULL * most
        if full:
            guess = longest
        elif guesses <= _GUESSES:
            guess = int(width * min(_AIM * most / max(tokens, 1), _MOST_GROWTH))
        else:
            guess = (low + high) // 2 if high <= longest else _MOST_GROWTH * low
    return low
