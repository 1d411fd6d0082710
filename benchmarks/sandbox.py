"""What running a plan costs: 5 MB of text with non-ASCII characters, some 4,000 manifests.

Reports medians. Each plan is run from its text to its manifests: a fresh sandbox, the documents in,
the chunks and jobs out, each job traced to its place. The goal is half a second.

    python benchmarks/sandbox.py
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import time

from minions_core.config import Budget
from minions_core.documents import Document
from minions_core.drivers import Conditions, Permits, ignore
from minions_core.effects import RunPlan
from minions_core.messages import estimate_tokens
from minions_core.sandbox import MontySandbox

LETTERS = "aeiouäöéžлжbcdfghklmnprstvw"


def program(chunks: str, task: str = "t") -> str:
    """A plan that puts two tasks to each of some chunks."""
    return (
        "def prepare_jobs(context):\n"
        f"    return [JobManifest({chunks.partition(' for ')[0]}, {task}, kind='list')\n"
        f"            for d in context for {chunks.partition(' for ')[2]}\n"
        "            for t in ('Who signed?', 'When was it signed?')]\n"
    )


PLANS = {
    "tiny": ("python", "def prepare_jobs(c):\n    return [JobManifest(c[0][:9], 'Who?')]"),
    "sections": ("python", program("x for x in chunk_by_section(d, 2900)")),
    "paragraphs": ("python", program("x for x in chunk_by_paragraph(d, 2900)")),
    "with a title": ("python", program("'Report:\\n' + x for x in chunk_by_section(d, 2900)")),
    "own slices": ("python", program("d[n : n + 2500] for n in range(0, len(d), 2500)")),
    "search": ("python", program("x for x in search(chunk_by_section(d, 2900), 'chapter 7', 20)")),
    "JSON, sections": (
        "json",
        json.dumps({"jobs": [{"tasks": ["Who signed?", "When?"], "size": 2900, "kind": "list"}]}),
    ),
    "JSON, search": (
        "json",
        json.dumps({"jobs": [{"tasks": ["Who?", "When?"], "search": "chapter 7", "k": 20}]}),
    ),
}


def report(chars: int) -> Document:
    """A text with headings, paragraphs and sentences of made-up words."""
    chance = random.Random(7)  # noqa: S311 - the same text every time
    words = ["".join(chance.choices(LETTERS, k=chance.randint(2, 10))) for _ in range(5000)]
    parts: list[str] = []
    length = 0
    while length < chars:
        sentence = " ".join(chance.choices(words, k=chance.randint(6, 20))).capitalize() + ". "
        part = sentence + "\n\n" * (chance.random() < 0.15)
        part += f"## Chapter {length}\n\n" * (chance.random() < 0.01)
        parts.append(part)
        length += len(part)
    return Document("".join(parts), "report")


def conditions() -> Conditions:
    """The circumstances of a run in which no model is asked."""
    return Conditions(
        models={},
        sandbox=MontySandbox(seconds=60),
        permits=Permits({"local": 1, "remote": 1}),
        count=estimate_tokens,
        observe=ignore,
        budget=Budget(),
    )


def timed(plan: RunPlan) -> tuple[float, int]:
    """Seconds a plan takes, and how many jobs it comes to."""
    began = time.perf_counter()
    done = conditions().run_plan(plan)
    taken = time.perf_counter() - began
    assert done.error is None, done.error
    return taken, len(done.manifests)


def main() -> None:
    """Run every plan a few times and print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--chars", type=int, default=5_000_000)
    chosen = options.parse_args()
    document = report(chosen.chars)
    for name, (language, code) in PLANS.items():
        plan = RunPlan(
            stage="prepare",
            code=code,
            language="json" if language == "json" else "python",
            documents=(document,),
            max_manifests=10_000,
        )
        times, jobs = zip(*(timed(plan) for _ in range(chosen.runs)), strict=True)
        print(f"{name:15} {max(jobs):6,} jobs  {statistics.median(times):.3f} s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
