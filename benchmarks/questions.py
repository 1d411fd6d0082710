"""Turns question sets into files for `minions bench`: a sample of each, drawn with a seed.

Wants a folder of question sets as benchmarks/search_recall.py describes it, and writes one file of
JSON lines for each, the documents in it. Questions marked `impossible` have no answer: the right
thing is to say so. Where a set has no answers but only the passages that hold them, those stand in
for the answer.

    python benchmarks/questions.py FOLDER OUT --number 40
    minions bench OUT/squad2_articles.jsonl --local offline --remote offline --price-as gpt-4o
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from search_recall import Text, evidence_of, rows, texts

from minions_core.documents import Span


def answer_of(row: Mapping[str, Any], text: str, evidence: Sequence[Span]) -> list[str] | None:
    """What is right; None if the document does not tell."""
    if row.get("impossible"):
        return None
    if row.get("answers"):
        return list(dict.fromkeys(answer["text"] for answer in row["answers"]))
    if row.get("answer"):
        return [row["answer"]]
    return [" ".join(text[span.start : span.end] for span in evidence)]


def asked(folder: Path) -> Iterator[dict[str, Any]]:
    """The questions of a set that have an answer, or none on purpose, as lines."""
    documents: Mapping[str, Text] = texts(folder)
    for row in rows(folder / "questions.jsonl"):
        text = documents[row["doc_id"]]
        evidence = evidence_of(row, text.turns)
        answer = answer_of(row, text.text, evidence)
        if answer == [""]:
            continue
        yield {
            "id": str(row["id"]),
            "document": text.text,
            "question": row["question"],
            "answer": answer,
            "evidence": [[span.start, span.end] for span in evidence],
        }


def main() -> None:
    """Write a file for each set in the folder."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("folder", type=Path)
    options.add_argument("out", type=Path)
    options.add_argument("--number", type=int, default=40, help="questions of each set")
    options.add_argument("--seed", type=int, default=7)
    given = options.parse_args()
    folders = sorted(path.parent for path in given.folder.glob("*/docs.jsonl.gz"))
    if not folders:
        sys.exit(f"{given.folder} has no */docs.jsonl.gz: see the top of this script")
    given.out.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        lines = list(asked(folder))
        chosen = random.Random(given.seed).sample(lines, min(given.number, len(lines)))  # noqa: S311 - a sample, no secret
        path = given.out / f"{folder.name}.jsonl"
        path.write_text("".join(f"{json.dumps(line)}\n" for line in chosen), encoding="utf-8")
        print(f"{path}: {len(chosen)} of {len(lines)} questions")


if __name__ == "__main__":
    main()
