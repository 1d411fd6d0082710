"""BM25 search over chunks (Robertson and Zaragoza, doi:10.1561/1500000019).

Words are compared without case, accents and English endings; numbers without their
thousands separators, so that "1,577" is found by "1577". Names such as `net_income` or
`chunkSize` are found whole and by their parts; Chinese, Japanese, Korean, Thai and others that are
written without spaces by pairs of characters.
"""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache
from heapq import nsmallest
from typing import Any
from unicodedata import category, normalize

import Stemmer

from minions_core.errors import UsageError

_SNOWBALL: Any = Stemmer  # ships no types

_FUSION_CONSTANT = 60  # Cormack, Clarke and Buettcher, doi:10.1145/1571941.1572114
_FUSION_DEPTH = 50

_ACCENTS = re.compile(  # Latin, Hebrew and Arabic ones, and joiners; without them a word reads on
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670\u200c\u200d]+"
)
_NUMBERS = r"(?<![\w.])\d+\.\d+(?!\w|\.\d)|(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w|[.,]\d)"
_PLAIN_TOKEN = re.compile(rf"{_NUMBERS}|\w+")
_LAST_MARK = 0x1FFFF
_ASCII_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WITHOUT_SPACES = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
)
_UNSPACED = re.compile(f"[{_WITHOUT_SPACES}]+")
_SMALL_WORDS = """
    a about all also am an and any are as at be been being but by can could d did do does doing
    for from had has have having he her here him his how i if in into is it its just ll may me
    might more most must my no nor not of on only or other our out over re s shall she should so
    some such t than that the their them then there these they this those to too under up us ve
    very was we were what when where which while who whom whose why will with would you your
"""
_STOP_WORDS = frozenset(_SMALL_WORDS.split())


class Index:
    """Texts ready to be searched.

    Args:
        texts: what to search; they are known by their place in this sequence.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        tokens = _Numbers()
        self._vocabulary = tokens.of_words
        self._scorer: Any = None
        numbers = [
            [number for token in _tokens(text) for number in tokens[token]] for text in texts
        ]
        if self._vocabulary:
            scorer = _bm25s().BM25()
            # Its `index` does the same but logs, at a level it sets itself.
            scorer.scores = scorer.build_index_from_ids(
                list(self._vocabulary.values()), numbers, show_progress=False
            )
            self._scorer = scorer

    def top(self, query: str | Sequence[str], k: int) -> list[int]:
        """The texts that suit a query best, or several phrasings of it.

        The rankings of several phrasings are fused by reciprocal rank: a text that does well in all
        comes before one that does very well in a single one.

        Args:
            query: words to look for; those that every text has anyway ("the", "of") are ignored.
            k: how many texts at most.

        Returns:
            Indices of the texts that hold at least one of the words, best first, ties in order.

        Raises:
            UsageError: `k` is not a whole number of at least 1.
        """
        most = at_least_one(k, "k, how many texts to find,")
        queries = [query] if isinstance(query, str) else list(dict.fromkeys(query))
        if len(queries) == 1:
            return self._ranked(queries[0], most)
        fused: defaultdict[int, float] = defaultdict(float)
        for phrasing in queries:
            for rank, found in enumerate(self._ranked(phrasing, max(most, _FUSION_DEPTH)), start=1):
                fused[found] += 1 / (_FUSION_CONSTANT + rank)
        return _best(fused, most)

    def _ranked(self, query: str, k: int) -> list[int]:
        forms = (form for token in _tokens(query) for form in _forms(token))
        words = [word for word in dict.fromkeys(forms) if word in self._vocabulary]
        if not words:
            return []
        numbers = [self._vocabulary[word] for word in words]
        scores: list[float] = self._scorer.get_scores_from_ids(numbers).tolist()
        return _best(dict(enumerate(scores)), k)


def search(texts: Sequence[str], query: str | Sequence[str], k: int = 5) -> list[int]:
    """What `Index.top` finds in texts that are searched only once."""
    return Index(texts).top(query, k)


def at_least_one(number: object, what: str) -> int:
    """A number of things to find.

    Raises:
        UsageError: it is not a whole number of at least 1.
    """
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise UsageError(f"{what} must be a whole number of at least 1")
    return number


def _best(scores: dict[int, float], k: int) -> list[int]:
    """The keys of the `k` highest scores above zero."""
    found = ((-score, key) for key, score in scores.items() if score > 0)
    return [key for _, key in nsmallest(k, found)]


@cache
def _bm25s() -> Any:
    """The library, without what it says in a notebook about progress bars, which we never show."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Takes a fifth of a second and half of it for numpy: not before somebody searches.
        import bm25s
    return bm25s


class _Numbers(dict[str, tuple[int, ...]]):
    """The numbers of the words a token is indexed as, worked out when it is first met.

    Attributes:
        of_words: the number of each word.
    """

    def __init__(self) -> None:
        super().__init__()
        self.of_words: dict[str, int] = {}

    def __missing__(self, token: str) -> tuple[int, ...]:
        words = self.of_words
        self[token] = tuple(words.setdefault(word, len(words)) for word in _forms(token))
        return self[token]


def _tokens(text: str) -> list[str]:
    """What of a text is indexed, in order, as it is written."""
    folded = _folded(text)
    has_marks = not folded.isascii() and not _all_marks().isdisjoint(folded)
    found: list[str] = (_token() if has_marks else _PLAIN_TOKEN).findall(folded)
    return found


@lru_cache(maxsize=65_536)
def _forms(token: str) -> tuple[str, ...]:
    """The token as it is indexed, and its parts if it has any; nothing for a stop word."""
    if "," in token or "." in token:
        return (token.replace(",", ""),)
    token = token.strip("_")
    parts = (_ASCII_PART if token.isascii() else _part()).findall(token)
    forms = [token, *parts] if len(parts) > 1 else parts
    words = (word.casefold() for form in forms for word in _pairs(form))
    return tuple(_stem(word) for word in words if word not in _STOP_WORDS)


@cache
def _marks() -> str:
    """The characters that are vowels and the like of the letter before, no letters to Python."""
    return "".join(c for c in map(chr, range(_LAST_MARK)) if category(c) in {"Mn", "Mc"})


@cache
def _all_marks() -> frozenset[str]:
    return frozenset(_marks())  # looked through faster than a pattern of so many ranges


@cache
def _token() -> re.Pattern[str]:
    return re.compile(rf"{_NUMBERS}|\w+(?:[{_marks()}]+\w*)*")


@cache
def _part() -> re.Pattern[str]:
    letter = rf"[^\W\d_{_WITHOUT_SPACES}]"
    return re.compile(rf"[{_WITHOUT_SPACES}]+|{letter}+(?:[{_marks()}]+{letter}*)*|\d+")


def _pairs(form: str) -> Sequence[str]:
    """The pairs of characters of a form that is written without spaces between words."""
    if not _UNSPACED.fullmatch(form):
        return (form,)
    return [form[at : at + 2] for at in range(max(1, len(form) - 1))]


def _folded(text: str) -> str:
    if text.isascii():
        return text
    return normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", text)))


def _stem(word: str) -> str:
    """The word without its English endings."""
    if not word.isalpha():
        return word
    # A new one for each word costs a fifth of a microsecond; one alone must not serve two threads.
    return str(_SNOWBALL.Stemmer("english", 0).stemWord(word))
