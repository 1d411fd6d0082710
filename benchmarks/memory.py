"""Memory of a fan-out by its number of branches: what is alive at once must not grow with it.

Every size runs in a process of its own. Told are the peak of what Python allocates during the
fan-out, by tracemalloc, and the process's own peak. A branch leaves nothing but its place in the
list of results.

    python benchmarks/memory.py
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

from minions_core.config import Budget
from minions_core.drivers import AsyncDriver, Conditions, Permits, ThreadedDriver, ignore
from minions_core.effects import Ask, Gather
from minions_core.messages import Message, estimate_tokens
from minions_core.sandbox import MontySandbox
from minions_core.testing import ScriptedModel

if TYPE_CHECKING:
    from minions_core.effects import Steps

SIZES = (1_000, 10_000, 100_000)
PROMPT_CHARS = 10_000


class Forgetful(ScriptedModel):
    """A model that does not remember what it was asked."""

    @property
    def asked(self) -> list[Ask]:
        """Nothing."""
        return []

    @asked.setter
    def asked(self, asked: list[Ask]) -> None:
        """Forget it."""


def branch(number: int) -> Steps[None]:
    """A call with a prompt of its own, of some length."""
    reply = yield from Ask("local", (Message("user", f"{number} ".ljust(PROMPT_CHARS)),))
    assert reply.text == "{}"


def fan_out(branches: int) -> Steps[int]:
    """Many of them."""
    done = yield from Gather(branch(number) for number in range(branches))
    return len(done)


def measure(driver: str, branches: int) -> tuple[int, int]:
    """Bytes Python allocated at the peak of one fan-out, and kilobytes the process had."""
    model = Forgetful(lambda _: "{}")
    conditions = Conditions(
        models={"local": model, "remote": model},
        sandbox=MontySandbox(),
        permits=Permits({"local": 16, "remote": 1}),
        count=estimate_tokens,
        observe=ignore,
        budget=Budget(),
    )
    tracemalloc.start()
    if driver == "async":
        with asyncio.Runner() as runner:
            done = runner.run(AsyncDriver(conditions).run(fan_out(branches)))
    else:
        done = ThreadedDriver(conditions).run(fan_out(branches))
    assert done == branches
    return tracemalloc.get_traced_memory()[1], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Measure each size in a process of its own, and print what they come to."""
    options = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    options.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(*measure(given.one[0], int(given.one[1])))
        return
    print(f"prompts of {PROMPT_CHARS:,} characters, 16 at once")
    for driver in ("async", "threads"):
        for size in given.sizes:
            told = subprocess.run(  # noqa: S603 - this script
                [sys.executable, __file__, "--one", driver, str(size)],
                capture_output=True,
                check=True,
                text=True,
            ).stdout.split()
            peak, rss = int(told[0]), int(told[1])
            print(
                f"  {driver:8} {size:8,} branches: {peak / 2**20:6.2f} MB allocated "
                f"({peak / size:6.0f} bytes a branch), process {rss // 1024} MB"
            )


if __name__ == "__main__":
    main()
