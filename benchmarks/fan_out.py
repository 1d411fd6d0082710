"""10,000 jobs on models that answer at once, and a few on models that take time.

Reports medians of several runs. The first table is what a driver costs, by itself and in a whole
run with its plan, prompts, replies read and evidence; the second how close a fan-out comes to
jobs x latency / concurrency.

    python benchmarks/fan_out.py
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import statistics
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from minions_core import Minions, MinionsConfig
from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, Conditions, Permits, ThreadedDriver, ignore
from minions_core.effects import Ask, Gather
from minions_core.messages import Message, Reply, Usage, estimate_tokens
from minions_core.sandbox import MontySandbox

if TYPE_CHECKING:
    from minions_core.effects import Steps
    from minions_core.models import OnText

DONE = Reply(text="{}", usage=Usage(input_tokens=1, output_tokens=1), model="waiting")
CONVERSATION = (Message("user", "Read this."),)
NOTHING = '{"explanation": null, "citation": null, "answer": null}'
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    return [JobManifest(chunk=c, task="What is of note?") for c in context[0].split("\\n\\n")]
```"""


class WaitingModel:
    """Answers after a fixed time, and remembers how many calls it had at once."""

    name = "waiting"
    context_window = None

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.now = self.most = 0

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking."""
        self._enter()
        if self.seconds:
            time.sleep(self.seconds)
        self.now -= 1
        return DONE

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer on the event loop."""
        self._enter()
        if self.seconds:
            await asyncio.sleep(self.seconds)
        self.now -= 1
        return DONE

    def _enter(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)


def job() -> Steps[str]:
    """One call."""
    reply = yield from Ask("local", CONVERSATION)
    return reply.text


def jobs(number: int) -> Steps[int]:
    """Many calls at once."""
    done = yield from Gather(job() for _ in range(number))
    return len(done)


def timed(driver: str, number: int, seconds: float, at_once: int) -> tuple[float, int]:
    """Seconds one fan-out takes, and the most calls it had in flight."""
    model = WaitingModel(seconds)
    conditions = Conditions(
        models={"local": model, "remote": model},
        sandbox=MontySandbox(),
        permits=Permits({"local": at_once, "remote": 1}),
        count=estimate_tokens,
        observe=ignore,
        budget=Budget(),
    )
    began = time.perf_counter()
    if driver == "async":
        with asyncio.Runner() as runner:
            done = runner.run(AsyncDriver(conditions).run(jobs(number)))
    else:
        done = ThreadedDriver(conditions).run(jobs(number))
    assert done == number
    return time.perf_counter() - began, model.most


class Abstaining(WaitingModel):
    """Plans a job for every paragraph, finds nothing in any, and says so."""

    name = "abstaining"

    def __init__(self, role: str) -> None:
        super().__init__(0)
        self._lines = (PLAN, "<answer>Nothing was found.</answer>") if role == "remote" else ()

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The next line, or nothing found."""
        text = self._lines[len(ask.messages) // 2 - 1] if self._lines else NOTHING
        return replace(super().reply(ask, on_text), text=text)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The same, on the event loop."""
        return self.reply(ask, on_text)


def timed_whole(driver: str, number: int, at_once: int) -> tuple[float, int]:
    """Seconds a whole run takes, and the most calls it had in flight."""
    document = "\n\n".join(f"Paragraph {n} holds nothing of note." for n in range(number))
    local, remote = Abstaining("local"), Abstaining("remote")
    config = MinionsConfig(max_jobs_per_round=number, local_concurrency=at_once)
    engine = Minions(local, remote, config=config)
    began = time.perf_counter()
    if driver == "async":
        with asyncio.Runner() as runner:
            result = runner.run(engine.arun("What is of note?", document))
    else:
        result = engine.run("What is of note?", document)
    assert len(result.rounds[0].jobs) == number
    return time.perf_counter() - began, local.most


def main() -> None:
    """Time both drivers and print the medians."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    print("10,000 jobs, no latency, 64 at once")
    for driver in ("async", "threads"):
        times, most = zip(*(timed(driver, 10_000, 0, 64) for _ in range(runs)), strict=True)
        print(f"  {driver:8} {statistics.median(times):.2f} s, most in flight {max(most)}")
        times, _ = zip(*(timed_whole(driver, 10_000, 64) for _ in range(runs)), strict=True)
        print(f"  {driver:8} {statistics.median(times):.2f} s as a whole run")
    print("400 jobs of 20 ms, 8 at once: at best 1.00 s")
    for driver in ("async", "threads"):
        times, most = zip(*(timed(driver, 400, 0.02, 8) for _ in range(runs)), strict=True)
        median = statistics.median(times)
        print(f"  {driver:8} {median:.2f} s ({median - 1:+.1%}), most in flight {max(most)}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
