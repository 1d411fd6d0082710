"""Remote tokens of a question about a document of about 34,000 tokens, by rounds.

Every prompt and reply of the remote model is counted with tiktoken's cl100k_base. The models are
the offline ones, and for two and three rounds a script that plans again before it answers, so the
figures say what the protocol costs and not what some model writes.

    python benchmarks/remote_tokens.py
"""

from __future__ import annotations

import argparse
import statistics
from dataclasses import dataclass

from minions_core import Document, Message, Minions, MinionsConfig, MinionsResult
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.testing import ScriptedModel
from minions_core.tokens import is_exact, token_counter

LIMIT = 2500
COUNT = token_counter("gpt-4")
SETTINGS = MinionsConfig(price_as="gpt-4o", max_rounds=4)


@dataclass(frozen=True)
class Spent:
    """Calls and tokens of the remote model in one run."""

    calls: int
    input_tokens: int
    output_tokens: int

    @property
    def total(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __str__(self) -> str:
        return f"{self.calls:5} {self.input_tokens:6} {self.output_tokens:5} {self.total:6}"


def spent(transcript: tuple[Message, ...]) -> Spent:
    """What a conversation cost in which each turn is sent all that came before it."""
    calls = sent = said = prompt = 0
    for message in transcript:
        tokens = COUNT(message.content)
        if message.role == "assistant":
            calls, sent, said = calls + 1, sent + prompt, said + tokens
        prompt += tokens
    return Spent(calls, sent, said)


def in_rounds(question: str, report: Document, rounds: int) -> MinionsResult:
    """A run whose remote model plans `rounds` times, each time with other words, then answers."""
    offline = OfflineSupervisor()
    first = Minions(ExtractiveClient(), offline, config=SETTINGS).run(question, report)
    plan, answer = first.transcript[2].content, f"<answer>{first.answer}</answer>"
    plans = [plan.replace(question, f"{question} (part {number})") for number in range(rounds)]
    return Minions(
        ExtractiveClient(), ScriptedModel([*plans, answer], name="gpt-4o"), config=SETTINGS
    ).run(question, report)


def main() -> None:
    """Run every question of the made-up report and print what it cost."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=7)
    facts = annual_report(options.parse_args().seed)
    report = Document(facts.text, "annual report")
    engine = Minions(ExtractiveClient(), OfflineSupervisor(), config=SETTINGS)
    print(f"document: {COUNT(report.text):,} tokens, cl100k_base exact: {is_exact('gpt-4')}")
    print(f"{'calls':>5} {'in':>6} {'out':>5} {'total':>6} {'left':>6}  question")
    totals: list[int] = []
    for fact in facts.facts.values():
        result = engine.run(fact.question, report)
        cost = spent(result.transcript)
        totals += [cost.total] if cost.calls == 2 else []
        print(f"{cost} {result.disclosure.tokens:6}  {fact.question}")
    print(
        f"one-round questions: {len(totals)}, median {statistics.median(totals):,.0f} tokens, "
        f"most {max(totals):,} (limit {LIMIT:,})"
    )
    question = next(iter(facts.facts.values())).question
    for rounds in (1, 2, 3):
        print(f"{rounds} round(s): {spent(in_rounds(question, report, rounds).transcript)}")
    assert max(totals) < LIMIT, "a one-round question must stay under the limit"


if __name__ == "__main__":
    main()
