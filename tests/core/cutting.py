"""What tests of chunkers share."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

WORDS = [
    "a",
    "Results",
    "1,234",
    "The end.",
    "Mr. Smith",
    "x" * 40,
    "漢字。文",
    "naïve",
    "É.",
    "def",
]
BREAKS = [
    " ",
    "  ",
    "\n",
    "\r\n",
    "\n\n",
    "\f",
    "\t",
    "\n# Title\n",
    "\nItem 1. Business\n\n",
    "\u2028",
]
ROWS = [
    "\na | b\n1 | 2\n",
    "\nCash    1  2\nDebt    3  4\n",
    "\nANN: hello there\n",
    "\nPage 3\n",
    "  def f():\n",
]

texts = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS + BREAKS + ROWS)).map("".join),
    st.lists(st.sampled_from(WORDS + BREAKS + ROWS), min_size=30).map("".join),
)
sizes = st.integers(1, 120)


def always(**strategies):
    """Holds for every example; never timed."""
    return lambda test: settings(deadline=None, max_examples=50)(given(**strategies)(test))


def parts(text, spans):
    return [text[span.start : span.end] for span in spans]


def covered(text, spans):
    """The characters of `text` that stand in some span, in order."""
    inside = sorted({at for span in spans for at in range(span.start, span.end)})
    return "".join(text[at] for at in inside)


def cut_words(text, spans):
    """The words that a span begins or ends within; a full stop of Chinese ends a word, too."""
    edges = {edge for span in spans for edge in (span.start, span.end)}
    stops = {stop.end() for stop in re.finditer("[。！？]", text)}  # noqa: RUF001, as documents have them
    return [
        word[0]
        for word in re.finditer(r"\S+", text)
        if (edges - stops) & set(range(word.start() + 1, word.end()))
    ]


def solid(text):
    return "".join(text.split())
