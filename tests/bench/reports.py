"""Reports as tests need them."""

from minions_core.bench import Report, Setup
from minions_core.errors import ContextWindowExceeded
from tests.bench.made import Scripted, bench, questions

SETUP = Setup(
    dataset="asked.jsonl", local="ollama:llama3.2", remote="openai:gpt-4o", top_k=8, max_rounds=3
)
FOUR = questions(4)
RIGHT = {"q1": "412", "q2": "412", "q3": "412", "q4": "412"}
HALF = {**RIGHT, "q1": "7", "q2": "412 people"}
UNEVEN = Scripted({**RIGHT, "q1": ContextWindowExceeded("too long")})
WORSE_ON_ONE = Scripted({**RIGHT, "q1": "7"}, name="minions")


def reported(*contenders, setup=SETUP, **more):
    work = bench(list(contenders), **{"questions": FOUR, **more})
    work.run()
    return Report(work, setup)
