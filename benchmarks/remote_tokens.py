"""Remote tokens of a one-round question: a document of about 34,000 tokens, one fact.

Every prompt and reply of the remote model is counted with tiktoken's cl100k_base. The models are
the offline ones, so the figures say what the protocol costs and not what some model writes.

    python benchmarks/remote_tokens.py
"""

from __future__ import annotations

import argparse
import statistics

from minions_core import Document, Minions, MinionsConfig
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.tokens import is_exact, token_counter

LIMIT = 2500


def main() -> None:
    """Run every question of the made-up report and print what it cost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    seed = options.parse_args().seed
    report = annual_report(seed)
    count = token_counter("gpt-4")
    engine = Minions(
        ExtractiveClient(), OfflineSupervisor(), config=MinionsConfig(price_as="gpt-4o")
    )
    print(f"document: {count(report.text):,} tokens, cl100k_base exact: {is_exact('gpt-4')}")
    print(f"{'calls':>5} {'in':>6} {'out':>5} {'total':>6} {'left':>6}  question")
    totals: list[int] = []
    for fact in report.facts.values():
        result = engine.run(fact.question, Document(report.text, "annual report"))
        calls = [message for message in result.transcript if message.role == "assistant"]
        told = 0
        spoken = 0
        prompt = 0
        for message in result.transcript:
            tokens = count(message.content)
            if message.role == "assistant":
                told += prompt
                spoken += tokens
            prompt += tokens
        if len(calls) == 2:
            totals.append(told + spoken)
        left = result.disclosure.tokens
        print(f"{len(calls):5} {told:6} {spoken:5} {told + spoken:6} {left:6}  {fact.question}")
    print(
        f"one-round questions: {len(totals)}, median {statistics.median(totals):,.0f} tokens, "
        f"most {max(totals):,} (limit {LIMIT:,})"
    )
    assert max(totals) < LIMIT, "a one-round question must stay under the limit"


if __name__ == "__main__":
    main()
