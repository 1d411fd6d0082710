"""Helpers as the reference implementation names them, for plans that were written for it.

https://github.com/HazyResearch/minions, `minions/utils/chunking.py`. Its chunkers measure some
things otherwise than ours; what they mean is kept as near as our arguments allow.
"""

from __future__ import annotations

from collections.abc import Mapping

CHUNKER_NAMES: Mapping[str, str] = {"chunk_by_function_and_class": "chunk_by_code"}
"""Chunkers it calls otherwise, and what they are here."""

_CHARS_PER_SENTENCE = 150
_CHARS_PER_FUNCTION = 1000
_LARGEST_CODE_CHUNK = 3000


def translated(options: Mapping[str, object]) -> dict[str, object]:
    """Options of a chunker in our words: `overlap_sentences`, `functions_per_chunk`.

    Options that are ours already stay; so does what is no positive whole number, for the chunker
    to complain of.
    """
    ours = dict(options)
    sentences = _count(ours, "overlap_sentences")
    if sentences is not None:
        size = ours.get("max_chunk_size", _LARGEST_CODE_CHUNK // 2)
        most = size // 2 if isinstance(size, int) else 0
        ours["overlap"] = max(0, min(sentences * _CHARS_PER_SENTENCE, most))
    functions = _count(ours, "functions_per_chunk")
    if functions:
        ours["max_chunk_size"] = min(functions * _CHARS_PER_FUNCTION, _LARGEST_CODE_CHUNK)
    return ours


def _count(options: dict[str, object], name: str) -> int | None:
    """Take a count out of the options, if it is there and is one."""
    value = options.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    del options[name]
    return value
