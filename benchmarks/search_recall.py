"""How much of the evidence the search finds within N tokens, for the question as it was asked.

Wants a folder of question sets, one folder each: `docs.jsonl.gz` (`id`, and `text` or `turns` of
`speaker` and `content`) and `questions.jsonl` or `questions.jsonl.gz` (`doc_id`, `question`, and
where the evidence stands: `evidence` of `start` and `end`, `answers` of `start` and `text`,
`answer_start` with `answer`, or `evidence_turns`, first and last of each stretch).

The first table is the share of evidence characters in the best chunks that fit, each document
searched by itself. The second is the share of evidence that no chunk holds whole.

    python benchmarks/search_recall.py FOLDER
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from minions_core.chunking import chunk_by_section
from minions_core.documents import Document, Span
from minions_core.search import Index, best_passages
from minions_core.tokens import is_exact, token_counter

ROOMS = (250, 500, 1000, 2000, 4000, 8000)
MODEL = "gpt-4"


@dataclass(frozen=True)
class Text:
    """A document, and where its turns stand if it is a conversation."""

    text: str
    turns: Sequence[Span]


@dataclass(frozen=True)
class Case:
    """A document and its questions, each with where its evidence stands."""

    text: str
    questions: Sequence[tuple[str, Sequence[Span]]]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file of JSON lines, compressed or not."""
    packed = path.with_name(f"{path.name}.gz")
    data = gzip.decompress(packed.read_bytes()) if packed.exists() else path.read_bytes()
    yield from map(json.loads, data.splitlines())


def texts(folder: Path) -> dict[str, Text]:
    """The documents of a question set, by their ids."""
    found: dict[str, Text] = {}
    for row in rows(folder / "docs.jsonl"):
        turns = [f"{turn['speaker']}: {turn['content']}\n" for turn in row.get("turns", ())]
        ends = list(accumulate(map(len, turns)))
        spans = [Span(end - len(turn), end - 1) for turn, end in zip(turns, ends, strict=True)]
        found[row["id"]] = Text(row.get("text") or "".join(turns), spans)
    return found


def cases(folder: Path) -> list[Case]:
    """The documents of a question set that have questions with evidence."""
    documents = texts(folder)
    asked: defaultdict[str, list[tuple[str, Sequence[Span]]]] = defaultdict(list)
    for row in rows(folder / "questions.jsonl"):
        evidence = evidence_of(row, documents[row["doc_id"]].turns)
        if evidence:
            asked[row["doc_id"]].append((row["question"], evidence))
    return [Case(documents[name].text, questions) for name, questions in asked.items()]


def evidence_of(row: Mapping[str, Any], turns: Sequence[Span]) -> list[Span]:
    """Where the evidence for a question stands, whichever way its set says so."""
    if row.get("evidence_turns"):
        return [Span(turns[a].start, turns[b].end) for a, b in row["evidence_turns"]]
    if row.get("evidence"):
        return [Span(item["start"], item["end"]) for item in row["evidence"]]
    if row.get("answers"):
        first = row["answers"][0]
        return [Span(first["start"], first["start"] + len(first["text"]))]
    start = row.get("answer_start")
    return [] if start is None else [Span(start, start + len(row["answer"]))]


def found(evidence: Sequence[Span], chunks: Sequence[Span]) -> float:
    """The share of the evidence's characters that stand in some chunk."""
    wanted = {at for span in evidence for at in range(span.start, span.end)}
    held = {at for span in chunks for at in range(span.start, span.end)}
    return len(wanted & held) / len(wanted)


def recalls(case: Case, size: int) -> Iterator[list[float]]:
    """For each question of a document, the recall for each of `ROOMS`."""
    count = token_counter(MODEL)
    spans = chunk_by_section(case.text, size, 0)
    texts = [case.text[span.start : span.end] for span in spans]
    tokens = [count(text) for text in texts]
    index = Index(texts)
    for question, evidence in case.questions:
        best = index.top(question, len(texts))
        used = list(accumulate(tokens[chunk] for chunk in best))
        yield [
            found(
                evidence,
                [spans[chunk] for chunk, sum_ in zip(best, used, strict=True) if sum_ <= room],
            )
            for room in ROOMS
        ]


def preview_recalls(case: Case) -> Iterator[list[float]]:
    """The same for what `best_passages` chooses for each room."""
    count = token_counter(MODEL)
    document = Document(case.text)
    for question, evidence in case.questions:
        chosen = [
            best_passages([document], question, max_tokens=room, count=count) for room in ROOMS
        ]
        yield [
            found(evidence, [passage.span for passage in best if passage.span]) for best in chosen
        ]


def split(case: Case, size: int, overlap: int | None) -> Iterator[bool]:
    """For each piece of evidence that could fit a chunk, whether none holds it whole."""
    chunks = chunk_by_section(case.text, size, overlap)
    for _, evidence in case.questions:
        for span in evidence:
            if len(span) <= size // 2:
                yield not any(c.start <= span.start and span.end <= c.end for c in chunks)


def main() -> None:
    """Print both tables for each set in the folder."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument(
        "--sizes", type=int, nargs="+", default=[1000], help="of chunks; 0 for best_passages"
    )
    options.add_argument("--overlaps", type=int, nargs="+", default=[0, 20, 100, 200, 300])
    options.add_argument("--chunk", type=int, default=3000, help="size for the second table")
    given = options.parse_args()
    folders = sorted(path.parent for path in given.folder.glob("*/docs.jsonl.gz"))
    if not folders:
        sys.exit(f"{given.folder} has no */docs.jsonl.gz: see the top of this script")
    print(f"tokens as {MODEL} counts them, exact: {is_exact(MODEL)}")
    sets = {folder.name: cases(folder) for folder in folders}
    print(f"{'set':22}{'questions':>9}{'size':>6}" + "".join(f"{room:>7}" for room in ROOMS))
    for name, read in sets.items():
        for size in given.sizes:
            shares = [
                share
                for case in read
                for share in (recalls(case, size) if size else preview_recalls(case))
            ]
            means = (100 * statistics.mean(column) for column in zip(*shares, strict=True))
            cells = "".join(f"{mean:7.1f}" for mean in means)
            print(f"{name:22}{len(shares):9}{size or 'best':>6}{cells}", flush=True)
    print(f"\nevidence that no chunk of {given.chunk} characters holds whole, in percent")
    print(f"{'set':22}" + "".join(f"{overlap:>7}" for overlap in given.overlaps) + "  overlap")
    for name, read in sets.items():
        cells = ""
        for overlap in given.overlaps:
            lost = [part for case in read for part in split(case, given.chunk, overlap)]
            cells += f"{100 * statistics.mean(lost):7.2f}" if lost else "      -"
        print(f"{name:22}{cells}", flush=True)


if __name__ == "__main__":
    main()
