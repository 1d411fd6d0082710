"""The passages of documents that suit a question best, as many as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from minions_core.chunking import cut
from minions_core.documents import Chunk, Document, Span
from minions_core.messages import TokenCounter
from minions_core.search.index import Index, at_least_one

_SMALLEST, _LARGEST = 200, 2000  # characters of a passage; less says nothing
_USUAL = 1000  # benchmarks/search_recall.py: the most evidence for its tokens
_FEWEST = 2  # passages there should be room for
_MANY = 16  # passages, from which on they may be larger than usual
_SAMPLES, _SAMPLE_CHARS = 8, 500
_CHARS_PER_TOKEN = 4.0
_MOST_MISSES = 8


def best_passages(
    documents: Sequence[Document],
    query: str | Sequence[str],
    *,
    max_tokens: int,
    count: TokenCounter,
    fill: bool = False,
) -> list[Chunk]:
    """Search all documents at once and take the best passages that fit.

    Documents are cut where sections would be, into passages of 200 to 2,000 characters: the larger
    the room, the larger they are. Chosen ones that stand side by side become one.

    Args:
        documents: where to look.
        query: words to look for, or several phrasings of the question.
        max_tokens: how many tokens the texts of the passages may have in all.
        count: counts tokens; what goes around each passage may be counted in.
        fill: whether to go on, in order, with passages that hold none of the words.

    Returns:
        Passages with their places, best first; their numbers are those of the first passage in
        each. Empty if nothing is found, or not even one passage fits.

    Raises:
        UsageError: `max_tokens` is not a whole number of at least 1.
    """
    at_least_one(max_tokens, "max_tokens, the room for passages,")
    passages = list(cut_all(documents, _size(documents, max_tokens, count)))
    texts = [passage.text for passage in passages]
    ranked = Index(texts).top(query, len(texts) + 1)
    if fill:
        ranked = list(dict.fromkeys([*ranked, *range(len(texts))]))
    chosen = _fitting(texts, ranked, max_tokens, count)
    merged = _merged(documents, passages, chosen)
    # What was counted apart may be more in one piece, by a token or two.
    while sum(count(passage.text) for passage in merged) > max_tokens:
        chosen.pop()
        merged = _merged(documents, passages, chosen)
    return merged


def _size(documents: Sequence[Document], max_tokens: int, count: TokenCounter) -> int:
    """How many characters a passage should have at the most."""
    room = max_tokens * _chars_per_token(documents, count)
    usual = max(_USUAL, min(room / _MANY, _LARGEST))
    return int(max(_SMALLEST, min(usual, room / _FEWEST)))


def _chars_per_token(documents: Sequence[Document], count: TokenCounter) -> float:
    """What a token comes to, by samples from all over the documents."""
    every = len(documents) // _SAMPLES + 1
    samples = [
        document.text[start : start + _SAMPLE_CHARS]
        for document in documents[::every]
        for start in range(0, len(document.text), len(document.text) // _SAMPLES + 1)
    ]
    tokens = sum(map(count, samples))
    return sum(map(len, samples)) / tokens if tokens else _CHARS_PER_TOKEN


def cut_all(documents: Sequence[Document], size: int) -> Iterator[Chunk]:
    """All documents in chunks of at most `size` characters, those of each numbered from 1."""
    for index, document in enumerate(documents):
        spans = cut(document.text, size)
        for number, span in enumerate(spans, start=1):
            text = document.text[span.start : span.end]
            yield Chunk(text, index, span, number, len(spans))


def _fitting(
    texts: Sequence[str], ranked: Sequence[int], max_tokens: int, count: TokenCounter
) -> list[int]:
    """The first of the ranked texts that fit together; a few that do not are passed over."""
    chosen: list[int] = []
    misses = 0
    for index in ranked:
        tokens = count(texts[index])
        if tokens <= max_tokens:
            max_tokens -= tokens
            chosen.append(index)
        else:
            misses += 1
        if misses > _MOST_MISSES:
            break
    return chosen


def _merged(
    documents: Sequence[Document], passages: Sequence[Chunk], chosen: Sequence[int]
) -> list[Chunk]:
    """The chosen passages, neighbours as one, in the order of the best in each."""
    runs: list[list[int]] = []
    for index in sorted(chosen):
        follows = runs and runs[-1][-1] == index - 1
        if follows and passages[index - 1].document == passages[index].document:
            runs[-1].append(index)
        else:
            runs.append([index])
    rank = {index: rank for rank, index in enumerate(chosen)}
    runs.sort(key=lambda run: min(rank[index] for index in run))
    return [_joined(documents, passages[run[0]], passages[run[-1]]) for run in runs]


def _joined(documents: Sequence[Document], first: Chunk, last: Chunk) -> Chunk:
    """All from one passage of a document to another."""
    if first.document is None or first.span is None or last.span is None:
        raise AssertionError("unreachable")  # each was cut from a document
    span = Span(first.span.start, last.span.end)
    text = documents[first.document].text[span.start : span.end]
    return replace(first, text=text, span=span)
